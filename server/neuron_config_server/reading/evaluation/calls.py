"""Calls: of the file's own functions, of Python's, and of optimum's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.attributes import NATIVE_METHODS
from neuron_config_server.reading.evaluation.expressions import Expressions, hashable, shortened, source_of
from neuron_config_server.reading.evaluation.operations import (
    MAX_LENGTH,
    CannotFollowError,
    RaisedError,
    has_unknown,
    is_undecided,
    is_wide,
    native,
    text_of,
)
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    BaseClass,
    BaseMethod,
    BoundMethod,
    Builtin,
    ClassValue,
    Decorator,
    Dotted,
    ExceptionValue,
    FunctionValue,
    HfConfig,
    Instance,
    NativeMethod,
    NormalizedClass,
    NormalizedConfig,
    PartialValue,
    PropertyValue,
    RegisterFunction,
    Registration,
    Scope,
    SourceString,
    Super,
    Symbol,
    Unknown,
)
from neuron_config_server.reading.evaluation.world import NORMALIZED_CONFIGS

_MAX_DEPTH = 30
_COPIES = frozenset({"copy.copy", "copy.deepcopy"})
_CHANGING = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort", "update", "setdefault"}
)


class Calls(Expressions):
    """Follows calls."""

    depth: int
    has_effects: bool
    """Whether a value was changed in place, or a class registered from outside of its own statement."""

    def call(
        self, function: Any, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        if isinstance(function, Builtin):
            return self._call_builtin(function.name, arguments, keywords, node, scope)
        if isinstance(function, NativeMethod):
            return self._call_native(function, arguments, keywords, node, scope)
        if isinstance(function, BoundMethod):
            return self.call_function(function.function, [function.instance, *arguments], keywords)
        if isinstance(function, FunctionValue):
            return self.call_function(function, arguments, keywords)
        if isinstance(function, BaseMethod):
            return self._call_base_method(function, arguments)
        if isinstance(function, PartialValue):
            merged = {**function.keywords, **keywords}
            return self.call(function.function, [*function.arguments, *arguments], merged, node, scope)
        if isinstance(function, RegisterFunction):
            return self._registered(function, arguments, keywords, node, scope)
        if isinstance(function, Decorator):
            return self._decorate(function, arguments)
        if isinstance(function, Dotted):
            return self._call_dotted(function, arguments, keywords, node, scope)
        if function is None or isinstance(function, (str, int, float, list, tuple, dict)):
            raise RaisedError("TypeError", f"'{type(function).__name__}' object is not callable")
        if isinstance(function, Symbol) and not any(map(is_undecided, arguments)) and not keywords:
            return Symbol(f"{function.operand}({', '.join(map(text_of, arguments))})")
        return Unknown(f"`{shortened(source_of(node))}` is not followed")

    # The file's own functions

    def call_function(
        self, function: FunctionValue, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> Any:
        if not function.is_known:
            return Unknown(f"`{function.node.name}` is decorated with something that is not followed")
        if function.node.is_coroutine:
            return Unknown(f"`{function.node.name}` is a coroutine")
        if self.depth >= _MAX_DEPTH:
            raise CannotFollowError("calls are nested deeper than is followed")
        instance = arguments[0] if function.owner is not None and arguments else None
        names = self._bound_parameters(function, arguments, keywords)
        scope = Scope(
            names,
            function.scope.module,
            function.scope.line,
            _seen_by(function),
            function.owner,
            instance,
            True,
        )
        self.depth += 1
        try:
            returned = self.run(function.node.body, scope)
        finally:
            self.depth -= 1
        return scope.yielded if function.node.is_generator else returned

    @abstractmethod
    def run(self, body: syntax.Block, scope: Scope) -> Any:
        """What a function's body returns."""

    def _bound_parameters(
        self, function: FunctionValue, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> dict[str, Any]:
        names: dict[str, Any] = {}
        waiting, rest = list(arguments), dict(keywords)
        uncertain = rest.pop("**", None)
        for parameter in function.node.parameters:
            if parameter.kind == "*":
                names[parameter.name], waiting = tuple(waiting), []
            elif parameter.kind == "**":
                names[parameter.name] = rest if uncertain is None else uncertain
                rest = {}
            elif parameter.kind == "positional" and waiting:
                names[parameter.name] = waiting.pop(0)
            elif parameter.name in rest:
                names[parameter.name] = rest.pop(parameter.name)
            elif uncertain is not None:
                names[parameter.name] = Unknown("keywords are not spelled out")
            elif parameter.default is not None:
                names[parameter.name] = self.own_copy(function.defaults[parameter.name])
            else:
                raise RaisedError("TypeError", f"{function.node.name}() missing argument '{parameter.name}'")
        if waiting or rest:
            raise RaisedError("TypeError", f"{function.node.name}() got an argument too many")
        return names

    def _call_base_method(self, method: BaseMethod, arguments: Sequence[Any]) -> Any:
        if method.name in ("get_input_args_for_task", "get_mandatory_axes_for_task") and len(arguments) == 1:
            return axes_for(self.attribute(method.instance, "INPUT_ARGS"), arguments[0])
        return (
            None
            if method.name == "__init__"
            else Unknown(f"`{method.base.name}.{method.name}` is not followed")
        )

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
        owner, _, name = meant.name.rpartition(".")
        if name == "create_register":
            backend = arguments[0] if arguments else keywords.get("backend")
            return RegisterFunction(backend)
        if name == "get_normalized_config_class" and owner.rpartition(".")[2] == NORMALIZED_CONFIGS:
            return self._normalized_alias(arguments, node, scope)
        if meant.name in _COPIES and len(arguments) == 1:
            return _copied(arguments[0], {}, is_deep=name == "deepcopy")
        if meant.name == "functools.partial" and arguments and "**" not in keywords:
            return PartialValue(arguments[0], tuple(arguments[1:]), keywords)
        if meant.name in ("itertools.chain", "itertools.chain.from_iterable") and not keywords:
            groups = arguments if name == "chain" else list(self.elements(arguments[0]))
            return [each for group in groups for each in self.elements(group)]
        if meant.name == "functools.reduce" and len(arguments) in (2, 3) and not keywords:
            return self._reduced(arguments, node, scope)
        return Unknown(f"`{shortened(source_of(node))}` is not followed")

    def _reduced(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        function, values, *start = arguments
        elements = [*start, *self.elements(values)]
        if not elements:
            raise RaisedError("TypeError", "reduce() of empty iterable with no initial value")
        result = elements[0]
        for each in elements[1:]:
            result = self.call(function, [result, each], {}, node, scope)
        return result

    def _normalized_alias(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 1 or not isinstance(arguments[0], str):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        if isinstance(arguments[0], SourceString):
            self.note_alias(arguments[0], node, scope)
        found = self.world.normalized_alias(arguments[0])
        return Unknown(f"optimum has no normalized config `{arguments[0]}`") if found is MISSING else found

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

    # Methods of Python's values

    def _call_native(
        self,
        method: NativeMethod,
        arguments: list[Any],
        keywords: dict[str, Any],
        node: syntax.Call,
        scope: Scope,
    ) -> Any:
        owner, name = method.owner, method.name
        if isinstance(owner, NormalizedClass):
            return self._call_normalized(owner, name, arguments, keywords)
        if isinstance(owner, NormalizedConfig):
            return self._hasattr([owner, *arguments], node, scope)
        if isinstance(owner, Symbol):
            owner = self.pinned(owner)
            if isinstance(owner, Unknown):
                return owner
        self.has_effects |= name in _CHANGING
        if isinstance(owner, list) and name in ("extend", "append", "insert"):
            return self._grow(owner, name, arguments)
        if isinstance(owner, list) and name == "sort":
            made = self._sorted([owner], keywords, node, scope)
            if isinstance(made, Unknown):
                return _lose(owner, made.reason)
            owner[:] = made
            return None
        if isinstance(owner, str) and name == "join" and arguments:
            arguments = [[self.pinned(each) for each in self.elements(arguments[0])]]
        arguments = [self.pinned(each) for each in arguments]
        keywords = {key: self.pinned(each) for key, each in keywords.items()}
        unknown = [
            each for each in (*arguments, *keywords.values()) if is_undecided(each) or has_unknown(each)
        ]
        if (
            isinstance(owner, dict)
            and name == "get"
            and not is_undecided(arguments[0] if arguments else None)
        ):
            return owner.get(*arguments[:2])
        if unknown or (has_unknown(owner) and not _is_certain_change(owner, name, arguments)):
            reason = f"`{shortened(source_of(node))}` is not followed"
            return _lose(owner, reason) if name in _CHANGING else Unknown(reason)
        if name not in NATIVE_METHODS.get(_native_type(owner), ()):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        if isinstance(owner, str) and not _is_short(owner, arguments):
            return Unknown(f"`{shortened(source_of(node))}` makes a text longer than is followed")
        found = native(lambda: getattr(owner, name)(*arguments, **keywords))
        return list(found) if name in ("items", "keys", "values") else found

    def _grow(self, owner: list[Any], name: str, arguments: list[Any]) -> None:
        if name == "extend" and len(arguments) == 1:
            owner += list(self.elements(arguments[0]))
        elif name == "append" and len(arguments) == 1:
            owner.append(arguments[0])
        elif name == "insert" and len(arguments) == 2 and isinstance(place := self.pinned(arguments[0]), int):
            is_certain = not any(isinstance(each, Unknown) and each.is_many for each in owner)
            owner.insert(place, arguments[1])
            if not is_certain:
                _lose(owner, "something is inserted into a list that is not all known")
        else:
            raise RaisedError("TypeError", f"list.{name} takes other arguments")
        if len(owner) > MAX_LENGTH:
            raise CannotFollowError("a list is longer than is followed")

    def _call_normalized(
        self, class_: NormalizedClass, name: str, arguments: list[Any], keywords: dict[str, Any]
    ) -> Any:
        if name != "with_args":
            return Unknown(f"`{class_.name}.{name}` is not followed")
        allow_new = keywords.pop("allow_new", False)
        if arguments or "**" in keywords or is_undecided(allow_new):
            return NormalizedClass(class_.name, None, dict(keywords))
        known = {key: str(each) for key, each in keywords.items() if isinstance(each, str)}
        unknown = [key for key, each in keywords.items() if not isinstance(each, str)]
        attributes = class_.attributes
        made = attributes.with_args(known, unknown, bool(allow_new)) if attributes is not None else None
        return NormalizedClass(class_.name, made, dict(keywords))

    # Python's functions

    def _call_builtin(
        self, name: str, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        owner, _, method = name.partition(".")
        if owner == "dict" and method == "fromkeys" and arguments:
            value = arguments[1] if len(arguments) > 1 else None
            return {hashable(self.pinned(each)): value for each in self.elements(arguments[0])}
        if method and arguments:
            native_method = NativeMethod(self.pinned(arguments[0]), method)
            return self._call_native(native_method, arguments[1:], keywords, node, scope)
        if name in ("sorted", "min", "max"):
            return self._ordered(name, arguments, keywords, node, scope)
        special = _SPECIAL_BUILTINS.get(name)
        if special is not None:
            return special(self, arguments, node, scope)
        if name in ("print", "setattr", "delattr"):
            return None if name == "print" else Unknown(f"`{name}` is not followed")
        plain = [self._plain_argument(name, each) for each in arguments]
        others = {key: self.pinned(each) for key, each in keywords.items()}
        is_lost = any(is_undecided(each) or has_unknown(each) for each in (*plain, *others.values()))
        if name in ("list", "tuple") and len(plain) == 1 and isinstance(plain[0], (list, tuple)):
            return list(plain[0]) if name == "list" else tuple(plain[0])
        if name == "dict" and not plain:
            return dict(keywords) if "**" not in keywords else Unknown("keywords are not spelled out")
        if is_lost or name not in _NATIVE_BUILTINS or "key" in others:
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        return self._native_builtin(name, plain, others)

    def _ordered(
        self, name: str, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        """``sorted``, ``min`` and ``max``, by a key too."""
        keywords = dict(keywords)
        default = keywords.pop("default", MISSING)
        values = arguments if len(arguments) == 1 else [list(arguments)]
        made = self._sorted(
            values, {key: each for key, each in keywords.items() if key != "reverse"}, node, scope
        )
        if isinstance(made, Unknown):
            return made
        if name == "sorted":
            return self._sorted(values, keywords, node, scope)
        if not made:
            if default is MISSING:
                raise RaisedError("ValueError", f"{name}() arg is an empty sequence")
            return default
        if name == "min":
            return made[0]
        reversed_ = self._sorted(values, {**keywords, "reverse": True}, node, scope)
        return reversed_[0]

    def _sorted(self, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope) -> Any:
        values = [self.pinned(each) for each in self.elements(arguments[0])]
        key, reverse = keywords.get("key"), self.pinned(keywords.get("reverse", False))
        keys = [self.call(key, [each], {}, node, scope) for each in values] if key is not None else values
        if any(is_undecided(each) or has_unknown(each) for each in (*values, *keys, reverse)):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        order = native(lambda: sorted(range(len(values)), key=keys.__getitem__, reverse=bool(reverse)))
        return [values[place] for place in order]

    def _native_builtin(self, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if name == "range":
            found = native(range, *arguments)
            if len(found) > MAX_LENGTH:
                raise CannotFollowError("a list is longer than is followed")
            return found
        found = native(lambda: _NATIVE_BUILTINS[name](*arguments, **keywords))
        return native(list, found) if name in ("enumerate", "zip", "reversed") else found

    def _plain_argument(self, function: str, value: Any) -> Any:
        """An argument, iterated over where the function would."""
        value = self.pinned(value)
        if function not in _ITERATING or not isinstance(value, (Dotted, HfConfig, range, set, dict, Unknown)):
            return value
        return list(self.elements(value))

    def _getattr(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) not in (2, 3) or not isinstance(arguments[1], str):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        owner, name = arguments[0], str(arguments[1])
        if (
            len(arguments) == 3
            and isinstance(owner, (HfConfig, NormalizedConfig))
            and self._may_lack(owner, name)
        ):
            found: Any = Symbol("")
        else:
            try:
                found = self.attribute(owner, name)
            except RaisedError as error:
                if error.kind == "AttributeError" and len(arguments) == 3:
                    return arguments[2]
                raise
        is_open = isinstance(found, Symbol) and found.default is MISSING and len(arguments) == 3
        if not is_open:
            return found
        # Where the attribute isn't known to be there, the default that the code gives is what is known.
        text = f"getattr({_owner_text(owner)}, {name!r}, {text_of(arguments[2])})"
        default = arguments[2] if not is_undecided(arguments[2]) else MISSING
        return Symbol(text, default if self._may_lack(owner, name) else MISSING)

    def _may_lack(self, owner: Any, name: str) -> bool:
        """Whether nothing says that the attribute is there."""
        if isinstance(owner, HfConfig):
            return owner.class_ is not None and owner.class_.attribute(name) is None
        if isinstance(owner, NormalizedConfig):
            class_ = owner.config.class_
            path = owner.attributes.path(name) if owner.attributes is not None else None
            return class_ is not None and path is not None and class_.attribute(path) is None
        return isinstance(owner, Instance)

    def _hasattr(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 2 or not isinstance(arguments[1], str):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        owner, name = arguments[0], str(arguments[1])
        text = f"hasattr({_owner_text(owner)}, {name!r})"
        if isinstance(owner, NormalizedConfig):
            text = f"{owner.text}.has_attribute({name!r})"
        try:
            found = self.attribute(owner, name)
        except RaisedError as error:
            if error.kind == "AttributeError":
                return False
            raise
        if isinstance(found, Symbol) and found.default is MISSING:
            return Symbol(text, False if self._may_lack(owner, name) else MISSING, is_condition=True)
        return Unknown(text) if isinstance(found, Unknown) else True

    def _super(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        owner, instance = scope.owner, scope.instance
        if len(arguments) == 2 and isinstance(arguments[0], ClassValue):
            owner, instance = arguments
        searched: Scope | None = scope
        while owner is None and searched is not None:
            owner, instance, searched = searched.owner, searched.instance, searched.enclosing
        if owner is None or not isinstance(instance, (Instance, ClassValue)):
            return Unknown("`super()` is not followed")
        return Super(owner, instance)

    def _isinstance(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value, classes = (*arguments, None, None)[:2]
        names = [each.name if isinstance(each, Builtin) else None for each in _as_tuple(classes)]
        if (
            is_undecided(value)
            or None in names
            or not isinstance(value, (str, int, float, list, tuple, dict, set))
        ):
            if isinstance(value, Instance):
                return self._is_config(value, _as_tuple(classes))
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        return any(each.__name__ in names for each in type(value).__mro__)

    def _is_config(self, value: Instance, classes: tuple[Any, ...]) -> Any:
        order = resolution_order(value.class_)
        meant = [self.world.resolve(each) if isinstance(each, Dotted) else each for each in classes]
        if any(each in order for each in meant):
            return True
        is_known = all(isinstance(each, (ClassValue, BaseClass)) for each in (*meant, *order))
        return False if is_known else Unknown("`isinstance` of a class that is not followed")

    def _issubclass(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = arguments[0] if len(arguments) == 2 else None
        if not isinstance(value, ClassValue):
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        return self._is_config(Instance(value, ""), _as_tuple(arguments[1]))

    def _callable(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = arguments[0] if len(arguments) == 1 else None
        if isinstance(value, (FunctionValue, BoundMethod, NativeMethod, ClassValue, Builtin, PartialValue)):
            return True
        if isinstance(value, (str, int, float, list, tuple, dict, set, type(None))):
            return False
        return Unknown(f"`{shortened(source_of(node))}` is not followed")

    def _any(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        return self._quantified(arguments, True, node, scope)

    def _all(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        return self._quantified(arguments, False, node, scope)

    def _quantified(self, arguments: list[Any], sought: bool, node: syntax.Call, scope: Scope) -> Any:
        """Whether some element is as it is sought, the opposite if none is."""
        for each in self.elements(arguments[0]) if len(arguments) == 1 else ():
            if isinstance(each, Unknown):
                return each
            if self.decide(each, node, scope) is sought:
                return sought
        return not sought

    def _type(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = arguments[0] if len(arguments) == 1 else None
        if isinstance(value, ExceptionValue):
            return Builtin(value.kind)
        return (
            value.class_
            if isinstance(value, Instance)
            else Unknown(f"`{shortened(source_of(node))}` is not followed")
        )

    def _make_property(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if arguments and all(isinstance(each, FunctionValue) for each in arguments[:2]):
            return PropertyValue(*arguments[:2])
        return Unknown("`property(…)` is not followed")

    def _setattr(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) == 3 and isinstance(arguments[1], str):
            self.set_attribute(arguments[0], str(arguments[1]), arguments[2])
        elif arguments and isinstance(arguments[0], (Instance, ClassValue)):
            raise CannotFollowError("`setattr` sets an attribute whose name is not known")

    @abstractmethod
    def set_attribute(self, owner: Any, name: str, value: Any) -> None:
        """``owner.name = value``."""

    def _map(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 2:
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        function, values = arguments
        return [self.call(function, [each], {}, node, scope) for each in self.elements(values)]

    def _filter(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 2:
            return Unknown(f"`{shortened(source_of(node))}` is not followed")
        function, values = arguments
        kept = []
        for each in self.elements(values):
            verdict = each if function is None else self.call(function, [each], {}, node, scope)
            if (isinstance(each, Unknown) and each.is_many) or self.decide(verdict, node, scope):
                kept.append(each)
        return kept


_Special = Callable[[Calls, "list[Any]", syntax.Call, Scope], Any]
_SPECIAL_BUILTINS: Mapping[str, _Special] = {
    "getattr": Calls._getattr,
    "hasattr": Calls._hasattr,
    "super": Calls._super,
    "isinstance": Calls._isinstance,
    "issubclass": Calls._issubclass,
    "callable": Calls._callable,
    "any": Calls._any,
    "all": Calls._all,
    "type": Calls._type,
    "property": Calls._make_property,
    "setattr": Calls._setattr,
    "map": Calls._map,
    "filter": Calls._filter,
}
_NATIVE_BUILTINS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        abs, bool, dict, enumerate, float, frozenset, int, len, list, range, reversed, repr, round,
        set, str, sum, tuple, zip,
    )
}  # fmt: skip
_ITERATING = frozenset({"enumerate", "frozenset", "list", "reversed", "set", "sum", "tuple", "zip"})


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


def _lose(container: Any, reason: str) -> Unknown:
    """A list changes in a way that isn't followed: nothing of it is known any more."""
    if isinstance(container, list):
        container[:] = [Unknown(reason, is_many=True)]
    elif isinstance(container, (dict, set)):
        container.clear()
        raise CannotFollowError(reason)
    return Unknown(reason)


def _is_certain_change(owner: Any, name: str, arguments: list[Any]) -> bool:
    """Whether a method's effect on a list doesn't depend on what isn't known of it."""
    if not isinstance(owner, list):
        return name in ("get", "items", "keys", "values", "copy")
    if name == "pop":
        return _is_certain_place(owner, arguments[0] if arguments else -1)
    if name == "remove":
        place = owner.index(arguments[0]) if arguments and arguments[0] in owner else None
        return place is not None and not any(is_undecided(each) for each in owner[:place])
    return name in ("copy", "clear", "reverse")


def _is_certain_place(owner: list[Any], place: Any) -> bool:
    if not isinstance(place, int) or not -len(owner) <= place < len(owner):
        return False
    passed = owner[: place + 1] if place >= 0 else owner[place:]
    return not any(isinstance(each, Unknown) and each.is_many for each in passed)


def _native_type(value: Any) -> type:
    return next((each for each in NATIVE_METHODS if isinstance(value, each)), type(value))


def _is_short(text: str, arguments: list[Any]) -> bool:
    """Whether no method of a string makes more of it, with these arguments, than is followed."""
    numbers = [each for each in arguments if isinstance(each, int)]
    parts = [part for each in arguments for part in (each if isinstance(each, (list, tuple)) else [each])]
    length = max((len(part) for part in parts if isinstance(part, str)), default=1)
    return (
        all(number <= MAX_LENGTH for number in numbers)
        and (len(text) + 1) * max(length, 1) * max(len(parts), 1) <= MAX_LENGTH * 100
        and not is_wide(text)
    )


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


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _owner_text(owner: Any) -> str:
    if isinstance(owner, (HfConfig, NormalizedConfig)):
        return owner.text
    return "self" if isinstance(owner, Instance) else text_of(owner)
