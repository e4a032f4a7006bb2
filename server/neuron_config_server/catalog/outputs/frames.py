"""Calls that are being followed, and their variables."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from neuron_config_server.catalog.outputs.syntax import is_starred, string_in
from neuron_config_server.catalog.outputs.torch_names import PARAMETERS
from neuron_config_server.catalog.outputs.values import (
    MAYBE_TENSOR,
    NONE,
    SOMETHING,
    TENSOR,
    TENSORS,
    UNKNOWN,
    Instance,
    OutputValue,
    TupleValue,
    Value,
    joined,
)
from neuron_config_server.catalog.source import ClassSource, ModuleSource

Names = dict[str, Value]


@dataclass
class Frame:
    """A call that is being followed."""

    module: ModuleSource
    owner: ClassSource | None
    self: Instance | None
    returned: list[Value] = field(default_factory=list)
    is_init: bool = False
    jumps: list[Names] = field(default_factory=list)
    """Variables at each ``break`` and ``continue`` of the loop."""


def assign(target: ast.expr, value: Value, names: Names, frame: Frame) -> None:
    """``target = value``."""
    if isinstance(target, ast.Name):
        names[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)):
        for each, item in zip(target.elts, _unpacked(value, target.elts)):
            assign(each, item, names, frame)
    elif isinstance(target, ast.Starred):
        assign(target.value, SOMETHING, names, frame)
    elif isinstance(target, (ast.Attribute, ast.Subscript)) and isinstance(target.value, ast.Name):
        _assign_part(target, target.value.id, value, names, frame)
    elif isinstance(target, ast.Attribute) and target.attr not in PARAMETERS and value is not TENSOR:
        rebind(target.value, UNKNOWN, names)  # ``self.encoder.pooler = None``


def _assign_part(
    target: ast.Attribute | ast.Subscript, of: str, value: Value, names: Names, frame: Frame
) -> None:
    """``outputs.loss = …``, ``outputs["loss"] = …``, ``self.pooler = …``, ``kwargs["x"] = …``."""
    whole = names.get(of)
    part = target.attr if isinstance(target, ast.Attribute) else string_in(target.slice)
    if isinstance(whole, Instance) and isinstance(target, ast.Attribute):
        # Outside __init__ it may have been another one, and another call may come first.
        names[f"{of}.{part}"] = value if frame.is_init else UNKNOWN
    elif isinstance(whole, OutputValue) and part is not None:
        names[of] = whole.with_field(part, value)
    elif whole is not None and whole not in (TENSOR, MAYBE_TENSOR):
        names[of] = SOMETHING  # None has no parts


def rebind(place: ast.expr, value: Value, names: Names) -> None:
    """``layers.append(…)`` or ``self.layers.append(…)``: the list is another one now."""
    if isinstance(place, ast.Name):
        names[place.id] = value
    elif isinstance(place, ast.Attribute) and isinstance(place.value, ast.Name):
        names[f"{place.value.id}.{place.attr}"] = value


def _unpacked(value: Value, targets: Sequence[ast.expr]) -> Sequence[Value]:
    """A value for each target of ``a, b = value``."""
    if isinstance(value, OutputValue):
        return [UNKNOWN] * len(targets)  # iterating over one yields its keys
    if isinstance(value, TupleValue) and not any(is_starred(each) for each in targets):
        return [*value.items, *[UNKNOWN] * len(targets)][: len(targets)]
    return [TENSOR if value in (TENSOR, TENSORS) else UNKNOWN] * len(targets)


def become(names: Names, ends: Sequence[Names]) -> None:
    """Variables where several ways meet.

    One that only some of them bind has their value, else using it would fail.
    """
    met: Names = {}
    for name in dict.fromkeys(name for end in ends for name in end):
        values = [end[name] for end in ends if name in end]
        met[name] = joined(values)
    if ends:
        names.clear()
        names.update(met)


def learn(test: ast.expr, outcome: bool, names: Names) -> None:
    """Narrow variables to what they are where a condition came out so."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        learn(test.operand, not outcome, names)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) is outcome:
        for operand in test.values:
            learn(operand, outcome, names)
    elif isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        compared, operator = test.comparators[0], test.ops[0]
        is_with_none = isinstance(compared, ast.Constant) and compared.value is None
        if is_with_none and isinstance(operator, (ast.Is, ast.IsNot)):
            _learn_none(test.left.id, isinstance(operator, ast.Is) is outcome, names)


def learn_from_use(node: ast.Attribute | ast.Subscript, names: Names) -> None:
    """Where ``outputs.logits`` or ``outputs[0]`` has a value, ``outputs`` isn't None."""
    is_of_any = isinstance(node, ast.Attribute) and node.attr.startswith("__")
    if isinstance(node.value, ast.Name) and node.value.id in names and not is_of_any:
        _learn_none(node.value.id, False, names)


def _learn_none(name: str, is_none: bool, names: Names) -> None:
    value = names.get(name, UNKNOWN)
    if is_none:
        names[name] = NONE
    elif value in (MAYBE_TENSOR, UNKNOWN):
        names[name] = TENSOR if value is MAYBE_TENSOR else SOMETHING
