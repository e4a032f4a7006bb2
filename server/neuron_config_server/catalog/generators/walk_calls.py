"""Calls in a generator: of its own methods, which are gone into, and of code that isn't followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from neuron_config_server.catalog.generators.asked_attributes import asked_attribute, named_attribute
from neuron_config_server.catalog.generators.frames import Frame
from neuron_config_server.catalog.generators.methods import Method, find_method
from neuron_config_server.catalog.generators.values import NOTHING, Value
from neuron_config_server.catalog.generators.walk_values import ValueWalk
from neuron_config_server.catalog.method_parameters import (
    MethodParameter,
    is_decorated,
    parameters_of,
    scalar_value,
)
from neuron_config_server.catalog.source import ClassSource


class CallWalk(ValueWalk):
    """Goes into calls."""

    def __init__(self, order: Sequence[ClassSource], complete: bool) -> None:
        super().__init__(order, complete)
        self._captured: set[str] = set()
        self._running: list[ast.FunctionDef] = []

    def block(self, nodes: Sequence[ast.stmt]) -> bool:
        """Go through statements: whether what follows them is reached."""
        raise NotImplementedError

    def call(self, node: ast.Call) -> Value:
        named = asked_attribute(node) or named_attribute(node)
        if named is not None:
            default = self.value(node.args[2]) if len(node.args) > 2 else NOTHING
            return self.attribute(*named, can_fail=asked_attribute(node) is None) | default
        if isinstance(node.func, ast.Attribute):
            return self._of_method_call(node, node.func)
        if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
            return self._of_setattr(node)
        arguments = self._arguments(node)
        self.lose(arguments, isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "type"))
        return arguments.computed

    def enter(
        self, method: Method, positional: list[Value], keywords: Mapping[str, Value], open_: bool
    ) -> None:
        if method.node in self._running:
            return
        parameters = list(parameters_of(method.node, method.module))
        by_place = [each.name for each in parameters if each.kind.startswith("POSITIONAL")]
        names = {**dict(zip(by_place, positional)), **keywords}
        for parameter in parameters:
            if parameter.name not in names and not parameter.kind.startswith("VAR"):
                names[parameter.name] = self._from_constructor(parameter) if open_ else NOTHING
        has_kwargs = method.node.args.kwarg is not None
        frame = Frame(method, names, open_ and has_kwargs, positional[len(by_place) :])
        self._run(frame)

    def _run(self, frame: Frame) -> None:
        outer, self.frame = getattr(self, "frame", frame), frame
        self._running.append(frame.method.node)
        if self.block(frame.method.node.body):
            frame.exits.append(self.sure)
        self.sure = frozenset.intersection(*frame.exits) if frame.exits else self.sure
        self._running.pop()
        self.frame = outer

    def _from_constructor(self, parameter: MethodParameter) -> Value:
        if parameter.name in self._captured:  # an earlier constructor took it, and didn't hand it on
            return NOTHING
        self._captured.add(parameter.name)
        return self.axis(parameter.name, parameter.default is None, parameter.value, parameter.value_known)

    def _of_setattr(self, node: ast.Call) -> Value:
        owner, name, given = node.args
        if self.frame.is_self(owner) and isinstance(name, ast.Constant):
            self.store(ast.Attribute(owner, str(name.value), ast.Store()), self.value(given))
        else:
            self.escaped |= self.frame.is_self(owner)
            self.use(self.value(name) | self.value(given))
        return NOTHING

    def _of_method_call(self, node: ast.Call, function: ast.Attribute) -> Value:
        if self.frame.is_kwargs(function.value) and self.frame.takes_more and node.args:
            return self._of_kwargs_call(node, function)
        method, arguments = self._called(node, function)
        if method is not None:
            return self._of_own_method(method, node, arguments)
        owner = self.value(function.value)
        given = self._arguments(node)
        self.lose(owner | given, knows=False)
        return (owner | given).computed

    def _of_kwargs_call(self, node: ast.Call, function: ast.Attribute) -> Value:
        name = node.args[0]
        if function.attr not in ("get", "pop") or not isinstance(name, ast.Constant):
            self.complete = False
            return NOTHING
        if len(node.args) == 1 and function.attr == "pop":
            return self.keyword(name, required=self.is_certain_to_run)
        default, known = (
            scalar_value(node.args[1], self.frame.method.module) if len(node.args) > 1 else (None, True)
        )
        return self.axis(str(name.value), False, default, known)

    def _called(self, node: ast.Call, function: ast.Attribute) -> tuple[Method | None, list[ast.expr]]:
        """The method of this generator that a call runs, and what it is given by position."""
        owner = function.value
        if self.frame.is_self(owner):
            return find_method(self.order, function.attr), node.args
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super":
            found = find_method(self.order, function.attr, self.frame.method.place + 1)
            self.complete &= found is not None or function.attr == "__init__"
            return found, node.args
        if node.args and self.frame.is_self(node.args[0]) and isinstance(owner, ast.Name):
            places = [place for place, class_ in enumerate(self.order) if class_.node.name == owner.id]
            return (find_method(self.order, function.attr, places[0]) if places else None), node.args[1:]
        return None, node.args

    def _of_own_method(self, method: Method, node: ast.Call, arguments: list[ast.expr]) -> Value:
        positional, open_ = self._positional_values(arguments), False
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is not None:
                keywords[keyword.arg] = self.value(keyword.value)
            elif self.frame.is_kwargs(keyword.value):
                open_ = self.frame.takes_more
            else:
                self.value(keyword.value)
                self.complete = False
        given = NOTHING
        for value in (*positional, *keywords.values()):
            given |= value
        if is_decorated(method.node, "staticmethod", "classmethod"):
            self.lose(given, knows=False)
        else:
            self.enter(method, positional, keywords, open_)
        return NOTHING if method.node.name == "__init__" else given.computed

    def _positional_values(self, nodes: list[ast.expr]) -> list[Value]:
        values: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred) and self.frame.is_args(node.value):
                values += self.frame.more_positional
            else:
                values.append(self.value(node))
                self.complete &= not isinstance(node, ast.Starred)
        return values

    def _arguments(self, node: ast.Call) -> Value:
        given = NOTHING
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            given |= self.value(part)
        return given
