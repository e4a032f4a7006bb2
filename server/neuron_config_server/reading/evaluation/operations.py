"""What operators make of values, without a frame: pure functions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from typing import Any

from neuron_config_server.reading.evaluation.values import (
    MISSING,
    Builtin,
    Dotted,
    ExceptionValue,
    IteratorValue,
    Symbol,
    Unknown,
)

MAX_LENGTH = 10_000
"""Of a list or a string that code makes; no list of names is as long."""

_DIGITS = len(str(MAX_LENGTH)) - 1
_MOST_BITS = 4096
"""Of the numbers that are computed with."""
_MAX_SHOWN = 50
_MAX_NESTED = 5
"""Of a list in a condition that is shown."""


class CannotFollowError(Exception):
    """The code does something that isn't followed; the message is the reason, for people."""


class RaisedError(Exception):
    """The code raises an exception.

    Args:
        exception: where the code made it itself.
    """

    def __init__(self, kind: str, message: str, exception: ExceptionValue | None = None) -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.exception = exception


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
_IN_PLACE: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.iadd,
    "*": operator.imul,
    "|": operator.ior,
    "&": operator.iand,
    "^": operator.ixor,
    "-": operator.isub,
}
_PLAIN = (type(None), bool, int, float, complex, str, bytes, range, type(...))
VIEWS = (KeysView, ValuesView, ItemsView)
SETS = (set, frozenset)
_CONTAINERS = (list, tuple, set, frozenset, dict, *VIEWS)
_ERRORS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RuntimeError, AssertionError)
_MOST_PARTS = 20_000
"""Of a value that is compared, hashed or written as a whole; lists in lists can have any number."""


def binary(left: Any, operator_: str, right: Any) -> Any:
    """``left operator right``."""
    if operator_ == "+" and (_is_list(left) or _is_list(right)):
        return _added(left, right)
    if is_undecided(left) or is_undecided(right):
        return _symbolic(left, operator_, right, _BINARY[operator_])
    is_repeated = operator_ == "*" and (_is_list(left) or _is_list(right))
    if not is_repeated and not (is_plain_data(left) and is_plain_data(right)):
        return Unknown(f"`{operator_}` of something that is not all known")
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
    if operator_ == "%" and isinstance(left, (str, bytes)) and (has_open_order(right) or is_wide(str(left))):
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
    if operator_ in ("in", "not in") and isinstance(right, _CONTAINERS):
        return _contained(left, operator_, right)
    if isinstance(left, Builtin) and isinstance(right, Builtin):
        return (left == right) is (operator_ in ("==", "is"))
    if isinstance(left, Dotted) or isinstance(right, Dotted):
        return _compare_opaque(left, operator_, right)
    if operator_ in ("is", "is not"):
        is_up_to_python = isinstance(left, (str, bytes, int, float)) and not isinstance(left, bool)
        if is_up_to_python and type(left) is type(right) and left == right:
            return Unknown("whether equal values are one object is up to Python")
        return native(_COMPARE[operator_], left, right)
    if not (is_plain_data(left) and is_plain_data(right)):
        is_same = left is right and operator_ == "==" and not has_unknown(left)
        return True if is_same else Unknown("not everything that is compared is known")
    return native(_COMPARE[operator_], left, right)


def _contained(left: Any, operator_: str, right: Any) -> Any:
    is_hashed = isinstance(right, (dict, *SETS, KeysView))
    if is_hashed and not is_hashable(left):
        raise RaisedError("TypeError", f"unhashable type: '{type(left).__name__}'")
    if is_plain_data(left) and is_plain_data(right):
        return native(_COMPARE[operator_], left, right)
    if isinstance(right, ItemsView):
        return Unknown("not every element is known")
    elements = [
        each for each in right if type(each) is type(left) and is_plain_data(each) is is_plain_data(left)
    ]
    if any(each is left or (is_plain_data(left) and each == left) for each in elements) or (
        isinstance(left, Dotted) and left in elements
    ):
        return operator_ == "in"
    keys = list(right)
    if is_plain_data(left) and all(map(is_plain_data, keys)):  # only the values of a dictionary are open
        return operator_ == "not in"
    return Unknown("not every element is known")


