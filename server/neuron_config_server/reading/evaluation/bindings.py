"""The names that statements bind, told from their syntax."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from neuron_config_server.reading import syntax

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def parts_of_target(target: syntax.Expression) -> Iterator[syntax.Expression]:
    """What an assignment assigns to, tuples and lists taken apart."""
    if isinstance(target, syntax.Display):
        for each in target.elements:
            yield from parts_of_target(each)
    elif isinstance(target, syntax.Starred):
        yield from parts_of_target(target.value)
    else:
        yield target


def bound_names(body: syntax.Block, *, is_certain: bool = False) -> set[str]:
    """The names that statements bind, nested functions and classes left out.

    Args:
        is_certain: those that statements may bind which evaluation doesn't follow are left out too.
    """
    found: set[str] = set()
    for node in body:
        if is_certain and isinstance(node, syntax.Other):
            continue
        if isinstance(node, (syntax.Function, syntax.Class)):
            found.add(node.name)
            continue
        bind = _BINDS.get(type(node))
        if bind is not None:
            found |= bind(node)
        for each in _expressions_in(node):
            found |= _walrus_targets(each)
        for block in blocks_of(node):
            found |= bound_names(block, is_certain=is_certain)
    return found


def blocks_of(node: syntax.Statement) -> Iterator[syntax.Block]:
    """The blocks within a statement that run in its own scope."""
    if isinstance(node, syntax.Match):
        yield from (case.body for case in node.cases)
    elif isinstance(node, (syntax.If, syntax.For, syntax.While, syntax.With, syntax.Try)):
        yield node.body
        if not isinstance(node, syntax.With):
            yield node.orelse
    if isinstance(node, syntax.Try):
        yield node.finalbody
        yield from (handler.body for handler in node.handlers)


def _expressions_in(node: syntax.Statement) -> Iterator[Any]:
    """What a statement evaluates itself, beside its blocks."""
    if isinstance(node, syntax.Match):
        yield node.subject
        yield from (case.guard for case in node.cases)
        return
    for name in node.__slots__:
        if name not in ("body", "orelse", "handlers", "finalbody", "span"):
            yield getattr(node, name)


def _walrus_targets(node: Any) -> set[str]:
    """The names that ``:=`` binds, those of lambdas left out."""
    if isinstance(node, tuple):
        return set().union(*map(_walrus_targets, node)) if node else set()
    if not hasattr(node, "__dataclass_fields__") or isinstance(
        node, (syntax.Lambda, syntax.Name, syntax.Text)
    ):
        return set()
    found = {node.target} if isinstance(node, syntax.Walrus) else set()
    return found.union(*(_walrus_targets(getattr(node, name)) for name in node.__slots__ if name != "span"))


def target_names(target: syntax.Expression) -> set[str]:
    """The names that an assignment to the target binds."""
    return {each.name for each in parts_of_target(target) if isinstance(each, syntax.Name)}


def _bound_by_match(node: syntax.Match) -> set[str]:
    return {case.capture for case in node.cases if case.capture is not None}


def identifiers(node: syntax.Other) -> set[str]:
    """Of what evaluation doesn't follow: whatever it names."""
    return set(_IDENTIFIER.findall(node.source))


_BINDS: Mapping[type, Callable[[Any], set[str]]] = {
    syntax.Assign: lambda node: set().union(*map(target_names, node.targets)),
    syntax.Augment: lambda node: target_names(node.target),
    syntax.Declare: lambda node: target_names(node.target),
    syntax.Import: lambda node: {name for name, _ in node.names},
    syntax.For: lambda node: target_names(node.target),
    syntax.With: lambda node: set().union(
        *(target_names(each) for _, each in node.items if each is not None)
    ),
    syntax.Try: lambda node: {each.name for each in node.handlers if each.name is not None},
    syntax.Delete: lambda node: set().union(*map(target_names, node.targets)),
    syntax.Match: _bound_by_match,
    syntax.Other: identifiers,
}
