"""Statements of a model's source, followed one by one; where ways meet, what all of them agree on is kept."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from neuron_config_server.catalog.outputs.calls import Calls
from neuron_config_server.catalog.outputs.expressions import ROUNDS
from neuron_config_server.catalog.outputs.frames import Frame, Names, assign, become, learn, rebind
from neuron_config_server.catalog.outputs.syntax import as_read, bound_in
from neuron_config_server.catalog.outputs.values import NONE, SOMETHING, UNKNOWN, truth


class Statements(Calls):
    """Runs statements on variables."""

    def block(self, statements: Sequence[ast.stmt], names: Names, frame: Frame) -> bool:
        """Follow statements; whether what stands behind them is reached."""
        return all(self._statement(statement, names, frame) for statement in statements)

    def _statement(self, node: ast.stmt, names: Names, frame: Frame) -> bool:
        self.count_step()
        if isinstance(node, ast.Return):
            frame.returned.append(self.value(node.value, names, frame) if node.value is not None else NONE)
            return False
        if isinstance(node, ast.Raise):
            return False
        if isinstance(node, (ast.Break, ast.Continue)):
            frame.jumps.append(dict(names))
            return False
        if isinstance(node, ast.If):
            return self._branch(node, names, frame)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self._loop(node, names, frame)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            return self.block(node.body, names, frame)
        if isinstance(node, ast.Try):
            return self._attempt(node, names, frame)
        self._simple(node, names, frame)
        return True

    def _simple(self, node: ast.stmt, names: Names, frame: Frame) -> None:
        if isinstance(node, ast.Assign):
            value = self.value(node.value, names, frame)
            for target in node.targets:
                assign(target, value, names, frame)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            assign(node.target, self.value(node.value, names, frame), names, frame)
        elif isinstance(node, ast.AugAssign):
            combined = ast.BinOp(as_read(node.target), node.op, node.value)
            assign(node.target, self.value(combined, names, frame), names, frame)
        elif isinstance(node, ast.Expr):
            self.value(node.value, names, frame)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = SOMETHING
        elif not isinstance(node, (ast.Pass, ast.Assert, ast.Global, ast.Nonlocal)):
            self._unfollowed(node, names, frame)

    def _unfollowed(self, node: ast.stmt, names: Names, frame: Frame) -> None:
        """``match``, ``del``, imports: whatever they bind or return is unknown."""
        for name in bound_in([node]):
            names[name] = UNKNOWN
        if isinstance(node, ast.Delete):
            for target in node.targets:
                rebind(target.value if isinstance(target, ast.Subscript) else target, UNKNOWN, names)
        if any(isinstance(each, ast.Return) for each in ast.walk(node)):
            frame.returned.append(UNKNOWN)

    def _branch(self, node: ast.If, names: Names, frame: Frame) -> bool:
        outcome = truth(self.value(node.test, names, frame))
        if outcome is not None:
            return self.block(node.body if outcome else node.orelse, names, frame)
        then, otherwise = dict(names), dict(names)
        learn(node.test, True, then)
        learn(node.test, False, otherwise)
        ends = [
            each
            for each, body in ((then, node.body), (otherwise, node.orelse))
            if self.block(body, each, frame)
        ]
        become(names, ends)
        return bool(ends)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, names: Names, frame: Frame) -> bool:
        outer, frame.jumps = frame.jumps, []
        for round_ in range(ROUNDS):
            before, inside = dict(names), dict(names)
            if not isinstance(node, ast.While):
                assign(node.target, self.element(node.iter, names, frame), inside, frame)
            ends = [inside] if self.block(node.body, inside, frame) else []
            become(names, [before, *ends, *frame.jumps])
            if names == before:
                break
            if round_ == ROUNDS - 1:
                changed = {name for name, value in names.items() if value != before.get(name)}
                names.update(dict.fromkeys(changed, UNKNOWN))
                self._unfollowed(node, names, frame)
        frame.jumps = outer
        return self.block(node.orelse, names, frame)

    def _attempt(self, node: ast.Try, names: Names, frame: Frame) -> bool:
        """Anything that the body binds may or may not be bound where a handler starts."""
        started = dict(names)
        started.update(dict.fromkeys(bound_in(node.body), UNKNOWN))
        ends = [names] if self.block([*node.body, *node.orelse], names, frame) else []
        for handler in node.handlers:
            handled = dict(started)
            if self.block(handler.body, handled, frame):
                ends.append(handled)
        become(names, [dict(end) for end in ends])
        return bool(ends) and self.block(node.finalbody, names, frame)
