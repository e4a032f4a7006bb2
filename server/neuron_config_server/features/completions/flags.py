"""Offers: options of the compiler and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

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
_COMPARED = frozenset(("==", "!=", "in", "not"))
_ENDS = (" ", "\t", '"', "'", "\n", "\r")
_WORD_BEHIND = re.compile(r"[\w-]*")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")


def are_options(site: Site, function: str | None) -> bool:
    """Whether the string at the cursor is for the compiler."""
    return is_for_wrapper(site) or (function == _METHOD and bool(site.before) and not _is_for_others(site))


def _is_for_others(site: Site) -> bool:
    """Whether it is compared, or a key, or what a key stands for."""
    bracket = site.brackets[-1] if site.brackets else None
    before = site.before[bracket.index - 1].text if bracket is not None and bracket.index else ""
    is_subscript = bracket is not None and bracket.opening == "[" and site.head(bracket) != ""
    is_item = any(one.text == "]" and two.text == "=" for one, two in pairwise(site.before))
    is_compared = not _COMPARED.isdisjoint((site.last, before, site.next))
    return is_subscript or is_item or is_compared


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
    option, equals, value = typed.partition("=")
    previous = earlier[-1] if earlier else _element_before(site)
    flag = compiler_facts().flag(option if equals else previous)
    if flag is not None and (equals or (flag.argument is not Argument.NONE and "=" not in previous)):
        yield from _values(flag, site, value if equals else typed)
    elif site.text[site.cursor - len(typed) :].startswith(("-", *_ENDS)):
        yield from _flags(site, typed)


def _element_before(site: Site) -> str:
    """The option that the string before the cursor's in its list is, if it is one."""
    strings = site.strings_before(site.brackets[-1]) if site.brackets else ()
    return strings[-1].value if strings else ""


def _strings(site: Site) -> Iterator[str]:
    yield from (each.value for each in (*site.before, *site.after) if each.kind == "string")
    if site.quoted is not None:
        yield from re.split(r"\s+", site.word)[:-1]
        yield site.quoted.inner[len(site.word) :].partition(" ")[2]


def _values(flag: CompilerFlag, site: Site, typed: str) -> Iterator[Offer]:
    if flag.argument is Argument.LIST:
        typed = typed.rpartition(",")[2]
    default = flag.default(None, None)
    for value in flag.values:
        if value.use_instead is None:
            detail = "the default" if value.name == default else None
            yield _word(value.name, CompletionItemKind.EnumMember, site, typed, detail, flag)


def _flags(site: Site, typed: str) -> Iterator[Offer]:
    found = _OPTION.findall(" ".join(_strings(site)))
    given = {"-O" if re.fullmatch(r"-O\d", each) else each for each in found}
    readers = (FlagReader.COMPILER, *((FlagReader.WRAPPER,) if is_for_wrapper(site) else ()))
    for flag in compiler_facts().flags:
        if given.isdisjoint((flag.name, *flag.aliases)) and flag.reader in readers:
            values = ", ".join(each.name for each in flag.values if each.use_instead is None)
            yield _word(flag.name, CompletionItemKind.Property, site, typed, values or None, flag)


def _word(
    name: str, kind: CompletionItemKind, site: Site, typed: str, detail: str | None, flag: CompilerFlag
) -> Offer:
    """A word of the string that takes the place of the one at the cursor."""
    behind = _WORD_BEHIND.match(site.text, site.cursor, site.end)
    end = behind.end() if behind is not None else site.cursor
    return Offer(
        name,
        kind,
        detail=detail,
        topic="flag",
        described=flag.name,
        start=site.cursor - len(typed),
        end=end,
    )
