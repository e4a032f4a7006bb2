"""Calls: of the file's own functions, of optimum's, and of what makes neither."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.builtin_functions import BuiltinFunctions
from neuron_config_server.reading.evaluation.effects import may_change
from neuron_config_server.reading.evaluation.exceptions import is_exception_class
from neuron_config_server.reading.evaluation.expressions import shortened, source_of
from neuron_config_server.reading.evaluation.operations import (
    CannotFollowError,
    RaisedError,
    is_hashable,
    is_plain_data,
    is_undecided,
    text_of,
)
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    BaseMethod,
    BoundMethod,
    Builtin,
    ClassValue,
    Decorator,
    Dotted,
    ExceptionValue,
    FunctionValue,
    Instance,
    IteratorValue,
    NativeMethod,
    PartialValue,
    RegisterFunction,
    Registration,
    Scope,
    SourceString,
    Symbol,
    Unknown,
    UnknownFunction,
)
from neuron_config_server.reading.evaluation.world import NORMALIZED_CONFIGS

_MAX_DEPTH = 30
FROM_OUTSIDE = "**?"
"""Among keywords: what whoever uses the config may pass, into ``**kwargs`` alone."""
_COPIES = frozenset({"copy.copy", "copy.deepcopy"})
_HARMLESS = (
    "collections.", "copy.", "dataclasses.", "functools.", "itertools.", "json.dump", "logging.", "math.",
    "os.", "re.", "typing.", "warnings.",
)  # fmt: skip
"""Modules of Python whose functions don't change what they are given."""
_IS_AVAILABLE = re.compile(r"is_\w+_available$")
_LOGGERS = frozenset({"logger", "log", "logging", "warnings"})


