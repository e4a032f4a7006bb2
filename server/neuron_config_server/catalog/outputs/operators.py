"""What operators, comparisons and indices make of values."""

from __future__ import annotations

import ast
from dataclasses import replace

from neuron_config_server.catalog.outputs.arguments import FLAGS
from neuron_config_server.catalog.outputs.values import (
    MAYBE_TENSOR,
    NONE,
    SOMETHING,
    TENSOR,
    UNKNOWN,
    Constant,
    Keywords,
    OutputValue,
    TupleValue,
    Value,
    constant,
    is_none,
    truth,
)


def combined(left: Value, operator: ast.operator, right: Value) -> Value:
    if isinstance(left, TupleValue) and isinstance(operator, ast.Add):
        if not left.is_whole or not isinstance(right, TupleValue):
            return replace(left, is_whole=False)
        return replace(right, items=left.items + right.items)
    if isinstance(left, (TupleValue, Constant)) and isinstance(right, (TupleValue, Constant)):
        return SOMETHING
    return TENSOR if {left, right} & {TENSOR, MAYBE_TENSOR} else UNKNOWN


def negated(operator: ast.unaryop, value: Value) -> Value:
    if isinstance(operator, ast.Not):
        outcome = truth(value)
        return UNKNOWN if outcome is None else constant(not outcome)
    if isinstance(operator, ast.USub) and isinstance(value, Constant) and isinstance(value.value, int):
        return constant(-value.value)
    return TENSOR if value in (TENSOR, MAYBE_TENSOR) else UNKNOWN


def same(left: Value, right: Value, asked: bool) -> Value:
    """``left is right``, or ``is not``."""
    if right == NONE and is_none(left) is not None:
        return constant(is_none(left) is asked)
    return constant((left == right) is asked) if are_constants(left, right) else UNKNOWN


def contained(left: Value, right: Value, asked: bool) -> Value:
    """``"labels" in kwargs``: a plain call passes no flags."""
    if isinstance(right, Keywords) and isinstance(left, Constant):
        if left.value in dict(right.items):
            return constant(asked)
        if left.value in FLAGS or not right.is_open:
            return constant(not asked)
    return UNKNOWN


def are_constants(*values: Value) -> bool:
    return all(isinstance(value, Constant) for value in values)


def item_of(value: Value, index: ast.expr) -> Value:
    whole = value.as_tuple() if isinstance(value, OutputValue) else value
    if not isinstance(whole, TupleValue):
        return UNKNOWN
    if isinstance(index, ast.Slice):
        return _sliced(whole, index)
    place = _integer(index)
    if (
        place is None
        or place is False
        or not (-len(whole.items) * whole.is_whole <= place < len(whole.items))
    ):
        return UNKNOWN
    return whole.items[place]


def _sliced(value: TupleValue, index: ast.Slice) -> Value:
    lower, upper = (_integer(each) for each in (index.lower, index.upper))
    bounds = [each for each in (lower, upper) if each is not None]
    if index.step is not None or any(each is False for each in bounds):
        return SOMETHING
    if not value.is_whole and (any(each < 0 for each in bounds) or upper is not None):
        return SOMETHING
    return replace(value, items=value.items[lower:upper])


def _integer(node: ast.expr | None) -> int | None:
    """The integer of an index; None where there is none, False where it can't be told."""
    if node is None:
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _integer(node.operand)
        return False if inner is False or inner is None else -inner
    is_integer = isinstance(node, ast.Constant) and type(node.value) is int
    return node.value if is_integer else False
