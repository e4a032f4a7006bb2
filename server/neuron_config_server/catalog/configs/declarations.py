"""Which attributes the instances of a config class have, and where each is declared."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.configs.classes import AttributeKind
from neuron_config_server.catalog.configs.constructor import Constructor
from neuron_config_server.catalog.configs.expressions import NotFollowedError, RefusedError
from neuron_config_server.catalog.configs.frames import Frames
from neuron_config_server.catalog.configs.names import Names
from neuron_config_server.catalog.configs.objects import (
    ClassBody,
    ClassValue,
    Instance,
    assigned_names,
    source_text,
)
from neuron_config_server.catalog.configs.values import Unknown
from neuron_config_server.catalog.source import Function

_MAX_EXPRESSION = 200
_BASES = ("PreTrainedConfig", "PretrainedConfig", "HeterogeneousConfigMixin")
_CONSTRUCTORS = ("__init__", "__post_init__")


@dataclass(frozen=True)
class ConstructorRun:
    """A constructor that has been followed."""

    class_: ClassValue
    constructor: Constructor
    instance: Instance
    needs_arguments: bool
    is_known: bool
    """Whether the attributes of the instance have the values that the constructor gives them."""

    @classmethod
    def of(cls, class_: ClassValue, names: Names) -> ConstructorRun:
        """Follows a constructor that is called without arguments.

        If it raises, it is followed once more, past its ``raise`` statements: for the names, not the values.
        """
        for needs_arguments in (False, True):
            constructor, instance = Constructor(names, skips_raises=needs_arguments), Instance(class_)
            try:
                instance = constructor.initialize(instance, 0, [], {})
            except RefusedError:
                continue
            except (NotFollowedError, RecursionError):
                instance.sometimes.update(instance.attributes)
                return cls(class_, Constructor(names), instance, needs_arguments, is_known=False)
            is_known = not needs_arguments and not _intercepts_access(class_)
            return cls(class_, constructor, instance, needs_arguments, is_known)
        return cls(class_, Constructor(names), Instance(class_), needs_arguments=True, is_known=False)

    def class_attribute(self, name: str) -> Any:
        return self._looked_up(self.class_, name)

    def final(self, name: str) -> Any:
        """An attribute's value when the constructor is through."""
        if not self.is_known:
            return Unknown(name)
        member = self.class_.member(name)
        is_property = member is not None and member.getter is not None
        # A property's code must not spoil what the next one reads.
        return self._looked_up(copy.deepcopy(self.instance) if is_property else self.instance, name)

    def _looked_up(self, value: Any, name: str) -> Any:
        self.constructor.frames = Frames()  # an exception may have left some behind
        try:
            return self.constructor.look_up(value, name)
        except (RefusedError, NotFollowedError, RecursionError):
            return Unknown(name)


def _intercepts_access(class_: ClassValue) -> bool:
    """Whether a class reroutes what is read and set; the bases' own ways are followed."""
    return any(
        name in each.members
        for each in class_.mro
        for name in ("__getattribute__", "__getattr__", "__setattr__", "__new__")
        if each.name not in _BASES
    )


@dataclass(frozen=True)
class Declaration:
    """Where an attribute comes from."""

    name: str
    kind: AttributeKind
    owner: str
    file: Path
    line: int
    annotation: str | None = None
    expression: str | None = None
    is_always_there: bool = True


def declarations(run: ConstructorRun) -> Iterator[Declaration]:
    """The public attributes: those that are set, in that order, then those that the classes bring along."""
    attribute_map = run.class_attribute("attribute_map")
    seen = {*attribute_map} if isinstance(attribute_map, dict) else set()
    found = [_set(run, name) for name in run.instance.attributes]
    for owner in run.class_.mro:
        found += _of_class_body(owner)
    for owner in run.class_.mro:
        found += _conditional(owner)
    for each in found:
        if each.name not in seen and not each.name.startswith("_"):
            seen.add(each.name)
            yield each


def _set(run: ConstructorRun, name: str) -> Declaration:
    """An attribute that the constructor sets: declared as a parameter, else by the statement that sets it."""
    assignments = run.instance.assignments[name]
    is_always_there = name not in run.instance.sometimes
    expression = _shortened(getattr(assignments[-1].statement, "value", None))
    for owner in run.class_.mro:
        place = _parameter(owner, name)
        if place is not None:
            file, kind = owner.module.path, AttributeKind.PARAMETER
            annotation = source_text(place.annotation) if place.annotation is not None else None
            return Declaration(
                name, kind, owner.name, file, place.lineno, annotation, expression, is_always_there
            )
    first = assignments[0]
    owner_name = first.owner.name if first.owner is not None else first.module.path.name
    return Declaration(
        name,
        AttributeKind.ASSIGNED,
        owner_name,
        first.module.path,
        first.statement.lineno,
        _annotation(first.statement),
        expression,
        is_always_there,
    )


def _parameter(owner: ClassBody, name: str) -> ast.AnnAssign | ast.arg | None:
    """The field, or the parameter of the constructor, that a class declares."""
    if name in owner.annotated:
        return owner.annotated[name]
    init = owner.members.get("__init__")
    arguments = init.functions[-1].args if init is not None and init.functions else None
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs) if arguments else ():
        if each.arg == name:
            return each
    return None


def _of_class_body(owner: ClassBody) -> Iterator[Declaration]:
    """Class attributes and properties."""
    for item in owner.node.body:
        if isinstance(item, (ast.Assign, ast.AnnAssign)) and item.value is not None:
            for name in assigned_names(item):
                yield _declared(owner, name, AttributeKind.CLASS_ATTRIBUTE, item, item.value)
        elif isinstance(item, ast.FunctionDef) and owner.members[item.name].getter is item:
            returned = next((each.value for each in item.body if isinstance(each, ast.Return)), None)
            yield _declared(owner, item.name, AttributeKind.PROPERTY, item, returned)


def _conditional(owner: ClassBody) -> Iterator[Declaration]:
    """What the constructor sets on ways that a call without arguments doesn't take."""
    members = (owner.members[name] for name in _CONSTRUCTORS if name in owner.members)
    for body in (body for member in members for body in member.functions):
        for node, name in _set_on_self(body):
            yield _declared(owner, name, AttributeKind.ASSIGNED, node, node.value, False)


@lru_cache(maxsize=200)  # every config asks for the constructors of its base classes, the same ones
def _set_on_self(function: Function) -> tuple[tuple[ast.Assign, str], ...]:
    """The assignments to attributes of the instance, each with the name of one."""
    return tuple(
        (node, target.attr)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and _is_self(target.value)
    )


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _declared(
    owner: ClassBody,
    name: str,
    kind: AttributeKind,
    item: ast.stmt,
    value: ast.expr | None,
    is_always_there: bool = True,
) -> Declaration:
    expression, annotation = _shortened(value), _annotation(item)
    return Declaration(
        name, kind, owner.name, owner.module.path, item.lineno, annotation, expression, is_always_there
    )


def _annotation(statement: ast.stmt) -> str | None:
    node = getattr(statement, "annotation", None) or getattr(statement, "returns", None)
    return source_text(node) if isinstance(node, ast.expr) else None


def _shortened(node: ast.AST | None) -> str | None:
    text = source_text(node) if node is not None else ""
    return text or None if len(text) <= _MAX_EXPRESSION else f"{text[:_MAX_EXPRESSION]}…"
