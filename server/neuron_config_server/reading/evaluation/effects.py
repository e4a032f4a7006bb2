"""What statements may change, told from their syntax alone: for code that can't be followed to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.bindings import (
    bound_names,
    identifiers,
    parts_of_target,
    target_names,
)
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
        found.changed.update(identifiers(node))
        found.attributes.update(identifiers(node))


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
    for node in parts_of_target(target):
        if isinstance(node, (syntax.Attribute, syntax.Subscript)):
            found.changed |= _mentioned(node)
            found.attributes |= _attributes_in(node)


def _mentioned(node: Any) -> set[str]:
    return {each.name for each in syntax.nodes_in(node) if isinstance(each, syntax.Name)}


def _attributes_in(node: Any) -> set[str]:
    return {each.name for each in syntax.nodes_in(node) if isinstance(each, syntax.Attribute)}
