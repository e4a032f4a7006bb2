"""The value of an expression in a model's source."""

from __future__ import annotations

import ast

from neuron_config_server.catalog.outputs.arguments import FLAGS
from neuron_config_server.catalog.outputs.frames import Frame, Names, assign, learn, learn_from_use
from neuron_config_server.catalog.outputs.operators import (
    are_constants,
    combined,
    contained,
    item_of,
    negated,
    same,
)
from neuron_config_server.catalog.outputs.syntax import is_starred, is_super, string_in
from neuron_config_server.catalog.outputs.torch_names import TENSOR_ATTRIBUTES
from neuron_config_server.catalog.outputs.values import (
    MAYBE_TENSOR,
    NONE,
    SOMETHING,
    TENSOR,
    TENSOR_MODULE,
    TENSORS,
    UNKNOWN,
    Chain,
    Choice,
    ClassValue,
    Instance,
    ListValue,
    OutputValue,
    TupleValue,
    Value,
    constant,
    element_of,
    join,
    joined,
    truth,
)
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources

_MOST_STEPS = 20_000
"""Statements and calls; T5 needs 2,000."""
ROUNDS = 3
"""Of a loop's body until its variables settle; those that don't become unknown."""


class TooLongError(Exception):
    """The model takes more steps than one question may."""


