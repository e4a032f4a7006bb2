"""Calls in a config's constructor: of methods along the MRO, functions across files, classes, built-ins."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from neuron_config_server.catalog.configs.attributes import MISSING
from neuron_config_server.catalog.configs.expressions import RefusedError
from neuron_config_server.catalog.configs.fields import dataclass_fields, is_dataclass
from neuron_config_server.catalog.configs.frames import Frame
from neuron_config_server.catalog.configs.introspection import INTROSPECTING, Introspection
from neuron_config_server.catalog.configs.names import Names
from neuron_config_server.catalog.configs.objects import (
    ClassBody,
    ClassValue,
    FunctionValue,
    Instance,
    forget,
)
from neuron_config_server.catalog.configs.operators import (
    BUILTINS,
    IMPORTED_BUILTINS,
    call_builtin,
    call_method,
    may_change,
    usable,
)
from neuron_config_server.catalog.configs.values import CannotTellError, Closure, Method, Opaque, Unknown
from neuron_config_server.catalog.source import Function

_SILENT = frozenset({"logger", "warnings"})
"""Their methods change nothing that is asked for here."""
_MAX_DEPTH = 25
_MAX_RECURSION = 3

Keywords = dict[str, Any]


class Builtin(Opaque):
    """A function or type of Python's own."""


class SuperValue(Opaque):
    """``super()``."""

    def __init__(self, bound: Any, owner: ClassBody | None) -> None:
        super().__init__("super()")
        self.bound = bound
        self.owner = owner


class Initializer(Opaque):
    """``super().__init__``."""

    def __init__(self, instance: Instance, start: int) -> None:
        super().__init__("__init__")
        self.instance = instance
        self.start = start


class PlainAccess(Opaque):
    """``object``'s own ``__getattribute__``, which knows no ``attribute_map``."""

    def __init__(self, instance: Any) -> None:
        super().__init__("__getattribute__")
        self.instance = instance


