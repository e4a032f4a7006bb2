"""Classes, functions and objects while a config's constructor is followed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from neuron_config_server.catalog.configs.values import CannotTellError, Hidden, Opaque, Unknown
from neuron_config_server.catalog.source import ClassSource, Function, ModuleSource, unparsed


@dataclass(frozen=True, eq=False)
class Member:
    """What a class body binds a name to: functions (a property's setter is one) or an expression."""

    owner: ClassBody
    functions: tuple[Function, ...]
    value: ast.expr | None

    @cached_property
    def getter(self) -> Function | None:
        return next((each for each in self.functions if _decorators(each) & _PROPERTIES), None)

    @cached_property
    def setter(self) -> Function | None:
        return next((each for each in self.functions if f"{each.name}.setter" in _decorators(each)), None)

    @cached_property
    def function(self) -> Function | None:
        """The last definition, if it's a plain, static or class method."""
        return self.functions[-1] if self.functions and self.getter is None else None

    def bound_to(self, instance_or_class: Any, class_: ClassValue) -> FunctionValue | None:
        """The method as ``instance.name`` or ``Class.name`` gives it."""
        if self.function is None:
            return None
        decorators = _decorators(self.function)
        bound = None if "staticmethod" in decorators or instance_or_class is class_ else instance_or_class
        bound = class_ if "classmethod" in decorators else bound
        return FunctionValue(self.owner.module, self.function, self.owner, bound)

    def getter_of(self, instance_or_class: Any) -> FunctionValue | None:
        """The property's function."""
        if self.getter is None:
            return None
        return FunctionValue(self.owner.module, self.getter, self.owner, instance_or_class)


class ClassBody:
    """The statements of a class."""

    def __init__(self, source: ClassSource) -> None:
        self.module = source.module
        self.node = source.node
        self.name = source.node.name

    @cached_property
    def members(self) -> dict[str, Member]:
        functions: dict[str, list[Function]] = {}
        values: dict[str, ast.expr] = {}
        for item in self.node.body:
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions.setdefault(item.name, []).append(item)
                values.pop(item.name, None)
            elif isinstance(item, (ast.Assign, ast.AnnAssign)) and item.value is not None:
                for name in assigned_names(item):
                    values[name] = item.value
                    functions.pop(name, None)
        return {
            name: Member(self, tuple(functions.get(name, ())), values.get(name))
            for name in (*functions, *values)
        }

    @cached_property
    def annotated(self) -> dict[str, ast.AnnAssign]:
        """What may be a dataclass field."""
        return {
            name: item
            for item in self.node.body
            if isinstance(item, ast.AnnAssign)
            and not source_text(item.annotation).startswith(("ClassVar", "typing.ClassVar"))
            for name in assigned_names(item)
        }


class ClassValue(Opaque):
    """A class of a source file, its bases in Python's order of resolution."""

    def __init__(self, mro: tuple[ClassBody, ...], complete: bool) -> None:
        super().__init__(mro[0].name)
        self.mro = mro
        self.complete = complete
        """Whether the source of every base was found."""

    def member(self, name: str, start: int = 0) -> Member | None:
        """Where attribute lookup finds a name, from a place in the MRO on."""
        return next((each.members[name] for each in self.mro[start:] if name in each.members), None)

    def place(self, owner: ClassBody) -> int:
        """The class's place in the MRO; the end, if it isn't there."""
        return next((i for i, each in enumerate(self.mro) if each is owner), len(self.mro))

    __hash__ = object.__hash__  # classes are told apart, and may be keys

    def __eq__(self, other: object) -> bool:
        if type(other) is Unknown:
            raise CannotTellError
        return self is other

    @property
    def has_own_truth(self) -> bool:
        """Whether its instances may be falsy."""
        return self.member("__bool__") is not None or self.member("__len__") is not None

    def is_kind_of(self, other: ClassValue) -> bool | None:
        """Whether it is the other class or derived from it; None if its bases aren't all known."""
        if other.mro[0] in self.mro:
            return True
        return False if self.complete else None


_PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property", "classproperty"})
_TRANSPARENT = frozenset({"staticmethod", "classmethod", "abstractmethod", "override"})


@dataclass(frozen=True, eq=False)
class Assignment:
    """A statement that has set an attribute, and where it stands."""

    module: ModuleSource
    owner: ClassBody | None
    statement: ast.stmt


Assignments = dict[str, list[Assignment]]


class Instance(Opaque):
    """An object under construction."""

    def __init__(self, class_: ClassValue, assignments: Assignments | None = None) -> None:
        super().__init__(f"{class_.text}(...)")
        self.class_ = class_
        self.assignments: Assignments = assignments if assignments is not None else {}
        """Every statement that has set an attribute, on any way through the constructor."""
        self.attributes: dict[str, Any] = {}
        self.sometimes: set[str] = set()
        """Names that only some ways through the constructor set, or delete."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Instance:
        twin = memo[id(self)] = Instance(self.class_, self.assignments)
        twin.attributes = copy.deepcopy(self.attributes, memo)
        twin.sometimes = set(self.sometimes)
        return twin

    def forget(self) -> None:
        """Something that isn't followed had the object in its hands."""
        for name in self.attributes:
            self.attributes[name] = Unknown(name)


class FunctionValue(Opaque):
    """A function of a source file, maybe bound to an object or a class."""

    def __init__(
        self, module: ModuleSource, node: Function, owner: ClassBody | None = None, bound: Any = None
    ) -> None:
        super().__init__(node.name)
        self.module = module
        self.node = node
        self.owner = owner
        self.bound = bound

    @property
    def is_as_written(self) -> bool:
        """Whether calling it runs its body: no decorator that isn't known stands before it."""
        return _decorators(self.node) <= {*_TRANSPARENT, *_PROPERTIES, f"{self.node.name}.setter"}

    def __deepcopy__(self, memo: dict[int, Any]) -> FunctionValue:
        return FunctionValue(self.module, self.node, self.owner, copy.deepcopy(self.bound, memo))


def forget(value: Any) -> None:
    """Code that isn't followed may have changed the value: drop what is known of its parts."""
    if isinstance(value, Instance):
        value.forget()
    elif isinstance(value, dict):
        value.clear()
        value[Hidden()] = Unknown()
    elif isinstance(value, list):
        value[:] = [Hidden()]
    elif isinstance(value, tuple):
        for item in value:
            forget(item)


def assigned_names(statement: ast.stmt) -> Iterator[str]:
    """The names that an assignment binds, annotated ones too."""
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _decorators(function: Function) -> frozenset[str]:
    return frozenset(source_text(each) for each in function.decorator_list)


def source_text(node: ast.AST) -> str:
    """The node as source; empty if it's nested too deeply."""
    try:
        return _source(node)
    except RecursionError:
        return ""


@lru_cache(maxsize=10_000)  # every config asks for what its base classes, the same ones, declare
def _source(node: ast.AST) -> str:
    return unparsed(node)
