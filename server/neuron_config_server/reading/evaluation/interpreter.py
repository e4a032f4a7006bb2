"""Statements, run one after the other on one path through the code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.calls import Calls
from neuron_config_server.reading.evaluation.expressions import shortened, source_of
from neuron_config_server.reading.evaluation.operations import (
    CannotFollowError,
    RaisedError,
    binary,
    compare,
    is_undecided,
    native,
)
from neuron_config_server.reading.evaluation.paths import Path
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    BaseClass,
    Builtin,
    ClassValue,
    Decorator,
    Dotted,
    ExceptionValue,
    FunctionValue,
    HfConfig,
    Instance,
    ModuleValue,
    NormalizedClass,
    PropertyValue,
    Scope,
    SourceString,
    Unknown,
)
from neuron_config_server.reading.evaluation.world import World
from neuron_config_server.reading.literals import NameReference, range_of

_MAX_ROUNDS = 1000
_KEEPS_RESULTS = re.compile(r"(?:functools\.)?(?:lru_)?cache(?:\(|$)")
_EXCEPTIONS: Mapping[str, tuple[str, ...]] = {
    "KeyError": ("KeyError", "LookupError"),
    "IndexError": ("IndexError", "LookupError"),
    "ZeroDivisionError": ("ZeroDivisionError", "ArithmeticError"),
    "ModuleNotFoundError": ("ModuleNotFoundError", "ImportError"),
    "NotImplementedError": ("NotImplementedError", "RuntimeError"),
}
"""Exception -> the classes of Python that catch it, beside Exception and BaseException."""


class _ReturnSignal(Exception):  # noqa: N818 - no error
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _BreakSignal(Exception):  # noqa: N818
    pass


class _ContinueSignal(Exception):  # noqa: N818
    pass


class Interpreter(Calls):
    """Follows code on one path; ``run`` gives what a function body returns.

    Args:
        world: what the names of other files stand for.
        path: decides the conditions that the source leaves open.
        config: the HF config of the model that is meant.
        is_import: the code is that of a module, run as Python imports it: what it changes is changed for all.
    """

    def __init__(self, world: World, path: Path, config: HfConfig, *, is_import: bool = False) -> None:
        self.world = world
        self.path = path
        self.hf_config = config
        self.steps = 0
        self.depth = 0
        self.followed: dict[NameReference, None] = {}
        self.aliases: list[tuple[SourceString, syntax.Call, int]] = []
        self.has_effects = False
        self._guards = 0
        self._optional_imports = 0
        self._is_import = is_import
        self._copies: dict[int, tuple[Any, Any]] = {}

    def run(self, body: syntax.Block, scope: Scope) -> Any:
        try:
            self.block(body, scope)
        except _ReturnSignal as signal:
            return signal.value
        return None

    def constructed(self, class_: ClassValue, task: str) -> Instance:
        """A config for a task, its constructor followed where a class of the file defines one."""
        instance = Instance(class_, task)
        constructor, _ = self.find(resolution_order(class_), "__init__")
        if isinstance(constructor, FunctionValue):
            self._initialise(instance, constructor)
        return instance

    def _initialise(self, instance: Instance, constructor: FunctionValue) -> None:
        given = {"config": self.hf_config, "task": instance.task}
        named = {each.name for each in constructor.node.parameters if each.kind in ("positional", "keyword")}
        keywords: dict[str, Any] = {name: value for name, value in given.items() if name in named}
        missing = [
            each.name
            for each in constructor.node.parameters[1:]
            if each.kind in ("positional", "keyword") and each.default is None and each.name not in keywords
        ]
        for name in missing:
            keywords[name] = Unknown(f"`{name}` is given from outside")
        self.call_function(constructor, [instance], keywords)

    def called(self, function: Any, arguments: list[Any]) -> Any:
        """What a call from outside of the file gives."""
        span = (0, 0, 0, 0)
        scope = Scope({}, ModuleValue(None), 0)
        return self.call(function, arguments, {}, syntax.Call(syntax.Other("…", span), (), span), scope)

    def block(self, body: syntax.Block, scope: Scope) -> None:
        for statement in body:
            self.statement(statement, scope)

    def statement(self, node: syntax.Statement, scope: Scope) -> None:
        execute = _EXECUTE.get(type(node))
        if execute is not None:
            execute(self, node, scope)
        else:
            raise CannotFollowError(
                f"`{shortened(getattr(node, 'source', type(node).__name__))}` is not followed"
            )

    def own_copy(self, value: Any) -> Any:
        if self._is_import or not isinstance(value, (list, dict, set)):
            return value
        known = self._copies.get(id(value))
        if known is None:
            made: Any = {} if isinstance(value, dict) else type(value)()
            known = self._copies[id(value)] = (value, made)  # keeps the original alive, and with it its id
            if isinstance(value, dict):
                made.update((key, self.own_copy(each)) for key, each in value.items())
            elif isinstance(value, list):
                made += [self.own_copy(each) for each in value]
            else:
                made |= value
            self._copies[id(made)] = (made, made)
        return known[1]

    def note_name(self, node: syntax.Name, scope: Scope) -> None:
        if node.name in scope.module.names:
            self.followed[NameReference(node.name, range_of(node.span, scope.line))] = None

    def note_alias(self, alias: SourceString, node: syntax.Call, scope: Scope) -> None:
        if not self._guards:
            self.aliases.append((alias, node, scope.line))

    # Assignments

    def _assign(self, node: syntax.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def assign(self, target: syntax.Expression, value: Any, scope: Scope) -> None:
        if isinstance(target, syntax.Name):
            _home(target.name, scope)[target.name] = value
        elif isinstance(target, syntax.Attribute):
            self.set_attribute(self.value(target.owner, scope), target.name, value)
        elif isinstance(target, syntax.Display):
            self._unpack(target, value, scope)
        elif isinstance(target, syntax.Subscript):
            self._set_item(target, value, scope)
        else:
            raise CannotFollowError("an assignment is not followed")

    def set_attribute(self, owner: Any, name: str, value: Any) -> None:
        if isinstance(owner, Instance):
            found, _ = self.find(resolution_order(owner.class_), name)
            if isinstance(found, PropertyValue) and found.setter is not None:
                self.call_function(found.setter, [owner, value], {})
            elif name == "task" and isinstance(value, str):
                owner.task = value
            else:
                owner.attributes[name] = value
        elif isinstance(owner, ClassValue):
            self.has_effects = True
            if self._is_import:
                owner.names[name] = value
            else:
                raise CannotFollowError(f"`{owner.name}.{name}` is set while the config is used")

    def _unpack(self, target: syntax.Display, value: Any, scope: Scope) -> None:
        values = list(self.elements(value))
        star = next(
            (place for place, each in enumerate(target.elements) if isinstance(each, syntax.Starred)), None
        )
        if any(isinstance(each, Unknown) and each.is_many for each in values):
            values = [Unknown("a part of something that is not followed")] * len(target.elements)
        elif star is not None and len(values) + 1 >= len(target.elements):
            rest = len(values) - len(target.elements) + 1
            values = [*values[:star], values[star : star + rest], *values[star + rest :]]
        if len(values) != len(target.elements):
            raise RaisedError(
                "ValueError", f"expected {len(target.elements)} values to unpack, got {len(values)}"
            )
        for each, part in zip(target.elements, values):
            self.assign(each.value if isinstance(each, syntax.Starred) else each, part, scope)

    def _set_item(self, target: syntax.Subscript, value: Any, scope: Scope) -> None:
        owner = self.value(target.owner, scope)
        self.has_effects = True
        if isinstance(target.index, syntax.Slice):
            if isinstance(owner, list):
                self._set_slice(owner, target.index, value, scope)
            return
        index = self.pinned(self.value(target.index, scope))
        if isinstance(owner, (list, dict)):
            if is_undecided(index):
                raise CannotFollowError("an element is set at a place that is not known")

            def set_item() -> None:
                owner[index] = value

            native(set_item)

    def _set_slice(self, owner: list[Any], index: syntax.Slice, value: Any, scope: Scope) -> None:
        place = self.slice_of(index, scope)
        if place is None or any(isinstance(each, Unknown) and each.is_many for each in owner):
            owner[:] = [Unknown("a part of a list is replaced", is_many=True)]
            return
        elements = list(self.elements(value))

        def set_slice() -> None:
            owner[place] = elements

        native(set_slice)

    def _augment(self, node: syntax.Augment, scope: Scope) -> None:
        current = self.value(node.target, scope)
        value = self.value(node.value, scope)
        if isinstance(current, list) and node.operator == "+":
            self.has_effects = True
            current += list(self.elements(value))
            self.assign(node.target, current, scope)
            return
        if isinstance(current, Dotted):
            current = self.world.resolve(current)
        if isinstance(value, Dotted):
            value = self.world.resolve(value)
        if isinstance(current, (list, tuple, str)) and not isinstance(value, Unknown):
            value = self.pinned(value)
        made = (
            binary(current, node.operator, value) if node.operator else Unknown("an operator is not followed")
        )
        self.assign(node.target, made, scope)

    def _delete(self, node: syntax.Delete, scope: Scope) -> None:
        self.has_effects = True
        for target in node.targets:
            if isinstance(target, syntax.Name):
                scope.names.pop(target.name, None)
            elif isinstance(target, syntax.Subscript):
                owner, index = self.value(target.owner, scope), self._index(target.index, scope)
                if not isinstance(owner, (list, dict)) or index is None or is_undecided(index):
                    raise CannotFollowError("something is deleted that is not known")

                def delete_item(owner: Any = owner, index: Any = index) -> None:
                    del owner[index]

                native(delete_item)
            else:
                raise CannotFollowError("something is deleted that is not known")

    def _index(self, node: syntax.Expression, scope: Scope) -> Any:
        if isinstance(node, syntax.Slice):
            return self.slice_of(node, scope)
        return self.pinned(self.value(node, scope))

    # Control flow

    def _evaluate(self, node: syntax.Evaluate, scope: Scope) -> None:
        self.value(node.value, scope)

    def _return(self, node: syntax.Return, scope: Scope) -> None:
        raise _ReturnSignal(self.value(node.value, scope) if node.value is not None else None)

    def choose(self, node: syntax.If, scope: Scope) -> None:
        self.block(node.body if self.truth(node.test, scope) else node.orelse, scope)

    def _for(self, node: syntax.For, scope: Scope) -> None:
        elements = list(self.elements(self.value(node.iterable, scope)))
        if any(isinstance(each, Unknown) and each.is_many for each in elements):
            raise CannotFollowError(f"a loop over `{shortened(source_of(node.iterable))}` is not followed")
        for element in elements:
            self.assign(node.target, element, scope)
            try:
                self.block(node.body, scope)
            except _BreakSignal:
                return
            except _ContinueSignal:
                continue
        self.block(node.orelse, scope)

    def _while(self, node: syntax.While, scope: Scope) -> None:
        for _ in range(_MAX_ROUNDS):
            if not self.truth(node.test, scope):
                self.block(node.orelse, scope)
                return
            try:
                self.block(node.body, scope)
            except _BreakSignal:
                return
            except _ContinueSignal:
                continue
        raise CannotFollowError("a loop goes on for longer than is followed")

    def _jump(self, node: syntax.Jump, _: Scope) -> None:
        if node.keyword == "break":
            raise _BreakSignal
        if node.keyword == "continue":
            raise _ContinueSignal

    def _try(self, node: syntax.Try, scope: Scope) -> None:
        try:
            self._guarded(node, scope)
        finally:
            self.block(node.finalbody, scope)

    def _guarded(self, node: syntax.Try, scope: Scope) -> None:
        catches_key_error = any(self._catches("KeyError", each, scope) for each in node.handlers)
        catches_import_error = any(
            self._catches("ModuleNotFoundError", each, scope) for each in node.handlers
        )
        self._guards += catches_key_error
        self._optional_imports += catches_import_error
        try:
            self.block(node.body, scope)
        except RaisedError as error:
            handler = next((each for each in node.handlers if self._catches(error.kind, each, scope)), None)
            if handler is None:
                raise
            if handler.name is not None:
                scope.names[handler.name] = ExceptionValue(error.kind, str(error))
            self.block(handler.body, scope)
        else:
            self.block(node.orelse, scope)
        finally:
            self._guards -= catches_key_error
            self._optional_imports -= catches_import_error

    def _catches(self, kind: str, handler: syntax.Handler, scope: Scope) -> bool:
        if handler.types is None:
            return True
        types = handler.types.elements if isinstance(handler.types, syntax.Display) else (handler.types,)
        names = {source_of(each).rpartition(".")[2] for each in types}
        return bool(names & {"Exception", "BaseException", *_EXCEPTIONS.get(kind, (kind,))})

    def _with(self, node: syntax.With, scope: Scope) -> None:
        suppresses = False
        for context, target in node.items:
            value = self.value(context, scope)
            suppresses |= isinstance(context, syntax.Call) and source_of(context.function).endswith(
                "suppress"
            )
            if target is not None:
                self.assign(target, value if isinstance(value, Unknown) else Unknown("a context"), scope)
        self._guards += suppresses
        try:
            self.block(node.body, scope)
        except RaisedError:
            if not suppresses:
                raise
        finally:
            self._guards -= suppresses

    def _raise(self, node: syntax.Raise, scope: Scope) -> None:
        exception = node.exception
        if exception is None:
            raise RaisedError("RuntimeError", "")
        call = exception if isinstance(exception, syntax.Call) else None
        kind = source_of(call.function if call is not None else exception)
        message = self.value(call.arguments[0].value, scope) if call is not None and call.arguments else ""
        raise RaisedError(kind.rpartition(".")[2], message if isinstance(message, str) else "")

    def _assert(self, node: syntax.Assert, scope: Scope) -> None:
        if not self.truth(node.test, scope):
            raise RaisedError("AssertionError", "")

    def _borrow(self, node: syntax.Borrow, scope: Scope) -> None:
        if node.keyword == "global":
            raise CannotFollowError("`global` is not followed")
        scope.borrowed.update(node.names)

    def _match(self, node: syntax.Match, scope: Scope) -> None:
        subject = self.known(node.subject, scope)
        for case in node.cases:
            if case.patterns and not any(
                self.decide(compare(subject, "==", self.known(each, scope)), node.subject, scope)
                for each in case.patterns
            ):
                continue
            if case.capture is not None:
                scope.names[case.capture] = subject
            if case.guard is None or self.truth(case.guard, scope):
                self.block(case.body, scope)
                return

    # Definitions

    def _import(self, node: syntax.Import, scope: Scope) -> None:
        for name, dotted in node.names:
            if name == "*":
                self._import_all(node.modules[0], scope)
            else:
                scope.names[name] = Dotted(dotted, is_optional=self._optional_imports > 0)

    def _import_all(self, module: str, scope: Scope) -> None:
        found = self.world.module(module)
        if found is None:
            scope.module.has_star_import = True
        else:
            scope.names.update({name: each for name, each in found.names.items() if not name.startswith("_")})

    def _function(self, node: syntax.Function, scope: Scope) -> None:
        owner = scope.owner if scope.owner is not None and scope.names is scope.owner.names else None
        made: Any = FunctionValue(node, scope, owner, self.defaults(node, scope))
        for decorator in reversed(node.decorators):
            made = self._decorated(made, decorator, scope)
        scope.names[node.name] = made

    def _decorated(self, function: Any, decorator: syntax.Expression, scope: Scope) -> Any:
        name = source_of(decorator)
        if not isinstance(function, FunctionValue):
            return function
        if name in ("property", "cached_property", "functools.cached_property", "abc.abstractproperty"):
            return PropertyValue(function, is_cached=name.endswith("cached_property"))
        if _KEEPS_RESULTS.match(name):
            return function
        if name in ("staticmethod", "classmethod"):
            function.kind = name.removesuffix("method")
            return function
        if name in (
            "abstractmethod",
            "abc.abstractmethod",
            "override",
            "typing.override",
            "typing_extensions.override",
        ):
            return function
        owner, _, kind = name.rpartition(".")
        current = scope.names.get(owner, MISSING)
        if kind in ("setter", "getter", "deleter") and isinstance(current, PropertyValue):
            if kind == "setter":
                return PropertyValue(current.getter, function, current.is_cached)
            return PropertyValue(function, current.setter) if kind == "getter" else current
        function.is_known = False
        return function

    def define_class(self, node: syntax.Class, scope: Scope) -> None:
        bases = tuple(self._base(argument, scope) for argument in node.bases if argument.keyword is None)
        made = self.new_class(node, bases, scope)
        inner = Scope(
            made.names, scope.module, scope.line, scope if scope.names is not scope.module.names else None
        )
        inner.owner = made
        self.entered_class(made)
        for statement in node.body:
            self._in_class(statement, made, inner)
        result: Any = made
        for decorator in reversed(node.decorators):
            result = self._class_decorated(result, decorator, scope)
        scope.names[node.name] = result

    def new_class(self, node: syntax.Class, bases: tuple[Any, ...], scope: Scope) -> ClassValue:
        """A class whose body wasn't run yet."""
        return ClassValue(node.name, node, scope.module, scope.line, bases, {})

    def entered_class(self, class_: ClassValue) -> None:
        """The body of a class is about to be run."""

    def _in_class(self, statement: syntax.Statement, class_: ClassValue, scope: Scope) -> None:
        """A statement of a class body; what it binds isn't known if it isn't followed."""
        try:
            self.statement(statement, scope)
        except (CannotFollowError, RaisedError) as error:
            for name in bound_names((statement,)):
                class_.names[name] = Unknown(str(error))

    def _class_decorated(self, class_: Any, decorator: syntax.Expression, scope: Scope) -> Any:
        """Decorators that aren't known are taken to give the class back."""
        try:
            function = self.known(decorator, scope)
            if isinstance(function, (FunctionValue, Decorator)):
                span = (0, 0, 0, 0)
                made = self.call(function, [class_], {}, syntax.Call(decorator, (), span), scope)
                return made if isinstance(made, ClassValue) else class_
        except RaisedError:
            pass
        return class_

    def _base(self, argument: syntax.Argument, scope: Scope) -> Any:
        value = self.known(argument.value, scope)
        if isinstance(value, (ClassValue, BaseClass, Dotted, NormalizedClass)):
            return value
        if isinstance(value, Builtin):
            return Dotted(value.name)
        return Dotted(source_of(argument.value), is_bound=False)


