"""Methods of lists, strings and Python's other own values, and of normalized configs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.attributes import NATIVE_METHODS
from neuron_config_server.reading.evaluation.expressions import Expressions, hashable, shortened, source_of
from neuron_config_server.reading.evaluation.losing import lose
from neuron_config_server.reading.evaluation.operations import (
    MAX_LENGTH,
    SETS,
    CannotFollowError,
    RaisedError,
    changed_in_place,
    has_open_order,
    is_plain_data,
    is_undecided,
    is_wide,
    native,
)
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    Dotted,
    IteratorValue,
    NativeMethod,
    NormalizedClass,
    NormalizedConfig,
    Scope,
    Symbol,
    Unknown,
)

_CHANGING: Mapping[type, frozenset[str]] = {
    list: frozenset({"append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort"}),
    dict: frozenset({"pop", "popitem", "update", "setdefault", "clear"}),
    set: frozenset({"add", "discard", "remove", "update", "clear"})
    | {f"{each}_update" for each in ("difference", "intersection", "symmetric_difference")},
}
_TAKES_ITERABLES = frozenset(
    {"join", "update", "union", "intersection", "difference", "issubset", "issuperset"}
) | {
    "isdisjoint",
    "symmetric_difference",
    "difference_update",
    "intersection_update",
    "symmetric_difference_update",
}
"""Methods whose arguments are iterated over."""


class NativeMethods(Expressions):
    """Follows calls of methods that aren't the file's."""

    has_effects: bool
    """Whether a value was changed in place, or a class registered from outside of its own statement."""

    def call_native(
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
            return self.has_attribute([owner, *arguments], node, scope)
        if isinstance(owner, Symbol):
            owner = self.pinned(owner)
            if isinstance(owner, Unknown):
                return owner
        type_ = _native_type(owner)
        if name not in NATIVE_METHODS.get(type_, ()):
            return self.lost_call(owner, arguments, keywords, node)
        self.has_effects |= name in _CHANGING.get(type_, ())
        self.charge(len(owner) // 100)
        if isinstance(owner, list):
            return self._call_list(owner, name, arguments, keywords, node, scope)
        arguments = [self._argument(each, name) for each in arguments]
        keywords = {key: self.pinned(each) for key, each in keywords.items()}
        if isinstance(owner, dict):
            return self._call_dict(owner, name, arguments, keywords, node)
        return self._call_plain(owner, name, arguments, keywords, node)

    @abstractmethod
    def has_attribute(self, arguments: list[Any], node: syntax.Call, scope: Scope) -> Any:
        """``hasattr(…)``."""

    @abstractmethod
    def in_order(
        self, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        """``sorted(…)``: a list, or Unknown."""

    def lost_call(
        self, owner: Any, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call
    ) -> Unknown:
        """What comes of a call that isn't followed: what it may have changed isn't known any more."""
        reason = f"`{shortened(source_of(node))}` is not followed"
        if any(isinstance(each, IteratorValue) for each in (*arguments, *keywords.values())):
            raise CannotFollowError(f"{reason}, and iterates")
        for each in (owner, *arguments, *keywords.values()):
            self.has_effects |= lose(each, reason)
        return Unknown(reason)

    def _argument(self, value: Any, method: str) -> Any:
        """An argument as its method takes it, iterated over where it is."""
        value = self.pinned(value)
        if isinstance(value, IteratorValue) and method in _TAKES_ITERABLES:
            return list(self.elements(value))
        return value

    def _call_plain(
        self, owner: Any, name: str, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call
    ) -> Any:
        """A method of a string, a tuple or a set."""
        if isinstance(owner, str) and name == "join" and len(arguments) == 1:
            arguments = [[self.pinned(each) for each in self.elements(arguments[0])]]
        if not all(map(is_plain_data, (owner, *arguments, *keywords.values()))):
            is_changed = name in _CHANGING.get(type(owner), ())
            return self.lost_call(owner if is_changed else None, [], {}, node)
        given = [*arguments, *keywords.values()]
        if isinstance(owner, str) and (has_open_order(given) or not _is_short(owner, given)):
            return Unknown(f"`{shortened(source_of(node))}` makes a text longer than is followed")
        if name == "fromkeys":
            return Unknown("`fromkeys` is not followed")
        found = native(lambda: getattr(owner, name)(*arguments, **keywords))
        if isinstance(found, str) and len(found) > MAX_LENGTH:
            raise CannotFollowError("a text is longer than is followed")
        return found

    # Lists

    def _call_list(
        self,
        owner: list[Any],
        name: str,
        arguments: list[Any],
        keywords: dict[str, Any],
        node: syntax.Call,
        scope: Scope,
    ) -> Any:
        if name in ("extend", "append", "insert"):
            return self._grow(owner, name, arguments)
        if name == "sort":
            made = self.in_order([owner, *arguments], keywords, node, scope)
            if isinstance(made, Unknown):
                lose(owner, made.reason)
                return made
            owner[:] = made
            return None
        arguments = [self.pinned(each) for each in arguments]
        if keywords or not _is_certain(owner, name, arguments):
            return self.lost_call(owner if name in _CHANGING[list] else None, [], {}, node)
        return native(lambda: getattr(owner, name)(*arguments))

    def _grow(self, owner: list[Any], name: str, arguments: list[Any]) -> None:
        if name == "extend" and len(arguments) == 1:
            if arguments[0] is owner:
                arguments = [list(owner)]
            for each in self.elements(arguments[0]):
                owner.append(each)
        elif name == "append" and len(arguments) == 1:
            owner.append(arguments[0])
        elif name == "insert" and len(arguments) == 2:
            place = self.pinned(arguments[0])
            is_certain = not any(isinstance(each, Unknown) and each.is_many for each in owner)
            if isinstance(place, int) and (is_certain or place == 0):
                owner.insert(place, arguments[1])
            elif is_undecided(place) or not is_certain:
                lose(owner, "something is inserted at a place that is not known")
            else:
                raise RaisedError("TypeError", f"'{type(place).__name__}' object is no place")
        else:
            raise RaisedError("TypeError", f"list.{name} takes other arguments")
        if len(owner) > MAX_LENGTH:
            raise CannotFollowError("a list is longer than is followed")

    # Dictionaries

    def _call_dict(
        self,
        owner: dict[Any, Any],
        name: str,
        arguments: list[Any],
        keywords: dict[str, Any],
        node: syntax.Call,
    ) -> Any:
        if name == "update":
            return self._update(owner, arguments, keywords, node)
        is_by_key = name in ("get", "pop", "setdefault") and arguments
        if name in ("items", "keys", "values", "copy", "clear") or (
            is_by_key and is_plain_data([arguments[0], *owner])
        ):
            if is_by_key:
                hashable(arguments[0])
            return native(lambda: getattr(owner, name)(*arguments, **keywords))
        if is_by_key and isinstance(arguments[0], Dotted) and arguments[0] in owner and name == "get":
            return owner[arguments[0]]
        if name == "popitem" and is_plain_data(list(owner)) and not arguments:
            return native(owner.popitem)
        return self.lost_call(owner if name in _CHANGING[dict] else None, [], {}, node)

    def _update(
        self, owner: dict[Any, Any], arguments: list[Any], keywords: dict[str, Any], node: syntax.Call
    ) -> Any:
        if len(arguments) > 1:
            raise RaisedError("TypeError", "update takes one argument")
        made: dict[Any, Any] = {}
        if arguments and isinstance(arguments[0], dict):
            made.update(arguments[0])
        elif arguments:
            pairs = dictionary_of(self.elements(arguments[0]))
            if pairs is None:
                return self.lost_call(owner, [], {}, node)
            made.update(pairs)
        if "**" in keywords:
            return self.lost_call(owner, [], {}, node)
        changed_in_place(owner, "|", {**made, **keywords})
        return None

    # Normalized configs

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


def dictionary_of(elements: Iterator[Any]) -> dict[Any, Any] | None:
    """Key -> value, of pairs; None where one of them isn't known."""
    made: dict[Any, Any] = {}
    for each in elements:
        if not isinstance(each, (tuple, list)) or len(each) != 2 or is_undecided(each[0]):
            return None
        made[hashable(each[0])] = each[1]
    return made


