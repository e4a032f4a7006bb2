"""Strings of lists: in ``inputs`` and ``outputs``, and of constants that these or registrations read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from neuron_config_server.features.completions import names, tasks
from neuron_config_server.features.completions.lexing import Token, tokens
from neuron_config_server.features.completions.offer import Offer
from neuron_config_server.features.completions.request import Request
from neuron_config_server.features.completions.site import COMPARED, Bracket, Site, dotted_name_before
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.evaluation.values import PropertyValue

Offers = Callable[[], Iterable[Offer]]

_ADD_TO_A_LIST = ("append", "insert", "extend")
_BEFORE_A_LIST = ("return", "=", "+=", "+", "(", "else", "*")
_DEF = re.compile(r"^[ \t]+def\b.*", re.MULTILINE)
_OF_PROPERTIES = {"inputs": names.inputs, "outputs": names.outputs}


def in_list(request: Request) -> Offers | None:
    """A string of a list in ``inputs`` or ``outputs``, or of tasks at the top of the file."""
    site = request.site
    if not site.brackets or not takes_a_string(site):
        return None
    bracket = site.brackets[-1]
    if not _is_list(site, bracket):
        return None
    present = frozenset(
        each.value for each in (*site.strings_in(bracket), *_strings_put_before(site, bracket))
    )
    find = _OF_PROPERTIES.get(request.around.function or "")
    if find is not None and request.is_about_configs:
        return lambda: find(request.effective_here, present, request.catalog)
    return _of_constant(request, present)


def _of_constant(request: Request, present: frozenset[str]) -> Offers | None:
    """A string of a list at the top of the file: what those who read it do with it tells what it holds."""
    site = request.site
    if site.indent or len(site.before) < 3 or site.before[1].text != "=" or len(site.brackets) != 1:
        return None
    name = site.before[0].text
    if any(f"*{name}" in each.text for each in request.whole.statements if each.text.startswith("@")):
        return lambda: (each for each in tasks.tasks_of(request, None) if each.label not in present)
    for property_, find in _OF_PROPERTIES.items():
        readers = [each for each in request.whole.classes if _mentions(each, property_, name)]
        if readers:
            effective = tuple(each for config in readers for each in config.effective)
            return lambda: find(effective, present, request.catalog)
    return None


def _mentions(config: ConfigClass, property_: str, name: str) -> bool:
    """Whether the class's property, inherited or not, has a name in its code."""
    found = next((each.names[property_] for each in config.lineage if property_ in each.names), None)
    return isinstance(found, PropertyValue) and any(
        isinstance(each, syntax.Name) and each.name == name
        for each in syntax.nodes_in(found.getter.node.body)
    )


def _is_list(site: Site, bracket: Bracket) -> bool:
    """Whether a bracket holds the elements of a list, or what is added to one."""
    method = site.head(bracket).rpartition(".")[2] if bracket.opening == "(" else ""
    if bracket.opening == "(" and method in _ADD_TO_A_LIST and "." in site.head(bracket):
        return site.argument(bracket)[0] == (1 if method == "insert" else 0)
    before = site.before[bracket.index - 1].text if bracket.index else ""
    return bracket.opening == "[" and before in _BEFORE_A_LIST


def _strings_put_before(site: Site, bracket: Bracket) -> Iterator[Token]:
    """The strings that lines above put into the list that is added to: on every way to the cursor."""
    name = _added_to(site, bracket)
    if not name:
        return
    start = max((each.end() for each in _DEF.finditer(site.text, 0, site.line_start)), default=0)
    puts = rf"^(?P<indent>[ \t]*){name}(?:[ \t]*\+?=|\.(?:append|insert|extend)\()[^\n]*"
    for line in re.compile(puts, re.MULTILINE).finditer(site.text, start, site.line_start):
        if len(line["indent"]) <= len(site.indent):
            yield from (each for each in tokens(site.text, *line.span()) if each.kind == "string")


def _added_to(site: Site, bracket: Bracket) -> str:
    """The name of the list that the elements of a bracket are added to; empty if it has none."""
    if bracket.opening == "(":
        name = site.head(bracket).rpartition(".")[0]
    elif site.before[bracket.index - 1].text in ("+", "+="):
        name = dotted_name_before(site.before, bracket.index - 1)
    else:
        return ""
    return name if name.isidentifier() else ""


def takes_a_string(site: Site) -> bool:
    """Whether a string may stand at the cursor: it does, or an operand is due, or a comma is."""
    if site.quoted is not None:
        return site.last not in (")", "]", "}")
    is_behind_string = bool(site.before) and site.before[-1].kind == "string"
    if is_behind_string:
        return bool(site.brackets) and site.before[-1].end == site.start and not site.word
    return site.last in ("(", "[", "{", ",", "=", "*", "+", "in", *COMPARED)
