"""Offers: options of the compiler and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.neuronx_cc import (
    Argument,
    CompilerFlag,
    FlagReader,
    compiler_facts,
)
from neuron_config_server.features.completions.offer import Offer
from neuron_config_server.features.completions.site import Site

_METHOD = "get_compiler_args"
_VARIABLE = "NEURON_CC_FLAGS"
_COMPARED = ("==", "!=", "in", "not")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")


def are_options(site: Site, function: str | None) -> bool:
    """Whether the string at the cursor is for the compiler."""
    if is_for_wrapper(site):
        return True
    bracket = site.brackets[-1] if site.brackets else None
    before = site.before[bracket.index - 1].text if bracket is not None and bracket.index else ""
    is_subscript = bracket is not None and bracket.opening == "[" and site.head(bracket) != ""
    is_compared = site.last in _COMPARED or before in _COMPARED or site.next in _COMPARED
    return function == _METHOD and bool(site.before) and not is_subscript and not is_compared


def is_for_wrapper(site: Site) -> bool:
    """Whether it is set in ``os.environ["NEURON_CC_FLAGS"]``."""
    texts = [each.value if each.kind == "string" else each.text for each in site.before]
    return any(
        texts[place : place + 2] == [_VARIABLE, "]"]
        and texts[place + 2 : place + 3] in (["="], ["+="], ["+"])
        for place in range(len(texts))
    )


def options(site: Site) -> Iterator[Offer]:
    """The options that aren't given yet, or the values of the one that stands before the cursor."""
    if site.word.count("'") % 2 or site.word.count('"') % 2:
        return  # within a value that is quoted, and has options of its own
    *earlier, typed = re.split(r"\s+", site.word)
    start = site.cursor - len(typed)
    option, equals, _ = typed.partition("=")
    previous = earlier[-1] if earlier else _element_before(site)
    flag = compiler_facts().flag(option) if equals else compiler_facts().flag(previous)
    if flag is not None and (equals or (flag.argument is not Argument.NONE and "=" not in previous)):
        yield from _values(flag, start + len(option) + 1 if equals else start, typed)
    elif not typed or typed.startswith("-"):
        found = _OPTION.findall(" ".join(_strings(site)))
        given = {"-O" if re.fullmatch(r"-O\d", each) else each for each in found}
        yield from _flags(given, start, is_for_wrapper=is_for_wrapper(site))


def _element_before(site: Site) -> str:
    """The option that the string before the cursor's in its list is, if it is one."""
    strings = site.strings_before(site.brackets[-1]) if site.brackets else ()
    return strings[-1].value if strings else ""


def _strings(site: Site) -> Iterator[str]:
    yield from (each.value for each in (*site.before, *site.after) if each.kind == "string")
    if site.quoted is not None:
        yield from re.split(r"\s+", site.word)[:-1]
        yield site.quoted.inner[len(site.word) :].partition(" ")[2]


def _values(flag: CompilerFlag, start: int, typed: str) -> Iterator[Offer]:
    if flag.argument is Argument.LIST:
        start += len(typed.rpartition(",")[0]) + ("," in typed)
    default = flag.default(None, None)
    for value in flag.values:
        if value.use_instead is None:
            yield Offer(
                value.name,
                CompletionItemKind.EnumMember,
                detail="the default" if value.name == default else None,
                is_string=True,
                start=start,
            )


def _flags(given: set[str], start: int, *, is_for_wrapper: bool) -> Iterator[Offer]:
    for flag in compiler_facts().flags:
        reader = FlagReader.WRAPPER if is_for_wrapper else FlagReader.COMPILER
        if given.isdisjoint((flag.name, *flag.aliases)) and flag.reader in (FlagReader.COMPILER, reader):
            values = [each.name for each in flag.values if each.use_instead is None]
            yield Offer(
                flag.name,
                CompletionItemKind.Property,
                detail=", ".join(values) or None,
                topic="flag",
                is_string=True,
                start=start,
            )
