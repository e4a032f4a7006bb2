"""Which ``except`` catches which exception, and what an exception says of itself."""

from __future__ import annotations

import builtins
from typing import Any

from neuron_config_server.reading.evaluation.operations import RaisedError, is_plain_data
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    Builtin,
    ClassValue,
    Dotted,
    ExceptionValue,
    Unknown,
)

EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
"""Names of Python's own."""


def is_exception_class(value: Any) -> bool:
    """Whether raising it is possible; of a class of the file, whether one of Python's is above it."""
    if isinstance(value, ClassValue):
        return any(is_exception_class(each) for each in resolution_order(value)[1:])
    return isinstance(value, (Builtin, Dotted)) and value.name in EXCEPTIONS


def exception_of(error: RaisedError) -> ExceptionValue:
    """What ``except … as`` binds."""
    return error.exception or ExceptionValue(Builtin(error.kind), None)


def catches(caught: Any, raised: ExceptionValue) -> bool | None:
    """Whether ``except caught`` catches it; None if that can't be told.

    Args:
        caught: a class, or a tuple of classes.
    """
    if isinstance(caught, tuple):
        verdicts = [catches(each, raised) for each in caught]
        if True in verdicts:
            return True
        return None if None in verdicts else False
    if isinstance(caught, ClassValue):
        order = _order(raised)
        return caught in order or (None if _foreign(order) else False)
    if not isinstance(caught, (Builtin, Dotted)):
        return None
    if caught == raised.class_:
        return True
    order = _order(raised)
    if caught.name not in EXCEPTIONS:
        return None
    name = getattr(builtins, caught.name).__name__  # IOError is OSError
    own = {name for each in order for name in _names_above(each)}
    if caught.name in ("Exception", "BaseException") and not own:
        return True  # what another package raises is an Exception
    return name in own or (None if _foreign(order) else False)


def message_of(exception: ExceptionValue) -> str | Unknown:
    """``str(exception)``."""
    arguments = exception.arguments
    is_own = isinstance(exception.class_, ClassValue) and any(
        isinstance(each, ClassValue) and not each.names.keys().isdisjoint({"__str__", "__repr__"})
        for each in resolution_order(exception.class_)
    )
    if arguments is None or is_own or not is_plain_data(arguments):
        return Unknown("what an exception says is not followed")
    if not arguments:
        return ""
    if len(arguments) > 1:
        return str(arguments)
    is_key = any("KeyError" in _names_above(each) for each in _order(exception))
    return repr(arguments[0]) if is_key else str(arguments[0])


def _order(exception: ExceptionValue) -> tuple[Any, ...]:
    """The exception's class and those above it."""
    class_ = exception.class_
    return (class_,) if isinstance(class_, Builtin) else resolution_order(class_)


def _names_above(class_: Any) -> list[str]:
    """The names of Python's exceptions that a class of Python's is one of."""
    real = getattr(builtins, class_.name, None) if isinstance(class_, (Builtin, Dotted)) else None
    return [each.__name__ for each in real.__mro__] if isinstance(real, type) else []


def _foreign(order: tuple[Any, ...]) -> bool:
    """Whether a class is above it that isn't found."""
    return any(isinstance(each, Dotted) and each.name not in (*EXCEPTIONS, "object") for each in order)
