"""What expressions in a generator depend on, and what they read; calls are a subclass's affair."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from neuron_config_server.catalog.generators.asked_attributes import asked_attribute
from neuron_config_server.catalog.generators.methods import Method, find_method
from neuron_config_server.catalog.generators.needs import Phase
from neuron_config_server.catalog.generators.values import NOTHING, Value
from neuron_config_server.catalog.generators.walk_state import WalkState


class ValueWalk(WalkState):
    """Goes through expressions."""

    def call(self, node: ast.Call) -> Value:
        """What a call gives."""
        raise NotImplementedError

    def enter(
        self, method: Method, positional: list[Value], keywords: Mapping[str, Value], open_: bool
    ) -> None:
        """Walk through a method that is called with values, and if open with whatever the constructor got."""
        raise NotImplementedError

    def value(self, node: ast.AST) -> Value:
        """What a part of an expression may depend on; what it reads and binds is noted."""
        evaluate = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        return evaluate(node) if evaluate is not None else self._of_parts(node)

    def attribute(self, owner: ast.expr, name: str, can_fail: bool) -> Value:
        """What an attribute of an expression's value may depend on."""
        if not self.frame.is_self(owner):
            return self.read(self.value(owner), name, can_fail)
        method = find_method(self.order, name)
        if method is not None:  # a property; what it computes from is read within it
            self.enter(method, [], {}, open_=False)
        self.escaped |= name == "__dict__"
        value = self.attributes.get(name, NOTHING)
        if self.phase is Phase.GENERATE:
            self.use(value)
        return value

    def assign(self, target: ast.expr, node: ast.expr) -> Value:
        """Bind a target to the value of an expression, which is returned."""
        is_pairwise = isinstance(target, (ast.Tuple, ast.List)) and isinstance(node, (ast.Tuple, ast.List))
        if is_pairwise and len(target.elts) == len(node.elts) and "Starred" not in ast.dump(target):
            values = [self.value(part) for part in node.elts]
            for part, value in zip(target.elts, values):
                self.store(part, value)
            return NOTHING
        value = self.value(node)
        self.store(target, value)
        return value

    def asked_for(self, test: ast.expr) -> frozenset[str]:
        """The attributes that exist where a test is true: ``hasattr``, ``has_attribute``, ``is not None``."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return frozenset().union(*(self.asked_for(operand) for operand in test.values))
        if isinstance(test, ast.Compare) and ast.unparse(test).endswith(" is not None"):
            return self.asked_for(test.left)
        if not isinstance(test, ast.Call):
            return frozenset()
        asked = asked_attribute(test)
        return self.attribute(*asked, can_fail=False).paths if asked is not None else frozenset()

    def _of_parts(self, node: ast.AST) -> Value:
        return Value(frozenset().union(*(self.value(child).axes for child in ast.iter_child_nodes(node))))

    def _of_name(self, node: ast.Name) -> Value:
        if self.frame.is_args(node) or (self.frame.is_kwargs(node) and self.frame.takes_more):
            self.complete = False  # handed to code that isn't followed
        self.escaped |= self.frame.is_self(node)
        return self.frame.names.get(node.id, NOTHING)

    def _of_attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(node.value, node.attr, can_fail=True)

    def _of_subscript(self, node: ast.Subscript) -> Value:
        is_of_kwargs = self.frame.is_kwargs(node.value) and self.frame.takes_more
        if is_of_kwargs and isinstance(node.slice, ast.Constant):
            return self.keyword(node.slice, required=self.is_certain_to_run)
        return (self.value(node.value) | self.value(node.slice)).computed

    def _of_compare(self, node: ast.Compare) -> Value:
        if isinstance(node.left, ast.Constant) and self.frame.is_kwargs(node.comparators[0]):
            return self.keyword(node.left) if self.frame.takes_more else NOTHING
        return self._of_parts(node)

    def _of_ifexp(self, node: ast.IfExp) -> Value:
        test = self.value(node.test)
        with self.conditionally(self.asked_for(node.test)):
            first, sure = self.value(node.body), self.sure
        with self.conditionally():
            second, sure = self.value(node.orelse), sure & self.sure
        self.sure = sure
        return test.computed | first | second

    def _of_boolop(self, node: ast.BoolOp) -> Value:
        value = self.value(node.values[0])
        asked = self.asked_for(node.values[0]) if isinstance(node.op, ast.And) else frozenset()
        with self.conditionally(asked):
            for operand in node.values[1:]:
                value |= self.value(operand)
        return value

    def _of_namedexpr(self, node: ast.NamedExpr) -> Value:
        return self.assign(node.target, node.value)

    def _of_lambda(self, node: ast.Lambda) -> Value:
        with self.conditionally():
            return self.value(node.body).computed

    def _of_comprehension(self, node: ast.comprehension) -> Value:
        over = self.value(node.iter).computed
        self.store(node.target, over)
        return over | Value(frozenset().union(*(self.value(test).axes for test in node.ifs)))

    def _of_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        value = self._of_comprehension(node.generators[0])
        with self.conditionally():
            for generator in node.generators[1:]:
                value |= self._of_comprehension(generator)
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return Value(value.axes.union(*(self.value(part).axes for part in parts)))

    _of_setcomp = _of_generatorexp = _of_dictcomp = _of_listcomp

    def _of_call(self, node: ast.Call) -> Value:
        return self.call(node)