class Calls(BuiltinFunctions):
    """Follows calls."""

    depth: int

    def call(
        self, function: Any, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        if isinstance(function, UnknownFunction) and function.function is not None:
            self._check_harmless(function.function)
        if isinstance(function, ClassValue):
            for name in ("__new__", "__init__", "__post_init__"):
                self._check_harmless(self.find(resolution_order(function), name)[0])
        if is_exception_class(function):
            return self._made_exception(function, arguments, keywords, node)
        if isinstance(function, Builtin):
            return self.call_builtin(function.name, arguments, keywords, node, scope)
        if isinstance(function, NativeMethod):
            return self.call_native(function, arguments, keywords, node, scope)
        if isinstance(function, BoundMethod):
            return self.call_function(function.function, [function.instance, *arguments], keywords)
        if isinstance(function, FunctionValue):
            return self.call_function(function, arguments, keywords)
        if isinstance(function, BaseMethod):
            return self._call_base_method(function, arguments, keywords)
        if isinstance(function, PartialValue):
            merged = {**function.keywords, **keywords}
            return self.call(function.function, [*function.arguments, *arguments], merged, node, scope)
        if isinstance(function, RegisterFunction):
            return self._registered(function, arguments, keywords, node, scope)
        if isinstance(function, Decorator):
            return self._decorate(function, arguments)
        if isinstance(function, Dotted):
            return self._call_dotted(function, arguments, keywords, node, scope)
        if is_plain_data(function) or isinstance(function, IteratorValue):
            raise RaisedError("TypeError", f"'{type(function).__name__}' object is not callable")
        if isinstance(function, Symbol) and not any(map(is_undecided, arguments)) and not keywords:
            text = f"{function.operand}({', '.join(map(text_of, arguments))})"
            self.lost_call(None, arguments, {}, node)
            return Symbol(text)
        return self.lost_call(None, arguments, keywords, node)

    def _check_harmless(self, function: Any) -> None:
        """Whether a function that is called in a way that isn't followed changes nothing else.

        Raises:
            CannotFollowError: it may.
        """
        if isinstance(function, FunctionValue):
            own = {each.name for each in function.node.parameters} - {"cls"}
            if may_change(function.node.body, function.locals | own):
                raise CannotFollowError(f"what `{function.node.name}` changes is not followed")

    def _made_exception(
        self, class_: Any, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call
    ) -> Any:
        own = [each for each in resolution_order(class_) if isinstance(each, ClassValue)]
        if any(not each.names.keys().isdisjoint({"__init__", "__new__"}) for each in own):
            self.lost_call(None, arguments, keywords, node)
            return ExceptionValue(class_, None)
        if keywords:
            return ExceptionValue(class_, None)
        return ExceptionValue(class_, tuple(arguments))

    # The file's own functions

    def call_function(
        self, function: FunctionValue, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> Any:
        """What a function of a followed file returns."""
        if function.node.is_coroutine:
            raise CannotFollowError(f"`{function.node.name}` is a coroutine")
        if self.depth >= _MAX_DEPTH:
            raise CannotFollowError("calls are nested deeper than is followed")
        if function.kept is not None:
            return self._kept(function, function.kept, arguments, keywords)
        return self._called(function, arguments, keywords)

    def _kept(
        self,
        function: FunctionValue,
        kept: dict[Any, Any],
        arguments: Sequence[Any],
        keywords: dict[str, Any],
    ) -> Any:
        key = (function, *arguments, *sorted(keywords.items(), key=lambda item: item[0]))
        if not is_hashable(key):
            raise CannotFollowError(f"what `{function.node.name}` keeps is not followed")
        if key in kept:
            return self.own_copy(kept[key])
        results = kept if self.is_import else self.results
        if key not in results:
            results[key] = self._called(function, arguments, keywords)
        return results[key]

    results: dict[Any, Any]
    """Of functions that keep theirs."""

    def _called(self, function: FunctionValue, arguments: Sequence[Any], keywords: dict[str, Any]) -> Any:
        instance = arguments[0] if function.owner is not None and arguments else None
        if function.node.is_generator and may_change(function.node.body, function.locals):
            raise CannotFollowError(f"the generator `{function.node.name}` changes something as it goes on")
        scope = Scope(
            self._bound_parameters(function, arguments, keywords),
            function.scope.module,
            function.scope.line,
            _seen_by(function),
            function.owner,
            instance,
            is_function=True,
            locals=function.locals,
            run=self,
        )
        if function.node.is_generator:
            return IteratorValue(self._yielded(function, scope))
        return self._returned(function, scope)

    def _returned(self, function: FunctionValue, scope: Scope) -> Any:
        self.depth += 1
        try:
            return self.run(function.node.body, scope)
        finally:
            self.depth -= 1

    def _yielded(self, function: FunctionValue, scope: Scope) -> Iterator[Any]:
        """What a generator yields: it is run to its end when it is first asked."""
        error = None
        try:
            self._returned(function, scope)
        except RaisedError as raised:
            error = raised
        yield from scope.yielded
        if error is not None:
            raise error

    @abstractmethod
    def run(self, body: syntax.Block, scope: Scope) -> Any:
        """What a function's body returns."""

    def _bound_parameters(
        self, function: FunctionValue, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> dict[str, Any]:
        names: dict[str, Any] = {}
        waiting, rest = list(arguments), dict(keywords)
        uncertain = rest.pop("**", None)
        outside = rest.pop(FROM_OUTSIDE, None)
        for parameter in function.node.parameters:
            if parameter.kind == "*":
                names[parameter.name], waiting = tuple(waiting), []
            elif parameter.kind == "**":
                others = rest if outside is None else {**rest, outside: outside}
                names[parameter.name] = others if uncertain is None else uncertain
                rest = {}
            elif parameter.kind in ("positional", "positional-only") and waiting:
                if parameter.name in rest and parameter.kind == "positional":
                    raise RaisedError("TypeError", f"{function.node.name}() got `{parameter.name}` twice")
                names[parameter.name] = waiting.pop(0)
            elif parameter.name in rest and parameter.kind != "positional-only":
                names[parameter.name] = rest.pop(parameter.name)
            elif uncertain is not None:
                names[parameter.name] = Unknown("keywords are not spelled out")
            elif parameter.default is not None:
                default = function.defaults[parameter.name]
                names[parameter.name] = default if function.scope.run is self else self.own_copy(default)
            else:
                raise RaisedError("TypeError", f"{function.node.name}() missing argument '{parameter.name}'")
        if waiting or rest:
            raise RaisedError("TypeError", f"{function.node.name}() got an argument too many")
        return names

    def _call_base_method(
        self, method: BaseMethod, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> Any:
        if method.name in ("get_input_args_for_task", "get_mandatory_axes_for_task") and len(arguments) == 1:
            return axes_for(self.attribute(method.instance, "INPUT_ARGS"), arguments[0])
        if method.name == "__init__" and isinstance(method.instance, Instance):
            return self._construct_base(method, method.instance, arguments, keywords)
        return Unknown(f"`{method.base.name}.{method.name}` is not followed")

    def _construct_base(
        self, method: BaseMethod, instance: Instance, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> None:
        """What a base's constructor is given is what the attributes of these names are."""
        constructor = method.base.facts.members.get("__init__")
        names = [each.name for each in constructor.parameters] if constructor is not None else []
        given = {**dict(zip(names, arguments)), **keywords}
        if len(arguments) > len(names):
            raise CannotFollowError("what the constructor of the base is given is not followed")
        instance.is_initialised = True
        given.pop("**", None)  # what the exporter is asked for, and may be anything
        for name, value in given.items():
            if name == "config":
                if value is not self.hf_config:
                    raise CannotFollowError("the base is given another config")
            elif name == "task":
                if not isinstance(value, str):
                    raise CannotFollowError("the base is given a task that is not known")
                instance.task = str(value)
            elif name in method.base.facts.instance_attributes:
                instance.attributes[name] = value

    # optimum's functions

    def _call_dotted(
        self,
        function: Dotted,
        arguments: list[Any],
        keywords: dict[str, Any],
        node: syntax.Call,
        scope: Scope,
    ) -> Any:
        meant = self.world.resolve(function)
        if not isinstance(meant, Dotted):
            return self.call(meant, arguments, keywords, node, scope)
        if self.is_import and _IS_AVAILABLE.match(meant.last):
            return True  # the file is read as with all that it can use
        owner, _, name = meant.name.rpartition(".")
        if name == "create_register":
            backend = arguments[0] if arguments else keywords.get("backend")
            return RegisterFunction(backend)
        if name == "get_normalized_config_class" and owner.rpartition(".")[2] == NORMALIZED_CONFIGS:
            return self._normalized_alias(arguments, keywords, node, scope)
        if meant.name in _COPIES and len(arguments) == 1:
            if isinstance(arguments[0], Instance):
                raise CannotFollowError("a copy of a config is not followed")
            return _copied(arguments[0], {}, is_deep=name == "deepcopy")
        if meant.name == "functools.partial" and arguments and "**" not in keywords:
            return PartialValue(arguments[0], tuple(arguments[1:]), keywords)
        if meant.name in ("itertools.chain", "itertools.chain.from_iterable") and not keywords:
            groups = iter(arguments) if name == "chain" else self.elements(arguments[0])
            return IteratorValue(each for group in groups for each in self.elements(group))
        if meant.name == "functools.reduce" and len(arguments) in (2, 3) and not keywords:
            return self._reduced(arguments, node, scope)
        iterates = any(isinstance(each, IteratorValue) for each in (*arguments, *keywords.values()))
        is_harmless = meant.name.startswith(_HARMLESS) or meant.name.partition(".")[0] in _LOGGERS
        if is_harmless and not iterates:
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        return self.lost_call(None, arguments, keywords, node)

    def _reduced(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        function, values, *start = arguments
        elements = self.elements(values)
        result = start[0] if start else next(elements, MISSING)
        if result is MISSING:
            raise RaisedError("TypeError", "reduce() of empty iterable with no initial value")
        for each in elements:
            if isinstance(each, Unknown) and each.is_many:
                raise CannotFollowError(each.reason)
            result = self.call(function, [result, each], {}, node, scope)
        return result

    def _normalized_alias(
        self, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        given = [*arguments, *keywords.values()]
        if len(given) != 1 or not keywords.keys() <= {"model_type"} or not isinstance(given[0], str):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        (alias,) = given
        if isinstance(alias, SourceString):
            self.note_alias(alias, node, scope)
        found = self.world.normalized_alias(alias)
        return Unknown(f"optimum has no normalized config `{alias}`") if found is MISSING else found

    @abstractmethod
    def note_alias(self, alias: SourceString, node: syntax.Call, scope: Scope) -> None:
        """Remember that a normalized config was asked for by that name."""

    def _registered(
        self,
        function: RegisterFunction,
        arguments: list[Any],
        keywords: dict[str, Any],
        node: syntax.Call,
        scope: Scope,
    ) -> Any:
        if function.backend != "neuron":
            return Unknown("a register of another backend")
        is_open = "**" in keywords
        library = (
            Unknown("the library is not spelled out")
            if is_open
            else keywords.get("library_name", "transformers")
        )
        model_type = keywords.get("model_type", MISSING)
        rest = list(arguments)
        if model_type is MISSING:
            first = rest[0] if rest else Unknown("there is no model type")
            is_one = not isinstance(first, Unknown) or not first.is_many
            model_type = rest.pop(0) if rest and is_one else Unknown("the model type is not spelled out")
        return Decorator(Registration(model_type, rest, library, node, scope.line))

    def _decorate(self, decorator: Decorator, arguments: list[Any]) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], ClassValue):
            arguments[0].registrations.append(decorator.registration)
            self.has_effects |= not self.is_being_defined(arguments[0])
            return arguments[0]
        return Unknown("a registration of something that is not followed")

    def is_being_defined(self, class_: ClassValue) -> bool:
        """Whether the statement that is run is the class's own."""
        return False


def axes_for(input_args: Any, task: Any) -> Any:
    """The axes that a task needs: ``get_input_args_for_task`` of optimum-neuron (``base.py``, 0.4.5)."""
    if not isinstance(input_args, (list, tuple)) or not isinstance(task, str):
        return Unknown("`INPUT_ARGS` is not known")
    axes: list[Any] = []
    for entry in input_args:
        if isinstance(entry, str):
            axes.append(entry)
        elif isinstance(entry, tuple) and len(entry) == 2:
            tasks = entry[0] if isinstance(entry[0], tuple) else (entry[0],)
            if task in tasks:
                axes.append(entry[1])
        elif isinstance(entry, Unknown):
            axes.append(entry)
        else:
            raise RaisedError("ValueError", f"INPUT_ARGS has an entry {text_of(entry)}")
    return tuple(axes)


def _seen_by(function: FunctionValue) -> Scope | None:
    """The scope whose names a function sees: a method doesn't see those of its class."""
    scope: Scope | None = function.scope
    if function.owner is not None and scope is not None and scope.names is function.owner.names:
        return scope.enclosing
    return scope


def _copied(value: Any, known: dict[int, Any], *, is_deep: bool) -> Any:
    """A copy; of a deep one, what is held twice is copied once."""
    if id(value) in known:
        return known[id(value)]
    if not isinstance(value, (list, tuple, dict, set)):
        return value

    def part(each: Any) -> Any:
        return _copied(each, known, is_deep=True) if is_deep else each

    if isinstance(value, dict):
        made: Any = {key: part(each) for key, each in value.items()}
    else:
        made = type(value)(part(each) for each in value)
    known[id(value)] = made
    return made
