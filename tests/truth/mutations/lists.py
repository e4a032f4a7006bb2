"""Lists of strings in a method: put in, taken out, exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .operators import Draft
from .source import Site, end_of


def written(names: Sequence[str]) -> str:
    return f"[{', '.join(quoted(each) for each in names)}]"


def quoted(name: str) -> str:
    return f'"{name}"'


def with_string_behind(site: Site, element: ast.AST, name: str, detail: str) -> Draft:
    """One more string in the list, behind one that is there; it should be underlined."""
    place = end_of(site.text, element)
    text = f"{site.text[:place]}, {quoted(name)}{site.text[place:]}"
    return Draft(site, text, (place + 2, place + 2 + len(quoted(name))), detail)


def with_string_in_place(site: Site, element: ast.AST, name: str, detail: str) -> Draft:
    """Another string in place of one; it should be underlined."""
    span = site.span(element)
    return Draft(site, site.replaced(span, quoted(name)), (span[0], span[0] + len(quoted(name))), detail)


def without_string(site: Site, group: ast.List, element: ast.AST) -> str:
    """The text with one string less."""
    rest = [each for each in group.elts if each is not element]
    return site.replaced(site.span(group), f"[{', '.join(site.slice(each) for each in rest)}]")


def lists_in(site: Site, function: str) -> Iterator[tuple[ast.List, list[ast.Constant]]]:
    """The lists of a method that are nothing but strings."""
    groups: dict[int, tuple[ast.List, list[ast.Constant]]] = {}
    for group, element in site.strings_in_lists(function):
        groups.setdefault(id(group), (group, []))[1].append(element)
    return (each for each in groups.values() if len(each[0].elts) == len(each[1]))