def _is_certain(owner: list[Any], name: str, arguments: list[Any]) -> bool:
    """Whether what a method does to a list, and gives, doesn't depend on what isn't known of it."""
    if name in ("copy", "clear", "reverse"):
        return True
    if name == "pop":
        is_whole = not any(map(is_undecided, owner)) and all(map(is_plain_data, arguments))
        return is_whole or is_certain_place(owner, arguments[0] if arguments else -1)
    sought = arguments[0] if arguments else MISSING
    if is_plain_data(owner) and all(map(is_plain_data, arguments)):
        return True
    if name not in ("remove", "index") or len(arguments) != 1:
        return False
    if isinstance(sought, Dotted):
        passed = owner[: owner.index(sought)] if sought in owner else [Unknown("")]
        return all(isinstance(each, Dotted) for each in passed)
    if not isinstance(sought, str):
        return False
    place = next(
        (place for place, each in enumerate(owner) if isinstance(each, str) and each == sought), None
    )
    return place is not None and all(map(is_plain_data, owner[:place]))


def is_certain_place(owner: list[Any], place: Any) -> bool:
    """Whether an index means an element that is one, and not any number of them."""
    if not isinstance(place, int) or not -len(owner) <= place < len(owner):
        return False
    passed = owner[: place + 1] if place >= 0 else owner[place:]
    return not any(isinstance(each, Unknown) and each.is_many for each in passed)


def _native_type(value: Any) -> type:
    return next((each for each in NATIVE_METHODS if isinstance(value, each)), type(value))


def _is_short(text: str, arguments: list[Any]) -> bool:
    """Whether no method of a string makes more of it, with these arguments, than is followed."""
    numbers = [each for each in arguments if isinstance(each, int)]
    parts = [
        part for each in arguments for part in (each if isinstance(each, (list, tuple, *SETS)) else [each])
    ]
    length = max((len(part) for part in parts if isinstance(part, str)), default=1)
    return (
        all(number <= MAX_LENGTH for number in numbers)
        and (len(text) + 1) * max(length, 1) * max(len(parts), 1) <= MAX_LENGTH * 100
        and not is_wide(text)
    )