def changed_in_place(left: Any, operator_: str, right: Any) -> Any:
    """``left operator= right`` of a list, a set or a dictionary, which stays the same object; Unknown, and
    nothing changed, where that isn't followed.

    Raises:
        RaisedError: it raises.
    """
    if isinstance(left, list) and operator_ == "*":
        if not isinstance(right, int):
            return (
                Unknown("how often isn't known")
                if not is_plain_data(right)
                else native(operator.imul, left, right)
            )
        _check_length(left, right)
    elif not (is_plain_data(left) and is_plain_data(right)) and not (
        isinstance(left, dict) and isinstance(right, dict) and operator_ == "|"
    ):
        return Unknown("an operator is not followed")
    function = _IN_PLACE.get(operator_)
    return native(function, left, right) if function is not None else Unknown("an operator is not followed")


def is_wide(format_: str) -> bool:
    """Whether a format asks for more characters than are followed, or may."""
    return (
        any(len(digits) > _DIGITS for digits in re.findall(r"\d+", format_))
        or re.search(r"%[^a-zA-Z%]*\*|\{[^{}]*:[^{}]*\{", format_) is not None
    )


def is_plain_data(value: Any) -> bool:
    """Whether a value is Python's own through and through, and not larger than is worked with."""
    if isinstance(value, _PLAIN):
        return True
    waiting, seen = [value], 0
    while waiting:
        each = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            return False
        if isinstance(each, dict):
            waiting += each.keys()
            waiting += each.values()
        elif isinstance(each, _CONTAINERS):
            waiting += each
        elif not isinstance(each, _PLAIN):
            return False
    return True


def has_open_order(value: Any) -> bool:
    """Whether writing a value out would show the order of a set, which is up to Python."""
    if isinstance(value, SETS):
        return len(value) > 1 or any(map(has_open_order, value))
    if isinstance(value, dict):
        return any(map(has_open_order, (*value.keys(), *value.values())))
    return isinstance(value, (list, tuple, *VIEWS)) and any(map(has_open_order, value))


def is_hashable(value: Any) -> bool:
    """Whether Python can hash it; what isn't known is taken to be."""
    waiting, seen = [value], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, (list, dict, set, *VIEWS)):
            return False
        if isinstance(each, tuple) and id(each) not in seen:
            seen.add(id(each))
            waiting += each
    return True


def is_undecided(value: Any) -> bool:
    return isinstance(value, (Symbol, Unknown))


def has_unknown(value: Any) -> bool:
    """Whether a container holds something that isn't known, at its first level."""
    if isinstance(value, dict):
        return any(is_undecided(each) for pair in value.items() for each in pair)
    return isinstance(value, _CONTAINERS) and any(is_undecided(each) for each in value)


def holds(left: Any, operator_: str, right: Any) -> bool | None:
    """Whether a comparison of known values is true; None if it raises."""
    try:
        return bool(_COMPARE[operator_](left, right))
    except _ERRORS:
        return None


def native(function: Callable[..., Any], *values: Any) -> Any:
    """What Python's own function makes of known values.

    Raises:
        RaisedError: it raises.
    """
    try:
        return function(*values)
    except RecursionError:
        raise
    except MemoryError:
        raise CannotFollowError("it needs more memory than is given to it") from None
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
    if isinstance(value, SETS) and value and is_plain_data(value):
        inner = ", ".join(sorted(text_of(each, depth + 1) for each in value))
        return f"{{{inner}}}" if isinstance(value, set) else f"frozenset({{{inner}}})"
    if isinstance(value, (tuple, list)):
        if len(value) > _MAX_SHOWN:
            return "…"
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
        _compared(left, operator_, right),
        operator_ in _COMPARE,
        tuple(part for symbol in symbols for part in symbol.parts or (symbol,)),
    )


def _compared(left: Any, operator_: str, right: Any) -> tuple[str, str, Any] | None:
    """The symbol of a comparison with a constant, how it is compared, and the constant."""
    if isinstance(right, Symbol) and operator_ in _MIRRORED:
        left, operator_, right = right, _MIRRORED[operator_], left
    if not isinstance(left, Symbol) or operator_ not in _MIRRORED or not _is_plain(right):
        return None
    is_number = isinstance(right, (int, float))
    return (left.text, operator_, right) if operator_ == "==" or is_number else None


_MIRRORED = {"==": "==", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


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


def truth_of(value: Any) -> bool | None:
    """What ``bool(value)`` is; None if that can't be told."""
    if isinstance(value, dict) and any(is_undecided(key) for key in value):
        return True if any(not is_undecided(key) for key in value) else None
    if isinstance(value, (list, tuple, set, frozenset)):
        many = sum(isinstance(each, Unknown) and each.is_many for each in value)
        return None if many and many == len(value) else bool(value)
    if isinstance(value, (*_PLAIN, *VIEWS, dict)):
        return bool(value)
    return True if isinstance(value, IteratorValue) else None


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
