"""What Python's own operators, functions and methods make of known values, within bounds of size."""

from __future__ import annotations

import ast
import copy
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from neuron_config_server.catalog.configs.objects import ClassValue, Instance
from neuron_config_server.catalog.configs.values import CannotTellError, Method, Unknown, is_hidden

_MAX_SIZE = 20_000
"""Of a sequence that an operation may make."""
_MAX_EXPONENT = 200
_MAX_NUMBER = 10**12
"""Of an operand of ``*``, ``**`` and ``<<``."""

_FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError)
"""What an operation on known values may raise; the real constructor would raise it too."""

_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
}

_READING: Mapping[type, frozenset[str]] = {
    dict: frozenset({"get", "items", "keys", "values", "copy"}),
    list: frozenset({"index", "count", "copy"}),
    tuple: frozenset({"index", "count"}),
    set: frozenset({"union", "intersection", "difference", "issubset", "issuperset", "copy"}),
    str: frozenset(
        {"lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "split", "rsplit", "join"}
        | {"startswith", "endswith", "removeprefix", "removesuffix", "index", "find", "count", "isdigit"}
    ),
    int: frozenset({"bit_length"}),
    float: frozenset({"is_integer"}),
}
_CHANGING: Mapping[type, frozenset[str]] = {
    dict: frozenset({"pop", "update", "setdefault", "clear"}),
    list: frozenset({"append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear"}),
    set: frozenset({"add", "update", "discard", "remove", "clear"}),
}

BUILTINS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "bool": bool,
    "dict": dict,
    "divmod": divmod,
    "enumerate": lambda *args, **kwargs: list(enumerate(*args, **kwargs)),
    "float": float,
    "frozenset": frozenset,
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "range": range,
    "reversed": lambda items: list(reversed(items)),
    "round": round,
    "set": set,
    "sorted": sorted,
    "str": str,
    "sum": sum,
    "tuple": tuple,
    "zip": lambda *args: list(zip(*args)),
    "OrderedDict": dict,
    "deepcopy": copy.deepcopy,
    "copy.deepcopy": copy.deepcopy,
    "copy.copy": copy.copy,
    **{
        f"math.{name}": getattr(math, name)
        for name in ("ceil", "floor", "sqrt", "log", "log2", "prod", "gcd")
    },
}
"""Those that change nothing; what yields its items one by one gives them as a list."""
IMPORTED_BUILTINS = frozenset({"OrderedDict", "deepcopy", "copy.deepcopy", "copy.copy"})

_KEEPING_ORDER = frozenset({"list", "tuple", "enumerate", "zip", "str", "reversed", "dict", "copy.copy"})


def usable(value: Any) -> Any:
    """The value itself.

    Raises:
        CannotTellError: it isn't known, or is a container whose items aren't.
    """
    if isinstance(value, Unknown) or is_hidden(value):
        raise CannotTellError
    return value


def operate(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The outcome of an operation on known values.

    Raises:
        CannotTellError: it depends on what isn't known, or the operation fails.
    """
    if any(is_hidden(each) for each in (*args, *kwargs.values())):
        raise CannotTellError
    try:
        return function(*args, **kwargs)
    except _FAILURES as error:
        raise CannotTellError(str(error)) from error


def combined(op: ast.operator | ast.unaryop, *operands: Any) -> Any:
    """The outcome of an arithmetical operator.

    Raises:
        CannotTellError: it can't be told, or would be too large.
    """
    if len(operands) == 2:
        _refuse_excess(op, *operands)
    return operate(_OPERATORS[type(op)], *operands)


def compared(op: ast.cmpop, left: Any, right: Any) -> Any:
    """The outcome of a comparison; of ``is`` only with None, booleans, classes and objects."""
    if not isinstance(op, (ast.Is, ast.IsNot)):
        return operate(_OPERATORS[type(op)], left, right)
    for each, other in ((left, right), (right, left)):
        has_identity = each is None or isinstance(each, (bool, Instance, ClassValue))
        if has_identity and type(other) is not Unknown:
            return (left is right) is isinstance(op, ast.Is)
    raise CannotTellError


def call_builtin(name: str, args: list[Any], keywords: dict[str, Any]) -> Any:
    """The outcome of a function of Python's own.

    Raises:
        CannotTellError: it can't be told, or would be too large.
    """
    if name in _KEEPING_ORDER and any(isinstance(each, (set, frozenset)) for each in args):
        raise CannotTellError  # the order of a set is an accident
    if name == "range" and any(isinstance(each, int) and abs(each) > _MAX_SIZE for each in args):
        raise CannotTellError
    return operate(BUILTINS[name], *args, **keywords)


def call_method(method: Method, args: list[Any], keywords: dict[str, Any]) -> Any:
    """The outcome of a method of a value of Python's own.

    Raises:
        CannotTellError: it can't be told, or would be too large.
    """
    receiver, name = method.receiver, method.name
    known = {*_READING.get(type(receiver), ()), *_CHANGING.get(type(receiver), ())}
    if name not in known or any(_size(each) * (_size(receiver) + 1) > _MAX_SIZE**2 / 100 for each in args):
        raise CannotTellError
    if name == "pop" and receiver == {} and len(args) == 2:
        return args[1]  # whatever the key is
    found = operate(getattr(usable(receiver), name), *args, **keywords)
    return list(found) if name in ("items", "keys", "values") else found


def may_change(method: Method) -> bool:
    """Whether calling the method may change its receiver."""
    return method.name not in _READING.get(type(method.receiver), ())


def _refuse_excess(op: ast.operator | ast.unaryop, left: Any, right: Any) -> None:
    """No operation may take long or make something large."""
    if isinstance(op, ast.Mod) and isinstance(left, str):
        raise CannotTellError
    if isinstance(op, ast.Add) and _size(left) + _size(right) > _MAX_SIZE:
        raise CannotTellError
    if not isinstance(op, (ast.Mult, ast.Pow, ast.LShift)):
        return
    if any(isinstance(each, (int, float)) and abs(each) > _MAX_NUMBER for each in (left, right)):
        raise CannotTellError
    if not isinstance(op, ast.Mult) and isinstance(right, int) and right > _MAX_EXPONENT:
        raise CannotTellError
    for sequence, times in ((left, right), (right, left)):
        if isinstance(times, int) and _size(sequence) * times > _MAX_SIZE:
            raise CannotTellError


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (list, tuple, str, dict, set)) else 0
