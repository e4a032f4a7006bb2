"""How a string leaves its list: with its comma, with comments of its neighbours kept, tuples left tuples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Union

import libcst as cst

from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.positions import Range
from neuron_config_server.reading.text_cache import kept_by_text
from neuron_config_server.reading.tree import Tree

_Item = Union[cst.BaseElement, cst.Arg]


@dataclass(frozen=True)
class Removal:
    """What to cut so that a string goes and the rest stays well-formed."""

    range: Range
    left: str = ""
    """What is put there instead: the neighbour whose comma makes it a tuple."""


def removal(statement: str, line: int, literal: StringLiteral) -> Removal | None:
    """The removal of a string from its list, tuple or call; None if it stands in none, or can't go.

    Args:
        line: where the statement starts in its file.
    """
    found = _removals(statement).get(literal.range.down(-line))
    return replace(found, range=found.range.down(line)) if found is not None else None


@kept_by_text
def _removals(statement: str) -> Mapping[Range, Removal | None]:
    """String -> its removal, of all that stand in lists, tuples and calls; ranges are of the statement."""
    tree = Tree(statement)
    return {
        tree.range(item.value): _removal_from(tree, parent, items, place)
        for parent, items in _sequences(tree.module)
        for place, item in enumerate(items)
        if isinstance(item.value, cst.SimpleString)
    }


def _removal_from(tree: Tree, parent: cst.CSTNode, items: Sequence[_Item], place: int) -> Removal | None:
    if isinstance(parent, cst.Tuple):
        return _removal_from_tuple(tree, parent, place)
    return Removal(_removal(tree, items, place))


def _sequences(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, Sequence[_Item]]]:
    if isinstance(node, (cst.List, cst.Tuple)):
        yield node, node.elements
    elif isinstance(node, cst.Call):
        yield node, node.args
    for child in node.children:
        yield from _sequences(child)


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


def _removal(tree: Tree, items: Sequence[_Item], place: int) -> Range:
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
