"""Statements, run one after the other on one path through the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from neuron_config_server.catalog.neuron_bases import MemberKind
from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.bindings import bound_names
from neuron_config_server.reading.evaluation.calls import FROM_OUTSIDE, Calls
from neuron_config_server.reading.evaluation.exceptions import catches, exception_of, is_exception_class
from neuron_config_server.reading.evaluation.expressions import shortened, source_of
from neuron_config_server.reading.evaluation.operations import (
    MAX_LENGTH,
    CannotFollowError,
    RaisedError,
    binary,
    changed_in_place,
    compare,
    is_plain_data,
    is_undecided,
    native,
)
from neuron_config_server.reading.evaluation.paths import Path
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    BaseClass,
    BoundMethod,
    BoundSetter,
    Builtin,
    ClassValue,
    Decorator,
    Dotted,
    ExceptionValue,
    FunctionValue,
    HfConfig,
    Instance,
    IteratorValue,
    ModuleValue,
    NormalizedClass,
    PartialValue,
    PropertyValue,
    Scope,
    SourceString,
    Unknown,
    UnknownFunction,
)
from neuron_config_server.reading.evaluation.world import World
from neuron_config_server.reading.literals import NameReference, StartLine

_MAX_ROUNDS = 1000
_OF_INSTANCES = frozenset({"task", "_config", "_normalized_config", "__class__"})
"""What every config has, and evaluation knows."""
_PROPERTIES = {
    "property": False,
    "abc.abstractproperty": False,
    "cached_property": True,
    "functools.cached_property": True,
}
"""What makes a property of a function -> whether it is asked once for each instance."""
_CACHES = frozenset({"cache", "lru_cache", "functools.cache", "functools.lru_cache"})
_UNCHANGED = frozenset(
    {
        "abstractmethod", "abc.abstractmethod", "override", "typing.override", "typing_extensions.override",
        "final", "typing.final", "typing_extensions.final",
    }
)  # fmt: skip
"""Decorators that give back what they are given."""
_MADE_OTHERWISE = frozenset({"Enum", "Flag", "IntEnum", "IntFlag", "NamedTuple", "StrEnum", "TypedDict"})
"""Bases that make something else of what a class body assigns."""
_PLAIN_METACLASSES = frozenset({"ABCMeta", "type"})


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
        self.unknowns = 0
        self.depth = 0
        self.followed: dict[NameReference, None] = {}
        self.aliases: list[tuple[SourceString, syntax.Call, StartLine]] = []
        self.has_effects = False
        self.results = {}
        self.config_values = {}
        self.guards = 0
        """How much around a statement may catch a KeyError."""
        self._optional_imports = 0
        self._handling: list[RaisedError] = []
        self.is_import = is_import
        self._copies: dict[int, tuple[Any, Any]] = {}

    def run(self, body: syntax.Block, scope: Scope) -> Any:
        try:
            self.block(body, scope)
        except _ReturnSignal as signal:
            return signal.value
        return None

    def construct(self, instance: Instance) -> None:
        """Makes a config ready, its constructor followed where a class of the file defines one."""
        class_ = instance.class_
        self._check_understood(class_)
        constructor, _ = self.find(resolution_order(class_), "__init__")
        if isinstance(constructor, FunctionValue):
            is_known = not any(isinstance(each, Dotted) for each in resolution_order(class_))
            instance.is_initialised = not is_known
            self._initialise(instance, constructor)

    def _check_understood(self, class_: ClassValue) -> None:
        """Whether instances of a class are made and asked as usual.

        Raises:
            CannotFollowError: they are not.
        """
        for each in resolution_order(class_):
            names = each.names.keys() if isinstance(each, ClassValue) else ()
            for special in ("__new__", "__getattribute__", "__setattr__", "__delattr__"):
                if special in names:
                    raise CannotFollowError(f"`{each.name}.{special}` is not followed")

    def _initialise(self, instance: Instance, constructor: FunctionValue) -> None:
        """As optimum-neuron's exporter does: the config by position, the task by name, and by name what the
        user asks for.
        """
        parameters = constructor.node.parameters[1:]
        names = {each.name for each in parameters}
        outside = Unknown("what the user asks for is given from outside", is_many=True)
        instance.is_asked_for_task = True
        keywords: dict[str, Any] = {"task": instance.task, FROM_OUTSIDE: outside}
        for each in parameters[1:]:
            if each.kind in ("positional", "keyword") and each.default is None:
                keywords.setdefault(each.name, Unknown(f"`{each.name}` is given from outside"))
        if "task" not in names and not any(each.kind == "**" for each in parameters):
            raise RaisedError("TypeError", "the constructor takes no `task`")
        self.call_function(constructor, [instance, self.hf_config], keywords)

    def called(self, function: Any, arguments: list[Any]) -> Any:
        """What a call from outside of the file gives."""
        span = (0, 0, 0, 0)
        scope = Scope({}, ModuleValue(None), StartLine(0))
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
        if self.is_import or not isinstance(value, (list, dict, set, tuple, IteratorValue)):
            return value
        if isinstance(value, IteratorValue):
            raise CannotFollowError("an iterator is shared by everybody who asks")
        known = self._copies.get(id(value))
        if known is None:
            known = self._copies[id(value)] = (value, self._copied(value))
            self._copies[id(known[1])] = (known[1], known[1])
        return known[1]  # the original is kept alive, and with it its id

    def is_copied(self, value: Any) -> bool:
        return id(value) in self._copies

    def _copied(self, value: Any) -> Any:
        if isinstance(value, tuple):
            parts = tuple(self.own_copy(each) for each in value)
            return value if all(one is other for one, other in zip(parts, value)) else parts
        made: Any = {} if isinstance(value, dict) else type(value)()
        self._copies[id(value)] = (value, made)  # it may hold itself
        if isinstance(value, dict):
            made.update((key, self.own_copy(each)) for key, each in value.items())
        elif isinstance(value, list):
            made += [self.own_copy(each) for each in value]
        else:
            made |= value
        return made

    def lose_namespace(self, scope: Scope) -> None:
        if not self.is_import:
            raise CannotFollowError("the names of a module are changed in ways that are not followed")
        scope.module.is_unreliable = True
        if scope.owner is not None:
            scope.owner.set_from_outside.add("*")
        for each in scope.module.names.values():
            if isinstance(each, ClassValue):
                each.set_from_outside.add("*")

    def note_name(self, node: syntax.Name, scope: Scope) -> None:
        if node.name in scope.module.names:
            self.followed[NameReference(node.name, node.span, scope.line)] = None

    def note_alias(self, alias: SourceString, node: syntax.Call, scope: Scope) -> None:
        if not self.guards:
            self.aliases.append((alias, node, scope.line))

    # Assignments

    def _assign(self, node: syntax.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def assign(self, target: syntax.Expression, value: Any, scope: Scope) -> None:
        if isinstance(target, syntax.Name):
            self._bind(target.name, value, scope)
        elif isinstance(target, syntax.Attribute):
            self.set_attribute(self.value(target.owner, scope), target.name, value)
        elif isinstance(target, syntax.Display):
            self._unpack(target, value, scope)
        elif isinstance(target, syntax.Subscript):
            self._set_item(target, value, scope)
        else:
            raise CannotFollowError("an assignment is not followed")

    def _bind(self, name: str, value: Any, scope: Scope) -> None:
        kind = scope.borrowed.get(name)
        if kind == "global":
            if not self.is_import:
                raise CannotFollowError(f"`global {name}` is set while the config is used")
            self.has_effects = True
            scope.module.names[name] = value
            return
        while kind == "nonlocal" and scope.enclosing is not None:
            scope = scope.enclosing
            if scope.is_function and (name in scope.locals or name in scope.names):
                kind = scope.borrowed.get(name)
        if scope.is_function and scope.run is not self:
            raise CannotFollowError(f"`{name}` of an enclosing function is set while the config is used")
        scope.names[name] = value

    def set_attribute(self, owner: Any, name: str, value: Any) -> None:
        if isinstance(owner, Instance):
            self._set_of_instance(owner, name, value)
        elif isinstance(owner, ClassValue):
            self.has_effects = True
            if not self.is_import:
                raise CannotFollowError(f"`{owner.name}.{name}` is set while the config is used")
            owner.names[name] = value
        elif isinstance(owner, BaseClass):
            self.has_effects = True
            self.world.changed_bases.add((owner.name, name))
        elif isinstance(owner, HfConfig):
            self.config_values[f"{owner.text}.{name}"] = value
        elif isinstance(owner, Dotted) and self.world.resolve(owner) is not owner:
            self.set_attribute(self.world.resolve(owner), name, value)
        elif name.startswith("__") or not isinstance(owner, (Dotted, FunctionValue, Unknown)):
            raise CannotFollowError(f"`.{name}` is set on something that is not followed")

    def _set_of_instance(self, owner: Instance, name: str, value: Any) -> None:
        found, above = self.find(resolution_order(owner.class_), name)
        if isinstance(found, PropertyValue):
            if found.setter is not None:
                self.call_function(found.setter, [owner, value], {})
                return
            if not found.is_cached:
                raise RaisedError("AttributeError", f"property `{name}` has no setter")
        if isinstance(above, BaseClass) and getattr(found, "kind", None) is MemberKind.PROPERTY:
            if found.can_be_set:
                raise CannotFollowError(f"the setter of `{name}` is not followed")
            raise RaisedError("AttributeError", f"property `{name}` has no setter")
        if name in _OF_INSTANCES:
            if name != "task" or not isinstance(value, str):
                raise CannotFollowError(f"`{name}` is set to something that is not followed")
            owner.task = str(value)
        owner.attributes[name] = value

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
        owner = self.known(target.owner, scope)
        self.has_effects = True
        if isinstance(target.index, syntax.Slice) and isinstance(owner, list):
            self._set_slice(owner, target.index, value, scope)
            return
        index = self.pinned(self.value(target.index, scope))
        if isinstance(owner, (list, dict)):
            if not self._is_certain_place(owner, index):
                raise CannotFollowError("an element is set at a place that is not known")

            def set_item() -> None:
                owner[index] = value

            native(set_item)
        elif is_plain_data(owner):
            raise RaisedError(
                "TypeError", f"'{type(owner).__name__}' object does not support item assignment"
            )

    def _is_certain_place(self, owner: list[Any] | dict[Any, Any], index: Any) -> bool:
        """Whether an index, or a key, means one element, there or not."""
        if isinstance(owner, dict):
            return is_plain_data([index, *owner]) or (isinstance(index, Dotted) and not is_undecided(index))
        return is_plain_data(index) and not any(isinstance(each, Unknown) and each.is_many for each in owner)

    def _set_slice(self, owner: list[Any], index: syntax.Slice, value: Any, scope: Scope) -> None:
        place = self.slice_of(index, scope)
        if isinstance(value, IteratorValue) or value is owner:
            value = list(self.elements(value))
        if place is None or any(isinstance(each, Unknown) and each.is_many for each in owner):
            owner[:] = [Unknown("a part of a list is replaced", is_many=True)]
            return
        elements = list(self.elements(value))

        def set_slice() -> None:
            owner[place] = elements

        native(set_slice)

    def _augment(self, node: syntax.Augment, scope: Scope) -> None:
        target = self._evaluated_once(node.target, scope)
        current = self.known(target, scope)
        value = self.known(node.value, scope)
        if isinstance(current, list) and node.operator == "+":
            self.has_effects = True
            current += list(self.elements(value))
            if len(current) > MAX_LENGTH:
                raise CannotFollowError("a list is longer than is followed")
            made: Any = current
        elif isinstance(current, (list, dict, set)) and node.operator:
            self.has_effects = True
            made = changed_in_place(current, node.operator, self.pinned(value))
            if isinstance(made, Unknown):
                raise CannotFollowError(made.reason)
        else:
            if isinstance(current, (list, tuple, str)):
                value = self.pinned(value)
            known = binary(current, node.operator, value) if node.operator else None
            made = Unknown("an operator is not followed") if known is None else known
        self.assign(target, made, scope)

    def _evaluated_once(self, target: syntax.Expression, scope: Scope) -> syntax.Expression:
        """The target of ``+=``, whose parts may call something that must be called once.

        Raises:
            CannotFollowError: they do.
        """
        if any(isinstance(each, (syntax.Call, syntax.Walrus)) for each in syntax.nodes_in(target)):
            raise CannotFollowError("the target of an augmented assignment calls something")
        return target

    def _delete(self, node: syntax.Delete, scope: Scope) -> None:
        self.has_effects = True
        for target in node.targets:
            if isinstance(target, syntax.Name):
                if target.name in scope.borrowed:
                    raise CannotFollowError(f"`{target.name}` of elsewhere is deleted")
                if target.name not in scope.names:
                    raise RaisedError("NameError", f"name '{target.name}' is not defined")
                del scope.names[target.name]
            elif isinstance(target, syntax.Subscript):
                owner, index = self.value(target.owner, scope), self._index(target.index, scope)
                is_certain = isinstance(owner, (list, dict)) and (
                    self._is_certain_place(owner, index)
                    if not isinstance(index, slice)
                    else not any(isinstance(each, Unknown) and each.is_many for each in owner)
                )
                if not is_certain:
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
        for element in self.elements(self.value(node.iterable, scope)):
            if isinstance(element, Unknown) and element.is_many:
                raise CannotFollowError(
                    f"a loop over `{shortened(source_of(node.iterable))}` is not followed"
                )
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
        except (RaisedError, _ReturnSignal, _BreakSignal, _ContinueSignal):
            self.block(node.finalbody, scope)
            raise
        self.block(node.finalbody, scope)

    def _guarded(self, node: syntax.Try, scope: Scope) -> None:
        guards = any(self._may_catch("KeyError", each, scope) for each in node.handlers)
        is_optional = any(self._may_catch("ModuleNotFoundError", each, scope) for each in node.handlers)
        self.guards += guards
        self._optional_imports += is_optional
        before = self.unknowns
        try:
            self.block(node.body, scope)
            self._check_raised(node, before, scope)
        except RaisedError as error:
            self._check_raised(node, before, scope)
            self._handle(error, node, scope)
        except (_ReturnSignal, _BreakSignal, _ContinueSignal):
            self._check_raised(node, before, scope)
            raise
        else:
            self.block(node.orelse, scope)
        finally:
            self.guards -= guards
            self._optional_imports -= is_optional

    def _check_raised(self, node: syntax.Try, before: int, scope: Scope) -> None:
        leaves = any(
            isinstance(each, (syntax.Return, syntax.Jump)) and getattr(each, "keyword", "") != "pass"
            for each in syntax.nodes_in(node.finalbody)
        )
        if self.unknowns > before and (node.handlers or leaves):
            self.may_have_raised(node, scope)

    def may_have_raised(self, node: syntax.Try, scope: Scope) -> None:
        """Something in the body wasn't followed, and may have raised what a handler catches."""
        raise CannotFollowError("something that is not followed may raise an exception, which is caught")

    def _handle(self, error: RaisedError, node: syntax.Try, scope: Scope) -> None:
        exception = exception_of(error)
        for handler in node.handlers:
            verdict = self._catches(exception, handler, scope)
            if verdict is None:
                raise CannotFollowError("what an `except` catches is not followed")
            if verdict:
                break
        else:
            raise error
        if handler.name is not None:
            self._bind(handler.name, exception, scope)
        self._handling.append(error)
        try:
            self.block(handler.body, scope)
        finally:
            self._handling.pop()
            if handler.name is not None and handler.name not in scope.borrowed:
                scope.names.pop(handler.name, None)

    def _may_catch(self, kind: str, handler: syntax.Handler, scope: Scope) -> bool:
        try:
            return self._catches(ExceptionValue(Builtin(kind), None), handler, scope) is not False
        except (RaisedError, CannotFollowError):
            return True

    def _catches(self, exception: ExceptionValue, handler: syntax.Handler, scope: Scope) -> bool | None:
        if handler.types is None:
            return True
        caught = self.known(handler.types, scope)
        if isinstance(caught, tuple):
            caught = tuple(self.world.resolve(each) if isinstance(each, Dotted) else each for each in caught)
        return catches(caught, exception)

    def _with(self, node: syntax.With, scope: Scope) -> None:
        suppressed: list[Any] = []
        for context, target in node.items:
            suppressed.append(self._suppressed(context, scope))
            if target is not None:
                reason = f"`{shortened(source_of(context))}` is not followed"
                self.assign(target, Unknown(reason), scope)
        key_error = ExceptionValue(Builtin("KeyError"), None)
        guards = any(each is None or catches(each, key_error) is not False for each in suppressed)
        self.guards += guards
        before = self.unknowns
        try:
            self.block(node.body, scope)
            if (
                self.unknowns > before
                and any(each is None or each for each in suppressed)
                and scope.is_function
            ):
                raise CannotFollowError("something that is not followed may raise what a context swallows")
        except _ReturnSignal:
            if self.unknowns > before and any(each is None or each for each in suppressed):
                raise CannotFollowError(
                    "something that is not followed may raise what is swallowed"
                ) from None
            raise
        except RaisedError as error:
            verdicts = [None if each is None else catches(each, exception_of(error)) for each in suppressed]
            if True in verdicts:
                return
            if None in verdicts:
                raise CannotFollowError("a context may swallow what is raised in it") from None
            raise
        finally:
            self.guards -= guards

    def _suppressed(self, node: syntax.Expression, scope: Scope) -> tuple[Any, ...] | None:
        """The exceptions that a context swallows; None if that isn't known."""
        function = self.known(node.function, scope) if isinstance(node, syntax.Call) else None
        if isinstance(function, Dotted) and function.last == "suppress" and isinstance(node, syntax.Call):
            return tuple(self.known(each.value, scope) for each in node.arguments)
        self.value(node, scope)
        if isinstance(function, Dotted) and function.name in ("open", "contextlib.nullcontext"):
            return ()
        return None

    def _raise(self, node: syntax.Raise, scope: Scope) -> None:
        if node.exception is None:
            raise (
                self._handling[-1]
                if self._handling
                else RaisedError("RuntimeError", "nothing to raise again")
            )
        value = self._exception(node.exception, scope)
        if is_exception_class(value):
            value = ExceptionValue(value, ())
        if not isinstance(value, ExceptionValue):
            if is_plain_data(value):
                raise RaisedError("TypeError", "exceptions must derive from BaseException")
            raise CannotFollowError("what is raised is not followed")
        first = value.arguments[0] if value.arguments else ""
        message = str(first) if isinstance(first, str) else ""
        raise RaisedError(value.class_.name.rpartition(".")[2], message, value)

    def _exception(self, node: syntax.Expression, scope: Scope) -> Any:
        """The exception that is raised; one of another package by its name."""
        if isinstance(node, syntax.Call):
            function = self.known(node.function, scope)
            if isinstance(function, Dotted):
                self.value(node, scope)
                return ExceptionValue(function, None)
        value = self.known(node, scope)
        return ExceptionValue(value, None) if isinstance(value, Dotted) else value

    def _assert(self, node: syntax.Assert, scope: Scope) -> None:
        if not self.truth(node.test, scope):
            raise RaisedError("AssertionError", "")

    def _borrow(self, node: syntax.Borrow, scope: Scope) -> None:
        scope.borrowed.update(dict.fromkeys(node.names, node.keyword))

    def _match(self, node: syntax.Match, scope: Scope) -> None:
        subject = self.known(node.subject, scope)
        for case in node.cases:
            if case.patterns and not any(self._matches(subject, each, node, scope) for each in case.patterns):
                continue
            if case.capture is not None:
                self._bind(case.capture, subject, scope)
            if case.guard is None or self.truth(case.guard, scope):
                self.block(case.body, scope)
                return

    def _matches(self, subject: Any, pattern: syntax.Expression, node: syntax.Match, scope: Scope) -> bool:
        is_singleton = isinstance(pattern, syntax.Constant) and any(
            pattern.value is each for each in (None, True, False)
        )
        found = compare(subject, "is" if is_singleton else "==", self.known(pattern, scope))
        return self.decide(found, node.subject, scope)

    # Definitions

    def _import(self, node: syntax.Import, scope: Scope) -> None:
        for name, dotted in node.names:
            if name == "*":
                self._import_all(node.modules[0], scope)
            else:
                self._bind(name, Dotted(dotted, is_optional=self._optional_imports > 0), scope)

    def _import_all(self, module: str, scope: Scope) -> None:
        found = self.world.module(module)
        if found is None:
            scope.module.has_star_import = True
        else:
            public = self._list_of_names(found)
            scope.names.update({name: each for name, each in found.names.items() if name in public})

    def _list_of_names(self, module: ModuleValue) -> set[str]:
        """What ``import *`` takes of a module."""
        listed = module.names.get("__all__")
        if isinstance(listed, (list, tuple)) and is_plain_data(listed):
            return {str(each) for each in listed}
        return {name for name in module.names if not name.startswith("_")}

    def _function(self, node: syntax.Function, scope: Scope) -> None:
        decorators = [
            self.known(each, scope) for each in node.decorators if not isinstance(each, syntax.Call)
        ]
        makers = iter(decorators)
        meant = [
            (each, self._maker(each, scope) if isinstance(each, syntax.Call) else next(makers))
            for each in node.decorators
        ]
        owner = scope.owner if scope.is_class else None
        made: Any = FunctionValue(node, scope, owner, self.defaults(node, scope))
        if owner is not None:
            owner.functions.append(made)
        for decorator, value in reversed(meant):
            made = self._decorated(made, decorator, value, scope)
        self._bind(node.name, made, scope)

    def _maker(self, decorator: syntax.Call, scope: Scope) -> Any:
        """What a decorator that is a call gives; the function itself, of one that is known by name."""
        function = self.known(decorator.function, scope)
        is_known = isinstance(function, Dotted) and (function.name in _CACHES or function.last == "wraps")
        return function if is_known else self.value(decorator, scope)

    def _decorated(self, made: Any, decorator: syntax.Expression, function: Any, scope: Scope) -> Any:
        name = function.name if isinstance(function, (Dotted, Builtin)) else None
        if isinstance(made, FunctionValue):
            if name in _PROPERTIES:
                return PropertyValue(made, is_cached=_PROPERTIES[name])
            if name in _CACHES:
                made.kept = {}
                return made
            if name in ("staticmethod", "classmethod"):
                made.kind = name.removesuffix("method")
                return made
            if isinstance(function, BoundSetter):
                return function.made(made)
        if name in _UNCHANGED or (isinstance(function, Dotted) and function.last == "wraps"):
            return made
        if isinstance(function, (FunctionValue, BoundMethod, PartialValue)):
            return self.call(function, [made], {}, syntax.Call(decorator, (), decorator.span), scope)
        self.lost_call(None, [made], {}, syntax.Call(decorator, (), decorator.span))
        reason = f"it is decorated with `{shortened(source_of(decorator))}`, which is not followed"
        return UnknownFunction(reason, function=made if isinstance(made, FunctionValue) else None)

    def define_class(self, node: syntax.Class, scope: Scope) -> None:
        bases = tuple(self._base(argument, scope) for argument in node.bases if argument.keyword is None)
        made = self.new_class(node, bases, scope)
        enclosing = scope.enclosing if scope.is_class else scope
        is_inner = enclosing is not None and enclosing.names is not scope.module.names
        inner = Scope(made.names, scope.module, scope.line, enclosing if is_inner else None, run=self)
        inner.owner = made
        self.entered_class(made)
        for statement in node.body:
            self.in_class(statement, made, inner)
        if self._is_made_otherwise(made):
            made.set_from_outside.add("*")
        result: Any = made
        for decorator in reversed(node.decorators):
            result = self._class_decorated(result, decorator, scope)
        self._bind(node.name, result, scope)

    def _is_made_otherwise(self, class_: ClassValue) -> bool:
        """Whether a metaclass, or a class above it, may change the class when it is defined."""
        order = resolution_order(class_)
        return any(isinstance(each, Dotted) and each.last in _MADE_OTHERWISE for each in order) or any(
            isinstance(each, ClassValue)
            and (
                any(not self._is_plain_keyword(argument) for argument in each.node.bases)
                or (each is not class_ and "__init_subclass__" in each.names)
            )
            for each in order
        )

    def _is_plain_keyword(self, argument: syntax.Argument) -> bool:
        """Whether an argument of a class statement is a base, or an ordinary metaclass."""
        if argument.keyword != "metaclass":
            return argument.keyword is None and not argument.star
        return source_of(argument.value).rpartition(".")[2] in _PLAIN_METACLASSES

    def new_class(self, node: syntax.Class, bases: tuple[Any, ...], scope: Scope) -> ClassValue:
        """A class whose body wasn't run yet."""
        return ClassValue(node.name, node, scope.module, scope.line, bases, {})

    def entered_class(self, class_: ClassValue) -> None:
        """The body of a class is about to be run."""

    def in_class(self, statement: syntax.Statement, class_: ClassValue, scope: Scope) -> None:
        """A statement of a class body; what it binds isn't known if it isn't followed."""
        try:
            self.statement(statement, scope)
        except (CannotFollowError, RaisedError) as error:
            for name in bound_names((statement,)):
                class_.names[name] = Unknown(str(error))

    def _class_decorated(self, class_: Any, decorator: syntax.Expression, scope: Scope) -> Any:
        """Of a decorator that isn't followed, the class as it was, with attributes that aren't known."""
        try:
            function = self.known(decorator, scope)
            if isinstance(function, (FunctionValue, Decorator, PartialValue, BoundMethod)):
                span = (0, 0, 0, 0)
                made = self.call(function, [class_], {}, syntax.Call(decorator, (), span), scope)
                if isinstance(made, ClassValue):
                    return made
                _lose_class(class_)
            elif "regist" not in source_of(decorator).lower():  # other registers give the class back
                _lose_class(class_)
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


def _lose_class(class_: Any) -> None:
    if isinstance(class_, ClassValue):
        class_.set_from_outside.add("*")
