"""The value of an expression in a config's source, as far as it can be told without running it."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from neuron_config_server.catalog.configs.frames import Frame, Frames
from neuron_config_server.catalog.configs.names import Names
from neuron_config_server.catalog.configs.objects import Instance
from neuron_config_server.catalog.configs.operators import combined, compared, operate, usable
from neuron_config_server.catalog.configs.values import CannotTellError, Opaque, Unknown

_MAX_STEPS = 60_000
"""A constructor of transformers takes 300 to 5,000."""
_ITEMS_PER_STEP = 8
_MAX_DEPTH = 25


class RefusedError(Exception):
    """Called like this, the code raises an exception whatever way it takes."""


class NotFollowedError(Exception):
    """The constructor does more, or other things, than can be followed."""


class Expressions:
    """Evaluates expressions in the innermost of its frames; calls of functions are a subclass's affair."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.frames = Frames()
        self._steps = 0

    def value(self, node: ast.expr) -> Any:
        """The value, or an Unknown. Calls and ``:=`` in it take effect on the frames."""
        self.count_step()
        evaluate = self._BY_TYPE.get(type(node))
        try:
            found = evaluate(self, node) if evaluate is not None else Unknown()
        except CannotTellError:
            return Unknown()
        if isinstance(found, (list, tuple, str)):
            self.count_step(len(found) // _ITEMS_PER_STEP)
        return found

    def truth(self, value: Any) -> bool | None:
        """Whether a condition holds; None if it can't be told."""
        if isinstance(value, Opaque):
            return None if isinstance(value, Instance) and value.class_.has_own_truth else True
        try:
            return bool(usable(value))
        except CannotTellError:
            return None

    def either(self, one: Callable[[], Any], other: Callable[[], Any]) -> Any:
        """The joined value and effect of two ways to go on, where it can't be told which one is taken."""
        there, kept = self.frames.fork(), self.frames[-1].returned
        try:
            self.frames[-1].returned = one()
        except RefusedError:
            here, self.frames = self.frames, there
            value = other()
            self.frames = self.frames.back_in(here)
            return value
        here, self.frames = self.frames, there
        try:
            self.frames[-1].returned = other()
            self.frames = here.joined(self.frames)
        except RefusedError:
            self.frames = here
        value, self.frames[-1].returned = self.frames[-1].returned, kept
        return value

    def in_frame(self, frame: Frame, node: ast.expr) -> Any:
        """The value of an expression that stands elsewhere: a default, a class attribute, a global."""
        if len(self.frames) > _MAX_DEPTH:
            return Unknown()
        self.frames.append(frame)
        value = self.value(node)
        self.frames.pop()
        return value

    def count_step(self, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > _MAX_STEPS:
            raise NotFollowedError

    def items(self, value: Any) -> list[Any]:
        """What iterating yields.

        Raises:
            CannotTellError: the value or its size isn't known.
        """
        if isinstance(usable(value), (list, tuple, dict, range, str)):
            return list(value)
        raise CannotTellError

    # Overridden where functions are followed.

    def call(self, node: ast.Call) -> Any:
        raise CannotTellError

    def attribute(self, value: Any, name: str) -> Any:
        raise CannotTellError

    def assign(self, target: ast.expr, value: Any) -> None:
        raise CannotTellError

    # One method for each form of expression.

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        frame = self.frames[-1]
        if node.id in frame.names:
            return frame.names[node.id]
        found = self.names.in_class_body(frame.class_body, node.id) or self.names.in_module(
            frame.module, node.id
        )
        if isinstance(found, tuple):
            expression, place = found
            return self.in_frame(place, expression)
        return found if found is not None else Unknown(node.id)

    def _attribute(self, node: ast.Attribute) -> Any:
        return self.attribute(self.value(node.value), node.attr)

    def _subscript(self, node: ast.Subscript) -> Any:
        container, index = self.value(node.value), self.value(node.slice)
        return operate(operator.getitem, container, index)

    def _slice(self, node: ast.Slice) -> Any:
        return slice(*(self.value(each) if each else None for each in (node.lower, node.upper, node.step)))

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        items: list[Any] = []
        for each in node.elts:
            if isinstance(each, ast.Starred):
                items += self.items(self.value(each.value))
            else:
                items.append(self.value(each))
        if isinstance(node, ast.Set):
            return operate(set, items)
        return items if isinstance(node, ast.List) else tuple(items)

    def _dict(self, node: ast.Dict) -> Any:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values):
            if key is None:
                operate(found.update, self.value(value))
            else:
                name, item = self.value(key), self.value(value)
                operate(found.__setitem__, name, item)
        return found

    def _binary(self, node: ast.BinOp) -> Any:
        return combined(node.op, self.value(node.left), self.value(node.right))

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self.value(node.operand)
        if not isinstance(node.op, ast.Not):
            return combined(node.op, value)
        truth = self.truth(value)
        return Unknown() if truth is None else not truth

    def _boolean(self, node: ast.BoolOp) -> Any:
        return self._boolean_of(node.values, isinstance(node.op, ast.Or))

    def _boolean_of(self, operands: list[ast.expr], stops_at: bool) -> Any:
        first = self.value(operands[0])
        truth = self.truth(first)
        if len(operands) == 1 or truth is stops_at:
            return first
        if truth is not None:
            return self._boolean_of(operands[1:], stops_at)
        return self.either(lambda: first, lambda: self._boolean_of(operands[1:], stops_at))

    def _conditional(self, node: ast.IfExp) -> Any:
        truth = self.truth(self.value(node.test))
        if truth is None:
            return self.either(lambda: self.value(node.body), lambda: self.value(node.orelse))
        return self.value(node.body if truth else node.orelse)

    def _compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        for op, comparator in zip(node.ops, node.comparators):
            right = self.value(comparator)
            truth = self.truth(compared(op, left, right))
            if truth is None:
                raise CannotTellError
            if not truth:
                return False
            left = right
        return True

    def _walrus(self, node: ast.NamedExpr) -> Any:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value

    def _text(self, node: ast.JoinedStr) -> Any:
        parts = []
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                value = self.value(each.value)
                if each.format_spec is not None or each.conversion != -1 or isinstance(value, float):
                    raise CannotTellError
                parts.append(operate(str, value))
            elif isinstance(each, ast.Constant):
                parts.append(str(each.value))
        return "".join(parts)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Any:
        items = self._each(node.generators, lambda: self.value(node.elt))
        return operate(set, items) if isinstance(node, ast.SetComp) else items

    def _dict_comprehension(self, node: ast.DictComp) -> Any:
        return operate(
            dict, self._each(node.generators, lambda: (self.value(node.key), self.value(node.value)))
        )

    def _each(self, generators: list[ast.comprehension], value: Callable[[], Any]) -> list[Any]:
        """The value for each turn of the loops, whose variables are gone afterwards."""
        names = self.frames[-1].names
        before = dict(names)
        try:
            return [value() for _ in self._bindings(generators)]
        finally:
            for target in (node for each in generators for node in ast.walk(each.target)):
                if isinstance(target, ast.Name):
                    names.pop(target.id, None)
                    names.update({target.id: before[target.id]} if target.id in before else {})

    def _bindings(self, generators: list[ast.comprehension]) -> Iterator[None]:
        """Binds the loop variables to each of their values in turn."""
        if not generators:
            yield None
            return
        for item in self.items(self.value(generators[0].iter)):
            self.count_step()
            self.assign(generators[0].target, item)
            conditions = [self.truth(self.value(each)) for each in generators[0].ifs]
            if False in conditions:
                continue
            if None in conditions:
                raise CannotTellError
            yield from self._bindings(generators[1:])

    _BY_TYPE: ClassVar[dict[type[ast.expr], Callable[..., Any]]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.Slice: _slice,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _dict,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.BoolOp: _boolean,
        ast.IfExp: _conditional,
        ast.Compare: _compare,
        ast.NamedExpr: _walrus,
        ast.JoinedStr: _text,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _dict_comprehension,
        ast.Call: lambda self, node: self.call(node),
    }