class Expressions:
    """Evaluates expressions; what calls and attributes of modules are is a subclass's affair."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._steps = 0

    def value(self, node: ast.expr, names: Names, frame: Frame) -> Value:
        if isinstance(node, ast.Constant):
            value = node.value
            return constant(value) if isinstance(value, (bool, int, str, type(None))) else SOMETHING
        if isinstance(node, ast.Name):
            return names[node.id] if node.id in names else _global(node.id, frame.module)
        if isinstance(node, ast.Tuple):
            if any(is_starred(each) for each in node.elts):
                return SOMETHING
            return TupleValue(tuple(self.value(each, names, frame) for each in node.elts))
        if isinstance(node, ast.Attribute):
            found = self.attribute(node, names, frame)
            learn_from_use(node, names)
            return found
        if isinstance(node, ast.Subscript):
            found = self._subscript(node, names, frame)
            learn_from_use(node, names)
            return found
        if isinstance(node, ast.Call):
            return self.call(node, names, frame)
        if isinstance(node, ast.IfExp):
            return self._conditional(node, names, frame)
        return self._operation(node, names, frame)

    def element(self, iterated: ast.expr, names: Names, frame: Frame) -> Value:
        """What a loop's variable holds."""
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
            inner = [self.element(each, names, frame) for each in iterated.args if not is_starred(each)]
            if iterated.func.id == "enumerate" and inner:
                return TupleValue((SOMETHING, inner[0]))
            if iterated.func.id == "zip" and len(inner) == len(iterated.args):
                return TupleValue(tuple(inner))
        value = self.value(iterated, names, frame)
        if isinstance(value, Chain):
            return joined([element_of(each) for each in value.links]) if value.links else UNKNOWN
        if isinstance(value, ListValue):
            return element_of(value)
        if isinstance(value, TupleValue) and value.items and value.is_whole:
            return joined(value.items)
        return TENSOR if value in (TENSOR, TENSORS) else UNKNOWN

    def count_step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise TooLongError

    # Overridden where calls are followed.

    def call(self, node: ast.Call, names: Names, frame: Frame) -> Value:
        raise NotImplementedError

    def attribute_of(self, instance: Instance, name: str) -> Value:
        raise NotImplementedError

    def bound_method(self, instance: Instance | None, name: str, behind: ClassSource | None) -> Value:
        raise NotImplementedError

    # One method for each form of expression.

    def attribute(self, node: ast.Attribute, names: Names, frame: Frame) -> Value:
        if node.attr in FLAGS and ast.unparse(node.value).endswith("config"):
            return FLAGS[node.attr]
        if isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in names:
            return names[f"{node.value.id}.{node.attr}"]
        if is_super(node.value):
            return self.bound_method(frame.self, node.attr, frame.owner)
        value = self.value(node.value, names, frame)
        if isinstance(value, OutputValue):
            return value.of(node.attr)
        if isinstance(value, Instance):
            return self.attribute_of(value, node.attr)
        if isinstance(value, Choice) and all(
            isinstance(each, Instance) or each == NONE for each in value.options
        ):
            instances = [each for each in value.options if isinstance(each, Instance)]
            return joined([self.attribute_of(each, node.attr) for each in instances])
        if value is TENSOR:
            return TENSOR if node.attr in TENSOR_ATTRIBUTES else SOMETHING
        return UNKNOWN

    def _subscript(self, node: ast.Subscript, names: Names, frame: Frame) -> Value:
        if isinstance(node.value, ast.Name) and node.value.id.startswith("ACT2"):
            return TENSOR_MODULE
        value = self.value(node.value, names, frame)
        if value in (TENSOR, MAYBE_TENSOR):
            return TENSOR
        if isinstance(value, ListValue):
            return value if isinstance(node.slice, ast.Slice) else element_of(value)
        if value is TENSORS:
            return TENSORS if isinstance(node.slice, ast.Slice) else TENSOR
        if isinstance(value, OutputValue) and (key := string_in(node.slice)) is not None:
            return value.of(key)
        return item_of(value, node.slice)

    def _operation(self, node: ast.expr, names: Names, frame: Frame) -> Value:
        if isinstance(node, ast.BoolOp):
            return self._short_circuit(node, names, frame)
        if isinstance(node, ast.BinOp):
            return combined(
                self.value(node.left, names, frame), node.op, self.value(node.right, names, frame)
            )
        if isinstance(node, ast.UnaryOp):
            return negated(node.op, self.value(node.operand, names, frame))
        if isinstance(node, ast.Compare):
            return self._compared(node, names, frame)
        if isinstance(node, ast.NamedExpr):
            value = self.value(node.value, names, frame)
            assign(node.target, value, names, frame)
            return value
        if isinstance(node, (ast.List, ast.ListComp, ast.GeneratorExp)):
            return self._listed(node, names, frame)
        is_built = (ast.Dict, ast.Set, ast.DictComp, ast.SetComp, ast.JoinedStr)
        return SOMETHING if isinstance(node, is_built) else UNKNOWN

    def _conditional(self, node: ast.IfExp, names: Names, frame: Frame) -> Value:
        outcome = truth(self.value(node.test, names, frame))
        if outcome is not None:
            return self.value(node.body if outcome else node.orelse, names, frame)
        then, otherwise = dict(names), dict(names)
        learn(node.test, True, then)
        learn(node.test, False, otherwise)
        return join(self.value(node.body, then, frame), self.value(node.orelse, otherwise, frame))

    def _short_circuit(self, node: ast.BoolOp, names: Names, frame: Frame) -> Value:
        decisive = isinstance(node.op, ast.Or)
        possible: list[Value] = []
        narrowed = dict(names)
        for operand in node.values:
            value = self.value(operand, narrowed, frame)
            outcome = truth(value)
            if outcome is decisive:
                # The expression's truth is that of this operand, whichever operand its value comes from.
                return value if not possible else constant(decisive)
            learn(operand, not decisive, narrowed)
            possible.append(value)
        undecided = [value for value in possible if truth(value) is None]
        return UNKNOWN if undecided else possible[-1]

    def _compared(self, node: ast.Compare, names: Names, frame: Frame) -> Value:
        left, right = (self.value(each, names, frame) for each in (node.left, node.comparators[0]))
        operator = node.ops[0]
        if len(node.ops) > 1:
            return UNKNOWN
        if isinstance(operator, (ast.Is, ast.IsNot)):
            return same(left, right, isinstance(operator, ast.Is))
        if isinstance(operator, (ast.In, ast.NotIn)):
            return contained(left, right, isinstance(operator, ast.In))
        if TENSOR in (left, right):
            return TENSOR
        if isinstance(operator, (ast.Eq, ast.NotEq)) and are_constants(left, right):
            return constant((left == right) is isinstance(operator, ast.Eq))
        return UNKNOWN

    def _listed(self, items: ast.List | ast.ListComp | ast.GeneratorExp, names: Names, frame: Frame) -> Value:
        if isinstance(items, ast.List):
            if any(is_starred(each) for each in items.elts):
                return ListValue(UNKNOWN)
            values = [self.value(each, names, frame) for each in items.elts]
            return ListValue(joined(values) if values else None)
        inside = dict(names)
        for generator in items.generators:
            assign(generator.target, self.element(generator.iter, inside, frame), inside, frame)
        return ListValue(self.value(items.elt, inside, frame))


def _global(name: str, module: ModuleSource) -> Value:
    found = module.classes.get(name)
    return ClassValue(ClassSource(module, found)) if found is not None else UNKNOWN
