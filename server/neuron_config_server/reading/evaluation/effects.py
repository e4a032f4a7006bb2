"""What statements may change, told from their syntax alone: for code that can't be followed to its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.values import ClassValue, FunctionValue, UnknownFunction

_HARMLESS_METHODS = frozenset(
    {
        "capitalize", "casefold", "copy", "count", "debug", "endswith", "error", "find", "format", "get",
        "index", "info", "isdigit", "items", "join", "keys", "lower", "lstrip", "partition",
        "removeprefix", "removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split",
        "splitlines", "startswith", "strip", "title", "upper", "values", "warning", "with_args", "zfill",
    }
)  # fmt: skip
"""They change neither what they are called on nor what they are given."""
_HARMLESS_FUNCTIONS = frozenset(
    {
        "abs", "all", "any", "bool", "dict", "enumerate", "float", "frozenset", "getattr", "hasattr",
        "int", "isinstance", "issubclass", "len", "list", "max", "min", "print", "property", "range",
        "repr", "reversed", "set", "sorted", "str", "sum", "super", "tuple", "type", "zip",
    }
)  # fmt: skip
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass
class Effects:
    """What may be another thing, or hold other things, afterwards."""

    bound: set[str] = field(default_factory=set)
    """Names of the file that may stand for something else."""
    changed: set[str] = field(default_factory=set)
    """Names whose values may have been changed in place."""
    attributes: set[str] = field(default_factory=set)
    """Attributes that may be set on these values, or whose values may have been changed; ``*``: any."""


def effects_of(body: syntax.Block, look_up: Callable[[str], Any]) -> Effects:
    """What statements of a file, and the functions of the file that they call, may change.

    Args:
        look_up: what a name of the file stands for.
    """
    nodes = [*_with_functions(body, look_up)]
    found = Effects(bound=bound_names(body))
    aliases: list[tuple[set[str], set[str]]] = []
    for node in nodes:
        _note(node, found, aliases)
    size = -1
    while size != len(found.changed):  # what another name stands for is changed by that name too
        size = len(found.changed)
        for targets, sources in aliases:
            if not targets.isdisjoint(found.changed):
                found.changed |= sources
    return found


def may_change(node: Any, own: frozenset[str] = frozenset()) -> bool:
    """Whether an expression or statements may change something that others see.

    Args:
        own: names that stand for nothing outside.
    """
    found = Effects()
    for each in syntax.nodes_in(node):
        if isinstance(each, syntax.Walrus):
            return True
        _note(each, found, [])
    return bool(found.changed - own or found.bound)


def _with_functions(body: syntax.Block, look_up: Callable[[str], Any]) -> Iterator[Any]:
    """Every node of the statements, and of the functions whose names they mention."""
    waiting: list[Any] = [body]
    seen: set[int] = set()
    while waiting:
        for node in syntax.nodes_in(waiting.pop()):
            yield node
            value = look_up(node.name) if isinstance(node, syntax.Name) else None
            if isinstance(value, UnknownFunction):
                value = value.function
            if isinstance(value, ClassValue):
                value = value.names.get("__init__")
            if isinstance(value, FunctionValue) and id(value) not in seen:
                seen.add(id(value))
                waiting.append(value.node.body)


def _note(node: Any, found: Effects, aliases: list[tuple[set[str], set[str]]]) -> None:
    if isinstance(node, syntax.Call):
        _note_call(node, found)
    elif isinstance(node, syntax.Borrow) and node.keyword == "global":
        found.bound.update(node.names)
    elif isinstance(node, syntax.Assign):
        for target in node.targets:
            _note_target(target, found)
            aliases.append((target_names(target), _mentioned(node.value)))
    elif isinstance(node, syntax.Augment):
        found.changed |= target_names(node.target)
        _note_target(node.target, found)
    elif isinstance(node, syntax.Delete):
        for target in node.targets:
            _note_target(target, found)
    elif isinstance(node, (syntax.For, syntax.Clause)):
        aliases.append((target_names(node.target), _mentioned(node.iterable)))
    elif isinstance(node, syntax.Walrus):
        aliases.append(({node.target}, _mentioned(node.value)))
    elif isinstance(node, syntax.Other):
        found.changed.update(_IDENTIFIER.findall(node.source))
        found.attributes.update(_IDENTIFIER.findall(node.source))


def _note_call(node: syntax.Call, found: Effects) -> None:
    function = node.function
    if isinstance(function, syntax.Attribute):
        if function.name in _HARMLESS_METHODS:
            return
        found.changed |= _mentioned(function.owner)
        found.attributes |= _attributes_in(function.owner)
    elif isinstance(function, syntax.Name) and function.name in _HARMLESS_FUNCTIONS:
        return
    if isinstance(function, syntax.Name) and function.name in ("setattr", "delattr"):
        found.attributes.add("*")
    for argument in node.arguments:
        found.changed |= _mentioned(argument.value)
        found.attributes |= _attributes_in(argument.value)


def _note_target(target: syntax.Expression, found: Effects) -> None:
    """Of an assignment: what it sets an element or an attribute of."""
    for node in _parts_of_target(target):
        if isinstance(node, (syntax.Attribute, syntax.Subscript)):
            found.changed |= _mentioned(node)
            found.attributes |= _attributes_in(node)


def _parts_of_target(target: syntax.Expression) -> Iterator[syntax.Expression]:
    if isinstance(target, syntax.Display):
        for each in target.elements:
            yield from _parts_of_target(each)
    elif isinstance(target, syntax.Starred):
        yield from _parts_of_target(target.value)
    else:
        yield target


def _mentioned(node: Any) -> set[str]:
    return {each.name for each in syntax.nodes_in(node) if isinstance(each, syntax.Name)}


def _attributes_in(node: Any) -> set[str]:
    return {each.name for each in syntax.nodes_in(node) if isinstance(each, syntax.Attribute)}


def bound_names(body: syntax.Block) -> set[str]:
    """The names that statements bind, nested functions and classes left out."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, (syntax.Function, syntax.Class)):
            found.add(node.name)
            continue
        bind = _BINDS.get(type(node))
        if bind is not None:
            found |= bind(node)
        for each in _expressions_in(node):
            found |= _walrus_targets(each)
        for block in blocks_of(node):
            found |= bound_names(block)
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
    return {each.name for each in _parts_of_target(target) if isinstance(each, syntax.Name)}


def _bound_by_match(node: syntax.Match) -> set[str]:
    return {case.capture for case in node.cases if case.capture is not None}


def _names_of_other(node: syntax.Other) -> set[str]:
    """Of a statement that evaluation doesn't follow: whatever it names."""
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
    syntax.Other: _names_of_other,
}