_Execute = Callable[[Interpreter, Any, Scope], None]
_EXECUTE: Mapping[type, _Execute] = {
    syntax.Assign: Interpreter._assign,
    syntax.Declare: lambda *_: None,
    syntax.Augment: Interpreter._augment,
    syntax.Evaluate: Interpreter._evaluate,
    syntax.Return: Interpreter._return,
    syntax.If: lambda self, node, scope: self.choose(node, scope),
    syntax.For: Interpreter._for,
    syntax.While: Interpreter._while,
    syntax.Try: Interpreter._try,
    syntax.With: Interpreter._with,
    syntax.Raise: Interpreter._raise,
    syntax.Assert: Interpreter._assert,
    syntax.Delete: Interpreter._delete,
    syntax.Jump: Interpreter._jump,
    syntax.Borrow: Interpreter._borrow,
    syntax.Match: Interpreter._match,
    syntax.Import: Interpreter._import,
    syntax.Function: Interpreter._function,
    syntax.Class: lambda self, node, scope: self.define_class(node, scope),
}


def _home(name: str, scope: Scope) -> dict[str, Any]:
    """Where an assignment to a name puts it."""
    while name in scope.borrowed and scope.enclosing is not None:
        scope = scope.enclosing
    return scope.names


def bound_names(body: syntax.Block) -> set[str]:
    """The names that statements bind, nested functions and classes left out."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, syntax.Assign):
            for target in node.targets:
                found |= _names_in(target)
        elif isinstance(node, (syntax.Augment, syntax.Declare)):
            found |= _names_in(node.target)
        elif isinstance(node, (syntax.Function, syntax.Class)):
            found.add(node.name)
        elif isinstance(node, syntax.Import):
            found |= {name for name, _ in node.names}
        elif isinstance(node, (syntax.If, syntax.For, syntax.While, syntax.With, syntax.Try)):
            found |= _bound_inside(node)
        elif isinstance(node, syntax.Delete):
            for target in node.targets:
                found |= _names_in(target)
    return found


def _bound_inside(node: syntax.If | syntax.For | syntax.While | syntax.With | syntax.Try) -> set[str]:
    found = bound_names(node.body)
    if isinstance(node, syntax.With):
        for _, target in node.items:
            found |= _names_in(target) if target is not None else set()
        return found
    found |= bound_names(node.orelse)
    if isinstance(node, syntax.For):
        found |= _names_in(node.target)
    if isinstance(node, syntax.Try):
        found |= bound_names(node.finalbody)
        for handler in node.handlers:
            found |= bound_names(handler.body) | ({handler.name} if handler.name is not None else set())
    return found


def _names_in(target: syntax.Expression) -> set[str]:
    """The names that an assignment to the target binds or changes."""
    if isinstance(target, syntax.Name):
        return {target.name}
    if isinstance(target, syntax.Display):
        return {name for each in target.elements for name in _names_in(each)}
    if isinstance(target, syntax.Starred):
        return _names_in(target.value)
    return _names_in(target.owner) if isinstance(target, (syntax.Subscript, syntax.Attribute)) else set()
