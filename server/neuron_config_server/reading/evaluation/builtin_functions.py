"""Python's own functions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.exceptions import catches, message_of
from neuron_config_server.reading.evaluation.expressions import hashable, shortened, source_of
from neuron_config_server.reading.evaluation.native_methods import NativeMethods, dictionary_of
from neuron_config_server.reading.evaluation.operations import (
    MAX_LENGTH,
    SETS,
    VIEWS,
    CannotFollowError,
    RaisedError,
    has_open_order,
    is_plain_data,
    is_undecided,
    is_wide,
    native,
    text_of,
    truth_of,
)
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    BaseClass,
    BoundMethod,
    Builtin,
    ClassValue,
    Dotted,
    ExceptionValue,
    FunctionValue,
    HfConfig,
    Instance,
    IteratorValue,
    NativeMethod,
    NormalizedConfig,
    PartialValue,
    PropertyValue,
    Scope,
    Super,
    Symbol,
    Unknown,
)


class BuiltinFunctions(NativeMethods):
    """Follows calls of Python's own functions."""

    def call_builtin(
        self, name: str, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        owner, _, method = name.partition(".")
        if owner == "dict" and method == "fromkeys" and arguments:
            value = arguments[1] if len(arguments) > 1 else None
            return {hashable(self.pinned(each)): value for each in self.elements(arguments[0])}
        if method == "__setattr__" and len(arguments) == 3 and isinstance(arguments[1], str):
            return self.set_attribute(arguments[0], str(arguments[1]), arguments[2])
        if method and arguments:
            native_method = NativeMethod(self.pinned(arguments[0]), method)
            return self.call_native(native_method, arguments[1:], keywords, node, scope)
        if name in _NAMESPACES:
            if name == "vars" and arguments:
                return self.attribute(arguments[0], "__dict__")
            self.lose_namespace(scope)
            return Unknown(f"`{name}` is not followed")
        if name in ("sorted", "min", "max"):
            return self._ordered(name, arguments, keywords, node, scope)
        if name in ("enumerate", "sum") and len(arguments) == 1 and [*keywords] == ["start"]:
            arguments, keywords = [*arguments, keywords["start"]], {}
        special = _SPECIAL.get(name)
        if special is not None and not keywords:
            return special(self, arguments, node, scope)
        if name == "print":
            return None
        plain = [self._plain_argument(name, each) for each in arguments]
        others = {key: self.pinned(each) for key, each in keywords.items()}
        if name == "dict" and not plain:
            return dict(keywords) if "**" not in keywords else Unknown("keywords are not spelled out")
        if name in _NATIVE and all(map(is_plain_data, (*plain, *others.values()))):
            return self._native(name, plain, others)
        return self.lost_call(None, arguments, keywords, node) if name not in _NATIVE else self._unknown(node)

    def _unknown(self, node: syntax.Call) -> Unknown:
        return Unknown(f"`{shortened(source_of(node))}` is not followed")

    def _native(self, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if (
            name == "format"
            and len(arguments) > 1
            and (not isinstance(arguments[1], str) or is_wide(arguments[1]))
        ):
            return Unknown("a text is wider than is followed")
        if name in ("str", "repr", "format") and has_open_order(arguments):
            return Unknown("the order of a set is up to Python")
        if name in ("set", "frozenset") and arguments:
            arguments = [[hashable(each) for each in arguments[0]]]
        found = native(lambda: _NATIVE[name](*arguments, **keywords))
        if isinstance(found, range) and len(found) > MAX_LENGTH:
            raise CannotFollowError("a list is longer than is followed")
        if isinstance(found, str) and len(found) > MAX_LENGTH:
            raise CannotFollowError("a text is longer than is followed")
        return found

    def _plain_argument(self, function: str, value: Any) -> Any:
        """An argument, iterated over where the function would."""
        value = self.pinned(value)
        if function in _ITERATING and isinstance(value, (IteratorValue, Dotted, HfConfig)):
            return list(self.elements(value, in_any_order=True))
        return value

    # What iterates

    def _list(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) > 1:
            raise RaisedError("TypeError", "list expected at most 1 argument")
        return list(self.elements(arguments[0])) if arguments else []

    def _tuple(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        return tuple(self._list(arguments, node, scope))

    def _made_dict(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = self.pinned(arguments[0]) if len(arguments) == 1 else {}
        if isinstance(value, dict):
            return dict(value)
        made = dictionary_of(self.elements(value))
        return self._unknown(node) if made is None else made

    def _len(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = self.pinned(arguments[0]) if len(arguments) == 1 else None
        if isinstance(value, dict):
            return self._unknown(node) if any(map(is_undecided, value)) else len(value)
        if isinstance(value, (list, tuple, *SETS, *VIEWS)):
            is_open = any(isinstance(each, Unknown) and each.is_many for each in value)
            return self._unknown(node) if is_open else len(value)
        if is_plain_data(value) or isinstance(value, IteratorValue):
            return native(len, value)
        return self._unknown(node)

    def _bool(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = self.pinned(arguments[0]) if arguments else False
        verdict = truth_of(value)
        return self._unknown(node) if verdict is None else verdict

    def _iter(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 1:
            return self._unknown(node)
        value = self.pinned(arguments[0])
        return value if isinstance(value, IteratorValue) else IteratorValue(self._checked(value))

    def _checked(self, value: Any) -> Iterator[Any]:
        """The elements of a value that can be iterated over, asked for one by one."""
        if value is None or isinstance(value, (int, float)):
            raise RaisedError("TypeError", f"'{type(value).__name__}' object is not iterable")
        return self.elements(value)

    def _next(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        iterator = arguments[0] if arguments else None
        if not isinstance(iterator, IteratorValue):
            if is_plain_data(iterator):
                raise RaisedError("TypeError", f"'{type(iterator).__name__}' object is not an iterator")
            return self.lost_call(None, arguments, {}, node)
        found = next(iterator.rest, MISSING)
        if isinstance(found, Unknown) and found.is_many:
            iterator.rest = iter((found,))
            return Unknown(found.reason)
        if found is not MISSING:
            return found
        if len(arguments) > 1:
            return arguments[1]
        raise RaisedError("StopIteration", "")

    def _reversed(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = self.pinned(arguments[0]) if len(arguments) == 1 else None
        if isinstance(value, (list, tuple, str, range)):
            return IteratorValue(reversed(value))
        if isinstance(value, dict) and is_plain_data(list(value)):
            return IteratorValue(reversed(list(value)))
        if isinstance(value, (*SETS, IteratorValue, int, float, type(None))):
            raise RaisedError("TypeError", f"'{type(value).__name__}' object is not reversible")
        return self._unknown(node)

    def _enumerate(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        start = self.pinned(arguments[1]) if len(arguments) == 2 else 0
        if not arguments or not isinstance(start, int):
            return self._unknown(node)
        return IteratorValue(self._numbered(self._checked(self.pinned(arguments[0])), start))

    def _numbered(self, elements: Iterator[Any], start: int) -> Iterator[Any]:
        for place, each in enumerate(elements, start):
            if isinstance(each, Unknown) and each.is_many:
                yield each
                return
            yield place, each

    def _zip(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        return IteratorValue(self._zipped([self._checked(self.pinned(each)) for each in arguments]))

    def _zipped(self, iterators: list[Iterator[Any]]) -> Iterator[Any]:
        for group in zip(*iterators):
            many = next((each for each in group if isinstance(each, Unknown) and each.is_many), None)
            if many is not None:
                yield many
                return
            yield group

    def _map(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        function, *values = arguments or (None,)
        if not values:
            return self._unknown(node)
        groups = self._zipped([self._checked(self.pinned(each)) for each in values])
        return IteratorValue(self._mapped(function, groups, len(values), node, scope))

    def _mapped(
        self, function: Any, groups: Iterator[Any], count: int, node: syntax.Call, scope: Scope
    ) -> Iterator[Any]:
        for group in groups:
            if isinstance(group, Unknown):
                self.call(function, [Unknown(group.reason)] * count, {}, node, scope)
                yield group
                return
            yield self.call(function, list(group), {}, node, scope)

    def _filter(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 2:
            return self._unknown(node)
        function, values = arguments
        return IteratorValue(self._filtered(function, self._checked(self.pinned(values)), node, scope))

    def _filtered(
        self, function: Any, values: Iterator[Any], node: syntax.Call, scope: Scope
    ) -> Iterator[Any]:
        for each in values:
            verdict = each if function is None else self.call(function, [each], {}, node, scope)
            if (isinstance(each, Unknown) and each.is_many) or self.decide(verdict, node, scope):
                yield each

    def _sum(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        values = list(self.elements(arguments[0], in_any_order=True)) if arguments else []
        start = [self.pinned(each) for each in arguments[1:]]
        if len(start) == 1 and isinstance(start[0], (list, tuple)):
            return self._sum_of_lists(start[0], values, node)
        if len(start) > 1 or not is_plain_data([values, start]):
            return self._unknown(node)
        self.charge(len(values))
        return native(sum, values, *start)

    def _sum_of_lists(self, start: Any, values: list[Any], node: syntax.Call) -> Any:
        if not values:
            return start
        made = list(start)
        for each in values:
            if type(each) is not type(start):
                return self._unknown(node)
            made += each
        return type(start)(made)

    def _any(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        return self._quantified(arguments, True, node, scope)

    def _all(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        return self._quantified(arguments, False, node, scope)

    def _quantified(self, arguments: list[Any], sought: bool, node: syntax.Call, scope: Scope) -> Any:
        """Whether some element is as it is sought, the opposite if none is."""
        if len(arguments) != 1:
            return self._unknown(node)
        for each in self.elements(arguments[0], in_any_order=True):
            if isinstance(each, Unknown):
                return each
            if self.decide(each, node, scope) is sought:
                return sought
        return not sought

    def _ordered(
        self, name: str, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        """``sorted``, ``min`` and ``max``, by a key too."""
        keywords = dict(keywords)
        default = keywords.pop("default", MISSING)
        if not arguments or (name == "sorted" and len(arguments) > 1):
            raise RaisedError("TypeError", f"{name}() takes other arguments")
        values = arguments if len(arguments) == 1 else [list(arguments)]
        if name == "sorted":
            return self.in_order(values, keywords, node, scope)
        made = self.in_order(values, keywords, node, scope, is_reversed=name == "max")
        if isinstance(made, Unknown):
            return made
        if made:
            return made[0]
        if default is MISSING:
            raise RaisedError("ValueError", f"{name}() arg is an empty sequence")
        return default

    def in_order(
        self,
        arguments: list[Any],
        keywords: dict[str, Any],
        node: syntax.Call,
        scope: Scope,
        *,
        is_reversed: bool = False,
    ) -> Any:
        """``sorted(…)``: a list, or Unknown."""
        keywords = dict(keywords)
        key, reverse = keywords.pop("key", None), self.pinned(keywords.pop("reverse", is_reversed))
        if keywords or len(arguments) != 1:
            return self._unknown(node)
        source = self.pinned(arguments[0])
        values = [self.pinned(each) for each in self.elements(source, in_any_order=True)]
        self.charge(len(values) // 10)
        keys = [self.call(key, [each], {}, node, scope) for each in values] if key is not None else values
        if not is_plain_data([keys, reverse]) or any(map(is_undecided, values)):
            return self._unknown(node)
        if isinstance(source, SETS) and len({repr(each) for each in keys}) < len(keys):
            return self._unknown(node)  # equals keep the order in which they come
        order = native(lambda: sorted(range(len(values)), key=keys.__getitem__, reverse=bool(reverse)))
        return [values[place] for place in order]

    # Objects and classes

    def _getattr(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) not in (2, 3) or not isinstance(arguments[1], str):
            return self._unknown(node)
        owner, name = arguments[0], str(arguments[1])
        if len(arguments) == 3 and isinstance(owner, (Dotted, Unknown)):
            return self._unknown(node)
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

    def has_attribute(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) != 2 or not isinstance(arguments[1], str):
            return self._unknown(node)
        owner, name = arguments[0], str(arguments[1])
        if isinstance(owner, (Dotted, Unknown)):
            return self._unknown(node)
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
        elif arguments or scope.is_comprehension:
            return self._unknown(node)
        if owner is None or not isinstance(instance, (Instance, ClassValue)):
            return Unknown("`super()` is not followed")
        return Super(owner, instance)

    def _isinstance(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value, classes = (*arguments, None, None)[:2]
        if isinstance(value, ExceptionValue):
            verdict = catches(classes, value)
            return self._unknown(node) if verdict is None else verdict
        if isinstance(value, Instance):
            return self.is_config_of(value, _as_tuple(classes))
        names = [each.name if isinstance(each, Builtin) else None for each in _as_tuple(classes)]
        if None in names or not isinstance(
            value, (str, int, float, list, tuple, dict, bytes, type(None), *SETS)
        ):
            return self._unknown(node)
        return any(each.__name__ in names for each in type(value).__mro__)

    def is_config_of(self, value: Instance, classes: tuple[Any, ...]) -> Any:
        order = resolution_order(value.class_)
        meant = [self.world.resolve(each) if isinstance(each, Dotted) else each for each in classes]
        if any(each in order for each in meant):
            return True
        is_known = all(isinstance(each, (ClassValue, BaseClass)) for each in (*meant, *order))
        return False if is_known else Unknown("`isinstance` of a class that is not followed")

    def _issubclass(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = arguments[0] if len(arguments) == 2 else None
        if not isinstance(value, ClassValue):
            return self._unknown(node)
        return self.is_config_of(Instance(value, ""), _as_tuple(arguments[1]))

    def _callable(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = arguments[0] if len(arguments) == 1 else None
        if isinstance(value, (FunctionValue, BoundMethod, NativeMethod, ClassValue, Builtin, PartialValue)):
            return True
        if isinstance(value, (str, int, float, list, tuple, dict, set, type(None))):
            return False
        return self._unknown(node)

    def _type(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = arguments[0] if len(arguments) == 1 else None
        if isinstance(value, (ExceptionValue, Instance)):
            return value.class_
        if value is not None and is_plain_data(value):
            # A string of the file is of a class of ours, which knows where it stands.
            return Builtin(
                next(each.__name__ for each in type(value).__mro__ if each.__module__ == "builtins")
            )
        return self.lost_call(None, arguments, {}, node)

    def _make_property(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if arguments and all(isinstance(each, FunctionValue) for each in arguments[:2]):
            return PropertyValue(*arguments[:2])
        return Unknown("`property(…)` is not followed")

    def _setattr(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        if len(arguments) == 3 and isinstance(arguments[1], str):
            self.set_attribute(arguments[0], str(arguments[1]), arguments[2])
        else:
            raise CannotFollowError("`setattr` sets an attribute whose name is not known")

    def _delattr(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        raise CannotFollowError("`delattr` is not followed")

    def _str(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        value = self.pinned(arguments[0]) if len(arguments) == 1 else None
        if isinstance(value, ExceptionValue):
            return message_of(value)
        if not arguments or is_plain_data(value):
            return self._native("str", [value] if arguments else [], {})
        return self._unknown(node)

    @abstractmethod
    def set_attribute(self, owner: Any, name: str, value: Any) -> None:
        """``owner.name = value``."""


_Special = Callable[[BuiltinFunctions, "list[Any]", syntax.Call, Scope], Any]
_SPECIAL: Mapping[str, _Special] = {
    "all": BuiltinFunctions._all,
    "any": BuiltinFunctions._any,
    "bool": BuiltinFunctions._bool,
    "callable": BuiltinFunctions._callable,
    "delattr": BuiltinFunctions._delattr,
    "dict": BuiltinFunctions._made_dict,
    "enumerate": BuiltinFunctions._enumerate,
    "filter": BuiltinFunctions._filter,
    "getattr": BuiltinFunctions._getattr,
    "hasattr": BuiltinFunctions.has_attribute,
    "isinstance": BuiltinFunctions._isinstance,
    "issubclass": BuiltinFunctions._issubclass,
    "iter": BuiltinFunctions._iter,
    "len": BuiltinFunctions._len,
    "list": BuiltinFunctions._list,
    "map": BuiltinFunctions._map,
    "next": BuiltinFunctions._next,
    "property": BuiltinFunctions._make_property,
    "reversed": BuiltinFunctions._reversed,
    "setattr": BuiltinFunctions._setattr,
    "str": BuiltinFunctions._str,
    "sum": BuiltinFunctions._sum,
    "super": BuiltinFunctions._super,
    "tuple": BuiltinFunctions._tuple,
    "type": BuiltinFunctions._type,
    "zip": BuiltinFunctions._zip,
}
_NATIVE: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (abs, float, format, frozenset, int, range, repr, round, set, str)
}
_ITERATING = frozenset({"frozenset", "set"})
_NAMESPACES = frozenset({"eval", "exec", "globals", "locals", "vars"})
"""What gives code the names of a module, to change them in ways that aren't followed."""


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _owner_text(owner: Any) -> str:
    if isinstance(owner, (HfConfig, NormalizedConfig)):
        return owner.text
    return "self" if isinstance(owner, Instance) else text_of(owner)
