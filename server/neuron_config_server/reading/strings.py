"""Expressions -> :class:`Strings`: which strings a list or the arguments of a call hold, as far as the source
tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

import libcst as cst

from neuron_config_server.reading.facts import (
    NameReference,
    Part,
    Removal,
    StringLiteral,
    Strings,
    Unknown,
)
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
        removal = Removal(_removal(tree, arguments, place))
        parts += _parts(tree, argument.value) if argument.star else (_single(tree, argument.value, removal),)
    return Strings(tuple(parts), range_)


def literal_of(tree: Tree, node: cst.BaseExpression, removal: Removal | None = None) -> StringLiteral | None:
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
        return _element_parts(tree, node)
    if isinstance(node, cst.Name):
        return (NameReference(node.value, tree.range(node)),)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return (*_parts(tree, node.left), *_parts(tree, node.right))
    return (_unknown(tree, node),)


def _element_parts(tree: Tree, node: cst.List | cst.Tuple) -> tuple[Part, ...]:
    parts: list[Part] = []
    for place, element in enumerate(node.elements):
        if isinstance(element, cst.StarredElement):
            parts += _parts(tree, element.value)
        else:
            removal = (
                _removal_from_tuple(tree, node, place)
                if isinstance(node, cst.Tuple)
                else Removal(_removal(tree, node.elements, place))
            )
            parts.append(_single(tree, element.value, removal))
    return tuple(parts)


def _single(tree: Tree, node: cst.BaseExpression, removal: Removal | None) -> Part:
    return literal_of(tree, node, removal) or _unknown(tree, node)


def _unknown(tree: Tree, node: cst.BaseExpression) -> Unknown:
    return Unknown(f"`{_shortened(tree.source(node))}` is not followed", tree.range(node))


def _shortened(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _removal_from_tuple(tree: Tree, node: cst.Tuple, place: int) -> Removal | None:
    """One that leaves a tuple: a single element keeps its comma, and a bare tuple an element.

    In one of three it covers the neighbour too: the removals of the first and of the last element touch
    then, so that they are never made at once.
    """
    items = node.elements
    cut = _removal(tree, items, place)
    if len(items) == 1:
        return Removal(cut) if node.lpar else None
    if len(items) > 3 or isinstance(items[-1].comma, cst.Comma):
        return Removal(cut)
    if place == 0 and len(items) == 2:
        neighbour = tree.range(items[1])
        return Removal(Range(cut.start, neighbour.end), f"{tree.slice(neighbour)},")
    if place == 1 and len(items) == 2:
        return Removal(Range(tree.before_whitespace(tree.range(items[1]).start), cut.end))
    if place == 2 and "#" not in tree.slice(cut):
        neighbour = tree.range(items[1])
        return Removal(Range(neighbour.start, cut.end), tree.slice(neighbour))
    return Removal(cut)


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
