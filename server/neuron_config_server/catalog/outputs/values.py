"""The values that are told apart while a model is followed, and what is true of two of them.

Of a value it is known only whether it is None, a tensor, an output, or a module whose source is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Union

from neuron_config_server.catalog.outputs.classes import Method
from neuron_config_server.catalog.source import ClassSource


class Opaque(Enum):
    """A value of which no more is known."""

    UNKNOWN = "anything"
    SOMETHING = "anything but None"
    TENSOR = "a tensor"
    MAYBE_TENSOR = "a tensor or None"
    TENSORS = "a tuple of tensors"
    TENSOR_MODULE = "a module or function of torch that returns a tensor"
    IDENTITY = "a module that returns its input"

    __hash__ = object.__hash__  # Enum's own is Python code, and each call hashes its arguments


UNKNOWN, SOMETHING = Opaque.UNKNOWN, Opaque.SOMETHING
TENSOR, MAYBE_TENSOR, TENSORS = Opaque.TENSOR, Opaque.MAYBE_TENSOR, Opaque.TENSORS
TENSOR_MODULE, IDENTITY = Opaque.TENSOR_MODULE, Opaque.IDENTITY


@dataclass(frozen=True)
class Constant:
    """A flag, a number, a string or None."""

    value: Union[bool, int, str, None]
    kind: str = ""
    """The value's type: True and 1 are equal, but not the same constant."""


def constant(value: bool | int | str | None) -> Constant:
    return Constant(value, type(value).__name__)


NONE, TRUE, FALSE = constant(None), constant(True), constant(False)


@dataclass(frozen=True)
class TupleValue:
    """A tuple whose first items are known."""

    items: tuple[Value, ...]
    is_whole: bool = True
    """Whether that is all of it; else anything may follow."""


@dataclass(frozen=True)
class OutputValue:
    """An instance of an output dataclass."""

    class_: ClassSource
    fields: tuple[tuple[str, Value], ...]

    def of(self, name: str) -> Value:
        return dict(self.fields).get(name, UNKNOWN)

    def with_field(self, name: str, value: Value) -> OutputValue:
        return replace(
            self, fields=tuple((each, value if each == name else old) for each, old in self.fields)
        )

    def as_tuple(self) -> TupleValue:
        """The fields that aren't None, up to the first of which that can't be told."""
        found: list[Value] = []
        for _, value in self.fields:
            if is_none(value) is None:
                return TupleValue(tuple(found), is_whole=False)
            if not is_none(value):
                found.append(value)
        return TupleValue(tuple(found))


@dataclass(frozen=True)
class Instance:
    """A module whose class is found in source."""

    class_: ClassSource
    arguments: Arguments


@dataclass(frozen=True)
class ListValue:
    """A list or ModuleList, of any length."""

    element: Value | None
    """What each of its elements is; None if it is empty."""

    def with_element(self, value: Value) -> ListValue:
        return ListValue(value if self.element is None else join(self.element, value))


@dataclass(frozen=True)
class Chain:
    """A Sequential: modules, and lists of modules, that are called one after another."""

    links: tuple[Value, ...]


@dataclass(frozen=True)
class ClassValue:
    """A class of the same file, that isn't called yet."""

    class_: ClassSource


@dataclass(frozen=True)
class Choice:
    """One of several modules or classes: ``Pooler(config) if config.pool else None``."""

    options: tuple[Value, ...]


@dataclass(frozen=True)
class BoundMethod:
    """A method, or ``super()``'s."""

    self: Instance
    method: Method


@dataclass(frozen=True)
class Keywords:
    """What ``**kwargs`` holds; ``is_open`` where whoever calls the model may have added more."""

    items: tuple[tuple[str, Value], ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class Arguments:
    """Of a call; None for positional ones behind a ``*``, for keywords of a ``**`` that isn't followed."""

    positional: tuple[Value, ...] | None = ()
    keywords: Keywords | None = Keywords()


Value = Union[
    Opaque,
    Constant,
    TupleValue,
    OutputValue,
    Instance,
    ListValue,
    Chain,
    ClassValue,
    Choice,
    BoundMethod,
    Keywords,
]

_MOST_OPTIONS = 6


def is_none(value: Value) -> bool | None:
    """Whether the value is None; None if that can't be told."""
    if value in (UNKNOWN, MAYBE_TENSOR) or (isinstance(value, Choice) and NONE in value.options):
        return None
    return value == NONE


def truth(value: Value) -> bool | None:
    """What ``bool`` makes of the value; None if that can't be told."""
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, TupleValue):
        return bool(value.items) if value.items or value.is_whole else None
    return True if isinstance(value, (Instance, BoundMethod)) or value is TENSOR_MODULE else None


def join(one: Value, other: Value) -> Value:
    """What is true of both values."""
    if one == other:
        return one
    if isinstance(one, OutputValue) and isinstance(other, OutputValue) and one.class_ == other.class_:
        return replace(one, fields=tuple((name, join(value, other.of(name))) for name, value in one.fields))
    if isinstance(one, TupleValue) and isinstance(other, TupleValue):
        is_whole = one.is_whole and other.is_whole and len(one.items) == len(other.items)
        return TupleValue(tuple(join(*pair) for pair in zip(one.items, other.items)), is_whole)
    if isinstance(one, ListValue) and isinstance(other, ListValue):
        return one if other.element is None else one.with_element(other.element)
    if {one, other} <= {TENSOR, MAYBE_TENSOR, NONE}:
        return MAYBE_TENSOR
    options = tuple(dict.fromkeys([*_options(one), *_options(other)]))
    if len(options) <= _MOST_OPTIONS and all(map(_is_called, options)) and set(options) != {NONE}:
        return Choice(options)
    return SOMETHING if is_none(one) is False and is_none(other) is False else UNKNOWN


def joined(values: Sequence[Value]) -> Value:
    """What is true of all of them; None stands for none at all."""
    result = values[0] if values else NONE
    for value in values[1:]:
        result = join(result, value)
    return result


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _is_called(value: Value) -> bool:
    """Whether the value is of use only where it is called, or is None instead."""
    is_module = isinstance(value, (Instance, Chain, ClassValue, BoundMethod))
    return is_module or value in (TENSOR_MODULE, IDENTITY, NONE)


def element_of(value: Value) -> Value:
    """An element of a list; any other value itself."""
    if isinstance(value, ListValue):
        return value.element if value.element is not None else UNKNOWN
    return value
