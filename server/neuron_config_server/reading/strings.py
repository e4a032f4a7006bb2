"""Expressions -> :class:`Strings`: which strings a list or the arguments of a call hold, as far as the source
tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

import libcst as cst

from neuron_config_server.reading.facts import NameReference, Part, StringLiteral, Strings, Unknown
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.reading.tree import Tree

Item = Union[cst.BaseElement, cst.Arg]


def strings_of(tree: Tree, node: cst.BaseExpression) -> Strings:
    """What a list-valued expression holds."""
    return Strings(_parts(tree, node), tree.range(node))


def strings_of_arguments(tree: Tree, arguments: Sequence[cst.Arg], range_: Range) -> Strings:
    """What positional arguments hold, starred ones included."""
    parts: list[Part] = []
    for place, argument in enumerate(arguments):
        removal = _removal(tree, arguments, place)
        parts += _parts(tree, argument.value) if argument.star else (_single(tree, argument.value, removal),)
    return Strings(tuple(parts), range_)


def literal_of(tree: Tree, node: cst.BaseExpression, removal: Range | None = None) -> StringLiteral | None:
    """A plain string (no f-string, no bytes, no implicit concatenation); None for everything else."""
    if not isinstance(node, cst.SimpleString) or not isinstance(node.evaluated_value, str):
        return None
    opening, closing = len(node.prefix) + len(node.quote), len(node.quote)
    range_ = tree.range(node)
    inner = Range(
        Position(range_.start.line, range_.start.column + opening),
        Position(range_.end.line, range_.end.column - closing),
    )
    return StringLiteral(node.evaluated_value, range_, inner, removal)


def _parts(tree: Tree, node: cst.BaseExpression) -> tuple[Part, ...]:
    if isinstance(node, (cst.List, cst.Tuple)):
        return _element_parts(tree, node.elements)
    if isinstance(node, cst.Name):
        return (NameReference(node.value, tree.range(node)),)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return (*_parts(tree, node.left), *_parts(tree, node.right))
    return (_unknown(tree, node),)


def _element_parts(tree: Tree, elements: Sequence[cst.BaseElement]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for place, element in enumerate(elements):
        if isinstance(element, cst.StarredElement):
            parts += _parts(tree, element.value)
        else:
            parts.append(_single(tree, element.value, _removal(tree, elements, place)))
    return tuple(parts)


def _single(tree: Tree, node: cst.BaseExpression, removal: Range) -> Part:
    return literal_of(tree, node, removal) or _unknown(tree, node)


def _unknown(tree: Tree, node: cst.BaseExpression) -> Unknown:
    return Unknown(f"`{_shortened(tree.source(node))}` is not followed", tree.range(node))


def _shortened(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _removal(tree: Tree, items: Sequence[Item], place: int) -> Range:
    """What to cut so that the item goes, its comma with it, and comments of its neighbours stay."""
    item = tree.range(items[place])
    if place + 1 < len(items):
        return Range(item.start, tree.range(items[place + 1]).start)
    if isinstance(items[place].comma, cst.Comma):
        return Range(tree.before_whitespace(item.start), tree.after_comma(item.end))
    if place == 0:
        return item
    before = Range(tree.range(items[place - 1]).end, item.start)
    has_comment = "#" in tree.slice(before)
    return Range(tree.before_whitespace(item.start) if has_comment else before.start, item.end)
