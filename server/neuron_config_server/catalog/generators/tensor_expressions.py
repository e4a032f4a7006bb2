"""One way through a generator's code: what its expressions are worth."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from neuron_config_server.catalog.generators.methods import Method
from neuron_config_server.catalog.generators.tensors import (
    OPAQUE,
    Circumstances,
    NormalizedConfig,
    Opaque,
    Size,
    Tensor,
    computed,
)
from neuron_config_server.catalog.method_parameters import scalar_value
from neuron_config_server.catalog.source import ClassSource

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Pow: "**",
    ast.Mod: "%",
}
_DTYPES_OF_TORCH = frozenset(
    ("bool", "int", "int8", "int16", "int32", "int64", "long", "float", "float16", "float32", "bfloat16")
)


class LostError(Exception):
    """The code isn't followed."""


class RaisesError(Exception):
    """The code raises an exception."""


@dataclass(frozen=True)
class Frame:
    """A method that is being followed."""

    method: Method
    names: dict[str, Any]

    def is_self(self, node: ast.AST) -> bool:
        arguments = [*self.method.node.args.posonlyargs, *self.method.node.args.args]
        return isinstance(node, ast.Name) and bool(arguments) and node.id == arguments[0].arg


class Expressions:
    """Evaluates expressions."""

    frame: Frame

    def __init__(
        self, order: Sequence[ClassSource], circumstances: Circumstances, script: tuple[bool, ...]
    ) -> None:
        """On one way.

        Args:
            script: what is decided where the circumstances leave a condition open; yes, behind its end.
        """
        self.order = order
        self.circumstances = circumstances
        self.decisions: tuple[bool, ...] = ()
        self.attributes: dict[str, Any] = {}
        self.frame = None  # ty: ignore[invalid-assignment]
        self._script = script

    def call(self, node: ast.Call) -> Any:
        raise NotImplementedError

    def decide(self) -> bool:
        """Take one of both ways."""
        place = len(self.decisions)
        outcome = self._script[place] if place < len(self._script) else True
        self.decisions = (*self.decisions, outcome)
        return outcome

    def is_true(self, node: ast.expr) -> bool:
        value = self.value(node)
        if isinstance(value, (bool, int, str, type(None), tuple)):
            return bool(value)
        return True if isinstance(value, Tensor) else self.decide()

    def value(self, node: ast.expr) -> Any:
        evaluate = getattr(self, f"_{type(node).__name__.lower()}", None)
        return evaluate(node) if evaluate is not None else OPAQUE

    def elements(self, nodes: Sequence[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if not isinstance(node, ast.Starred):
                found.append(self.value(node))
                continue
            value = self.value(node.value)
            if not isinstance(value, tuple):
                raise LostError
            found += value
        return found

    def attribute(self, owner: Any, name: str) -> Any:
        """What ``owner.name`` is."""
        if isinstance(owner, NormalizedConfig):
            if name == "config" and not owner.is_raw:
                return NormalizedConfig(is_raw=True)
            found = self.circumstances.attribute(name, owner.is_raw)
            if found.is_there is False:
                raise RaisesError
            paths = ((name, found.path),)
            if isinstance(found.default, (list, tuple)):
                return tuple(Size(f"{name}[{place}]", paths) for place in range(len(found.default)))
            is_size = found.default is ... or isinstance(found.default, int)
            return Size(name, paths) if is_size and not isinstance(found.default, bool) else OPAQUE
        if isinstance(owner, Size) and owner.is_atom and not owner.paths:
            return Size(f"{owner.text}.{name}")
        return OPAQUE

    def is_instance(self, value: Any, types: str) -> bool:
        """Whether a value is an instance of types, as they are written."""
        names = {each.strip().rpartition(".")[2] for each in types.strip("()").split(",")}
        ancestors = self.circumstances.normalized_ancestors
        if isinstance(value, NormalizedConfig) and not value.is_raw and ancestors is not None:
            return not names.isdisjoint(ancestors)
        if isinstance(value, (tuple, int, str, type(None))):
            kinds = {"list", "tuple"} if isinstance(value, tuple) else {type(value).__name__}
            return not names.isdisjoint(kinds)
        if isinstance(value, Size) and names <= {"tuple", "list"} and self._is_surely_number(value):
            return False
        return self.decide()

    def _is_surely_number(self, value: Size) -> bool:
        """Whether it is an axis, or a number in the model's config by default."""
        return all(
            isinstance(self.circumstances.attribute(path, True).default, int) for _, path in value.paths
        )

    def _call(self, node: ast.Call) -> Any:
        return self.call(node)

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id in self.frame.names:
            return self.frame.names[node.id]
        value, is_known = scalar_value(node, self.frame.method.module)
        return value if is_known else OPAQUE

    def _attribute(self, node: ast.Attribute) -> Any:
        if self.frame.is_self(node.value):
            return self.attributes.get(node.attr, OPAQUE)
        if isinstance(node.value, ast.Name) and node.value.id == "torch":
            return node.attr if node.attr in _DTYPES_OF_TORCH else OPAQUE
        return self.attribute(self.value(node.value), node.attr)

    def _tuple(self, node: ast.Tuple | ast.List) -> Any:
        return tuple(self.elements(node.elts))

    _list = _tuple

    def _binop(self, node: ast.BinOp) -> Any:
        return computed(self.value(node.left), _SIGNS.get(type(node.op), ""), self.value(node.right))

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return not self.is_true(node.operand)
        value = self.value(node.operand)
        return -value if isinstance(node.op, ast.USub) and isinstance(value, int) else OPAQUE

    def _boolop(self, node: ast.BoolOp) -> Any:
        is_and = isinstance(node.op, ast.And)
        for part in node.values[:-1]:
            if self.is_true(part) is not is_and:
                return self.value(part) if not is_and else False
        return self.value(node.values[-1])

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.is_true(node.test) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:
        owner = self.value(node.value)
        if not isinstance(owner, tuple):
            is_local = isinstance(node.value, ast.Name) and node.value.id in self.frame.names
            value, is_known = (OPAQUE, False) if is_local else scalar_value(node, self.frame.method.module)
            return value if is_known else OPAQUE
        index = node.slice
        if isinstance(index, ast.Slice):
            bounds = [None if each is None else self.value(each) for each in (index.lower, index.upper)]
            is_plain = index.step is None and all(each is None or isinstance(each, int) for each in bounds)
            return owner[slice(*bounds)] if is_plain else OPAQUE
        place = self.value(index)
        if not isinstance(place, int):
            return OPAQUE
        if not -len(owner) <= place < len(owner):
            raise RaisesError
        return owner[place]

    def _compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        right = self.value(node.comparators[0])
        if len(node.ops) > 1 or isinstance(left, Opaque) or isinstance(right, Opaque):
            return self.decide()
        sign = node.ops[0]
        if isinstance(sign, (ast.Is, ast.IsNot)) and right is None:
            return (left is None) is isinstance(sign, ast.Is)
        if not _is_plain(left) or not _is_plain(right):
            return self.decide()
        if isinstance(sign, (ast.Eq, ast.NotEq)):
            return (left == right) is isinstance(sign, ast.Eq)
        if isinstance(sign, (ast.In, ast.NotIn)) and isinstance(right, (str, tuple)):
            return (left in right) is isinstance(sign, ast.In)
        return self.decide()


def _is_plain(value: Any) -> bool:
    """Whether it is Python's own value, through and through."""
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return isinstance(value, (str, int, float, type(None)))