class Calls(Introspection):
    """Follows calls."""

    def __init__(self, names: Names, skips_raises: bool = False) -> None:
        super().__init__(names)
        self.skips_raises = skips_raises
        """Go on after a ``raise`` that is sure, to see what a constructor sets that needs arguments."""

    def run_body(self, statements: list[ast.stmt]) -> None:
        raise NotImplementedError

    def call(self, node: ast.Call) -> Any:
        name = _dotted(node.func)
        if name.split(".")[0] in _SILENT:
            return None
        if name == "super":
            return self._super(node)
        called = self._called(name, node.func)
        args, keywords = self._arguments(node)
        if args is None or keywords is None:
            self._let_go([called, *(args or ()), *(keywords or {}).values()])
            return Unknown(name)
        return self.called(called, args, keywords)

    def _super(self, node: ast.Call) -> SuperValue:
        named = self.value(node.args[0]) if node.args else None
        owner = named.mro[0] if isinstance(named, ClassValue) else self.frames[-1].owner
        return SuperValue(self.frames[-1].bound, owner)

    def _called(self, name: str, function: ast.expr) -> Any:
        """What is called; a function of Python's own by its name, unless that means something else here."""
        if self._is_builtin(name):
            return Builtin(name)
        if not isinstance(function, ast.Attribute):
            return self.value(function)
        receiver = self.value(function.value)
        if isinstance(receiver, SuperValue):
            return self._inherited(receiver, function.attr)
        found = self.attribute(receiver, function.attr)
        if type(found) is Unknown:
            self._let_go([receiver])
        return found

    def _is_builtin(self, name: str) -> bool:
        first = name.split(".")[0]
        if (name not in BUILTINS and name not in INTROSPECTING) or first in self.frames[-1].names:
            return False
        return name in IMPORTED_BUILTINS or self.names.in_module(self.frames[-1].module, first) is None

    def _inherited(self, super_: SuperValue, name: str) -> Any:
        """What ``super().name`` finds."""
        bound = super_.bound
        class_ = bound.class_ if isinstance(bound, Instance) else bound
        if not isinstance(class_, ClassValue) or super_.owner is None:
            return Unknown(name)
        start = class_.place(super_.owner) + 1
        if name == "__init__" and isinstance(bound, Instance):
            return Initializer(bound, start)
        found = self.class_attribute(class_, bound, name, start)
        if name == "__getattribute__" and type(found) is Unknown and class_.complete:
            return PlainAccess(bound)
        if type(found) is Unknown:
            self._let_go([bound])
        return Builtin("object") if found is MISSING else found

    def _arguments(self, node: ast.Call) -> tuple[list[Any] | None, Keywords | None]:
        """Positional and keyword arguments; None for those whose number or names aren't known."""
        args: list[Any] | None = []
        keywords: Keywords | None = {}
        for each in node.args:
            value = self.value(each.value if isinstance(each, ast.Starred) else each)
            try:
                more = self.items(value) if isinstance(each, ast.Starred) else [value]
                args = args + more if args is not None else None
            except CannotTellError:
                args = None
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None and keywords is not None:
                keywords[keyword.arg] = value
            elif keywords is not None:
                is_known = isinstance(value, dict) and all(isinstance(name, str) for name in value)
                keywords = {**keywords, **value} if is_known else None
        return args, keywords

    def called(self, function: Any, args: list[Any], keywords: Keywords) -> Any:
        """The outcome of a call."""
        if isinstance(function, FunctionValue):
            return self.follow(function, args, keywords)
        if isinstance(function, Initializer):
            return self.initialize(function.instance, function.start, args, keywords)
        if isinstance(function, ClassValue):
            return self.construct(function, args, keywords)
        if isinstance(function, Method):
            return self._method(function, args, keywords)
        if isinstance(function, PlainAccess):
            return self.plain_attribute(function.instance, usable(args[0]) if args else "")
        if isinstance(function, Builtin):
            special = INTROSPECTING.get(function.text)
            return special(self, *args) if special else call_builtin(function.text, args, keywords)
        self._let_go([function, *args, *keywords.values()])
        return Unknown(getattr(function, "text", ""))

    def construct(self, class_: ClassValue, args: list[Any], keywords: Keywords) -> Any:
        """An instance, its constructor followed."""
        if not class_.complete or class_.member("__new__") is not None or len(self.frames) > _MAX_DEPTH:
            self._let_go([*args, *keywords.values()])
            return Unknown(class_.text)
        return self.initialize(Instance(class_), 0, args, keywords)

    def initialize(self, instance: Instance, start: int, args: list[Any], keywords: Keywords) -> Any:
        """Runs the first ``__init__`` from a place in the MRO on, maybe a generated one."""
        for owner in instance.class_.mro[start:]:
            member = owner.members.get("__init__")
            if member is not None and member.function is not None:
                function = FunctionValue(owner.module, member.function, owner, instance)
                return self.follow(function, args, keywords, gives_bound=True)
            if is_dataclass(owner, instance.class_):
                return self._generated_init(instance, owner, keywords)
        if not instance.class_.complete:
            self._let_go([instance, *args, *keywords.values()])
        return instance

    def _generated_init(self, instance: Instance, owner: ClassBody, keywords: Keywords) -> Any:
        """What transformers 5 lets a dataclass do: fields first, then ``__post_init__`` with the rest."""
        class_, rest = instance.class_, dict(keywords)
        self.frames.append(Frame(owner.module, owner, instance))
        for field in dataclass_fields(ClassValue(class_.mro[class_.place(owner) :], class_.complete)):
            if field.name not in rest and field.default is None and not self.skips_raises:
                raise RefusedError
            value = rest.pop(field.name, MISSING)
            if value is MISSING:
                place = Frame(field.owner.module, class_body=field.owner)
                value = self.in_frame(place, field.default) if field.default else Unknown(field.name)
            self.statement = field.statement
            self.set_attribute(self.frames[-1].bound, field.name, value)
        finish = self.look_up(self.frames[-1].bound, "__post_init__")
        if finish is not MISSING and class_.member("__post_init__") is not None:
            self.called(finish, [], rest)
        return self.frames.pop().bound

    def follow(
        self, function: FunctionValue, args: list[Any], keywords: Keywords, gives_bound: bool = False
    ) -> Any:
        """Runs a function's body; gives what it returns, or the object that it was called on."""
        node, bound = function.node, function.bound
        if not function.is_as_written or self._is_too_deep(node) or _is_generator(node):
            self._let_go([bound, *args, *keywords.values()])
            return bound if gives_bound else Unknown(node.name)
        if bound is None and function.owner is not None and args and isinstance(args[0], Instance):
            bound = args[0]  # ``Base.__init__(self, ...)``
        elif bound is not None:
            args = [bound, *args]
        frame = Frame(function.module, function.owner, bound, function=node)
        frame.names = self._bound_parameters(function, args, keywords)
        statement, before = self.statement, self.frames
        self.frames.append(frame)
        self.run_body(node.body)
        self.frames = self.frames.back_in(before)
        ended = self.frames.pop()
        self.statement = statement
        return ended.bound if gives_bound else ended.returned

    def _is_too_deep(self, function: Function) -> bool:
        running = sum(each.function is function for each in self.frames)
        return running >= _MAX_RECURSION or len(self.frames) > _MAX_DEPTH

    def _bound_parameters(self, function: FunctionValue, args: list[Any], keywords: Keywords) -> Keywords:
        arguments = function.node.args
        positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        found: Keywords = dict(zip(positional, args))
        rest, defaults = dict(keywords), _defaults(arguments)
        for name in (*positional, *(each.arg for each in arguments.kwonlyargs)):
            if name in found:
                continue
            if name in rest:
                found[name] = rest.pop(name)
            elif name in defaults:
                found[name] = self.in_frame(Frame(function.module, class_body=function.owner), defaults[name])
            elif self.skips_raises:
                found[name] = Unknown(name)
            else:
                raise RefusedError
        if arguments.vararg is not None:
            found[arguments.vararg.arg] = tuple(args[len(positional) :])
        if arguments.kwarg is not None:
            found[arguments.kwarg.arg] = rest
        return found

    def _method(self, method: Method, args: list[Any], keywords: Keywords) -> Any:
        try:
            return call_method(method, args, keywords)
        except CannotTellError:
            if may_change(method):
                forget(method.receiver)
            self._let_go([*args, *keywords.values()])
            raise

    def _let_go(self, values: Iterable[Any]) -> None:
        """Values get into the hands of code that isn't followed."""
        for each in values:
            forget(each.bound if isinstance(each, FunctionValue) else each)
            if isinstance(each, Initializer):
                forget(each.instance)
            if isinstance(each, Closure):
                forget((self.frames[-1].bound, *self.frames[-1].names.values()))


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    """Parameter -> its default, of those that have one."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    found = {each.arg: value for each, value in zip(with_default, arguments.defaults)}
    named = zip(arguments.kwonlyargs, arguments.kw_defaults)
    return {**found, **{each.arg: value for each, value in named if value is not None}}


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


@lru_cache(maxsize=200)  # every config calls the constructors of its base classes, the same ones
def _is_generator(function: Function) -> bool:
    nodes = (each for statement in function.body for each in ast.walk(statement))
    is_coroutine = isinstance(function, ast.AsyncFunctionDef)
    return is_coroutine or any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in nodes)
