"""What operators make of values, without a frame: pure functions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from neuron_config_server.reading.evaluation.values import MISSING, Dotted, Symbol, Unknown

MAX_LENGTH = 10_000
"""Of a list or a string that code makes; no list of names is as long."""

_DIGITS = len(str(MAX_LENGTH)) - 1
_MOST_BITS = 4096
"""Of the numbers that are computed with."""
_MAX_NESTED = 5
"""Of a list in a condition that is shown."""


class CannotFollowError(Exception):
    """The code does something that isn't followed; the message is the reason, for people."""


class RaisedError(Exception):
    """The code raises an exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind


_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
_UNARY: Mapping[str, Callable[[Any], Any]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "not": operator.not_,
}
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "is": lambda left, right: (
        left is right or (_is_plain(left) and left == right and type(left) is type(right))
    ),
    "is not": lambda left, right: not _COMPARE["is"](left, right),
}
_PLAIN = (type(None), bool, int, float, str, bytes)
_CONTAINERS = (list, tuple, set, frozenset, dict)
_ERRORS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, OverflowError)


def binary(left: Any, operator_: str, right: Any) -> Any:
    """``left operator right``."""
    if operator_ == "+" and (_is_list(left) or _is_list(right)):
        return _added(left, right)
    if is_undecided(left) or is_undecided(right):
        return _symbolic(left, operator_, right, _BINARY[operator_])
    if operator_ == "*" and any(isinstance(each, (list, tuple, str, bytes)) for each in (left, right)):
        _check_length(left, right)
    if (
        isinstance(left, int)
        and isinstance(right, int)
        and left.bit_length() + right.bit_length() > _MOST_BITS
    ):
        return Unknown("a number is larger than is followed")
    if operator_ in ("**", "<<") and not (_is_small(left) and _is_small(right)):
        return Unknown(f"`{text_of(left)} {operator_} {text_of(right)}` is not computed")
    if operator_ == "%" and isinstance(left, str) and is_wide(left):
        return Unknown("a text is wider than is followed")
    made = native(_BINARY[operator_], left, right)
    if isinstance(made, str) and len(made) > MAX_LENGTH:
        raise CannotFollowError("a text is longer than is followed")
    return made


def unary(operator_: str, value: Any) -> Any:
    """``operator value``."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Symbol):
        default = value.default if value.default is MISSING else _computed(_UNARY[operator_], value.default)
        space = " " if operator_ == "not" else ""
        return Symbol(
            f"{operator_}{space}{value.operand}", default, None, operator_ == "not", value.parts or (value,)
        )
    return native(_UNARY[operator_], value)


def compare(left: Any, operator_: str, right: Any) -> Any:
    """``left operator right``, with a symbol where it isn't decided."""
    if is_undecided(left) or is_undecided(right):
        return _symbolic(left, operator_, right, _COMPARE[operator_])
    if isinstance(left, _OPAQUE) or isinstance(right, _OPAQUE):
        return _compare_opaque(left, operator_, right)
    if operator_ in ("in", "not in") and isinstance(right, _CONTAINERS) and has_unknown(right):
        return True if operator_ == "in" and left in right else Unknown("not every element is known")
    if operator_ in ("==", "!=") and (has_unknown(left) or has_unknown(right)):
        return Unknown("not every element is known")
    return native(_COMPARE[operator_], left, right)


def is_wide(format_: str) -> bool:
    """Whether a format asks for more characters than are followed."""
    return any(len(digits) > _DIGITS for digits in re.findall(r"\d+", format_))


def is_undecided(value: Any) -> bool:
    return isinstance(value, (Symbol, Unknown))


def has_unknown(value: Any) -> bool:
    """Whether a container holds something that isn't known, at its first level."""
    if isinstance(value, dict):
        return any(is_undecided(each) for pair in value.items() for each in pair)
    return isinstance(value, _CONTAINERS) and any(is_undecided(each) for each in value)


def native(function: Callable[..., Any], *values: Any) -> Any:
    """What Python's own function makes of known values.

    Raises:
        RaisedError: it raises.
    """
    try:
        return function(*values)
    except RecursionError:
        raise
    except _ERRORS as error:
        message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        raise RaisedError(type(error).__name__, message) from None


def text_of(value: Any, depth: int = 0) -> str:
    """A value as Python would write it, for a condition; ``…`` for what has no such form."""
    if depth > _MAX_NESTED:
        return "…"
    if isinstance(value, Symbol):
        return value.operand
    if isinstance(value, Dotted):
        return value.name
    if isinstance(value, str):
        return repr(str(value))
    if isinstance(value, (tuple, list)):
        inner = ", ".join(text_of(each, depth + 1) for each in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value) if isinstance(value, _PLAIN) else "…"


def _symbolic(left: Any, operator_: str, right: Any, function: Callable[[Any, Any], Any]) -> Any:
    for value in (left, right):
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, Symbol) and "…" in text_of(value):
            return Unknown(f"`{text_of(left)} {operator_} {text_of(right)}` is not followed")
    defaults = [value.default if isinstance(value, Symbol) else value for value in (left, right)]
    is_known = not any(each is MISSING for each in defaults)
    text = f"{text_of(left)} {operator_} {text_of(right)}"
    symbols = [value for value in (left, right) if isinstance(value, Symbol)]
    return Symbol(
        text,
        _computed(function, *defaults) if is_known else MISSING,
        (left.text, right) if operator_ == "==" and isinstance(left, Symbol) and _is_plain(right) else None,
        operator_ in _COMPARE,
        tuple(part for symbol in symbols for part in symbol.parts or (symbol,)),
    )


def _computed(function: Callable[..., Any], *values: Any) -> Any:
    """The result for the default values; MISSING if it raises."""
    try:
        return function(*values)
    except _ERRORS:
        return MISSING


def _added(left: Any, right: Any) -> Any:
    """A list or tuple and something: what isn't known may be any number of elements."""
    for one, other in ((left, right), (right, left)):
        if _is_list(one) and is_undecided(other):
            reason = (
                other.reason if isinstance(other, Unknown) else f"`{other.text}` isn't decided by the source"
            )
            rest = Unknown(reason, is_many=True)
            parts = [*left, rest] if one is left else [rest, *right]
            return parts if isinstance(one, list) else tuple(parts)
    if _is_list(left) and _is_list(right) and len(left) + len(right) > MAX_LENGTH:
        raise CannotFollowError("a list is longer than is followed")
    return native(operator.add, left, right)


def _check_length(left: Any, right: Any) -> None:
    sized, times = (left, right) if isinstance(right, int) else (right, left)
    if isinstance(times, int) and hasattr(sized, "__len__") and len(sized) * times > MAX_LENGTH:
        raise CannotFollowError("a list is longer than is followed")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN)


def _is_small(value: Any) -> bool:
    return not isinstance(value, (int, float)) or abs(value) < 1000


def _compare_opaque(left: Any, operator_: str, right: Any) -> Any:
    """Names of other modules are equal to themselves; whether two are one thing isn't known."""
    same = left == right
    if operator_ in ("==", "is") and same:
        return True
    if operator_ in ("!=", "is not") and same:
        return False
    is_optional = any(isinstance(each, Dotted) and each.is_optional for each in (left, right))
    if (left is None or right is None) and not is_optional:  # what a name stands for is taken to be something
        return operator_ in ("!=", "is not")
    return Unknown(f"`{text_of(left)} {operator_} {text_of(right)}` is not followed")


_OPAQUE = (Dotted,)
