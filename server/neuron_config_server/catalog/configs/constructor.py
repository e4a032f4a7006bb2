"""Follows a config's constructor, statement by statement, through ``super()`` and the files of its bases.

Where a condition can't be told, both ways are followed and only what they agree on is kept: a value that is
claimed is the value that the constructor sets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from neuron_config_server.catalog.configs.calls import Calls
from neuron_config_server.catalog.configs.expressions import NotFollowedError, RefusedError
from neuron_config_server.catalog.configs.frames import Frames
from neuron_config_server.catalog.configs.objects import Instance, forget
from neuron_config_server.catalog.configs.operators import operate
from neuron_config_server.catalog.configs.values import CannotTellError, Closure, Unknown


class Flow(Enum):
    """How a statement ends."""

    NEXT = "next"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    RAISE = "raise"


Outcomes = dict[Flow, Frames]

_MAX_TURNS = 1000
_UNKNOWN_TURNS = 3
"""How often the body of a loop is followed whose turns aren't known; what changes in each becomes unknown."""


class Constructor(Calls):
    """Runs statements on frames of values."""

    def run_body(self, statements: list[ast.stmt]) -> None:
        """Runs a function's body in the innermost frame.

        Raises:
            RefusedError: every way through it ends in ``raise``.
        """
        outcomes = self._run(statements)
        ends = [outcomes[flow] for flow in (Flow.NEXT, Flow.RETURN) if flow in outcomes]
        if not ends:
            self.frames = outcomes[Flow.RAISE]
            raise RefusedError
        self.frames = ends[0] if len(ends) == 1 else ends[0].joined(ends[1])

    def _run(self, statements: list[ast.stmt]) -> Outcomes:
        outcomes: Outcomes = {}
        for statement in statements:
            ends = self._step(statement)
            going_on = ends.pop(Flow.NEXT, None)
            _merge(outcomes, ends)
            if going_on is None:
                return outcomes
            self.frames = going_on
        _merge(outcomes, {Flow.NEXT: self.frames})
        return outcomes

    def _step(self, node: ast.stmt) -> Outcomes:
        self.count_step()
        depth = len(self.frames)
        try:
            if isinstance(node, ast.If):
                return self._if(node)
            if isinstance(node, (ast.For, ast.While)):
                return self._loop(node)
            if isinstance(node, ast.Try):
                return self._try(node)
            if isinstance(node, ast.With):
                for item in node.items:
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, Unknown())
                return self._run(node.body)
            return {self._simple(node): self.frames}
        except RefusedError:
            del self.frames[depth:]
            return {Flow.RAISE: self.frames}

    def _simple(self, node: ast.stmt) -> Flow:
        self.statement = node
        if isinstance(node, ast.Return):
            self.frames[-1].returned = self.value(node.value) if node.value is not None else None
            return Flow.RETURN
        if isinstance(node, ast.Raise):
            return Flow.NEXT if self.skips_raises else Flow.RAISE
        if isinstance(node, (ast.Break, ast.Continue)):
            return Flow.BREAK if isinstance(node, ast.Break) else Flow.CONTINUE
        self._plain(node)
        return Flow.NEXT

    def _plain(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.Assign):
            value = self.value(node.value)
            for target in node.targets:
                self.assign(target, value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.assign(node.target, self.value(node.value))
        elif isinstance(node, ast.AugAssign):
            self._augment(node)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._delete(target)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                name = (alias.asname or alias.name).split(".")[0]
                self.frames[-1].names[name] = Unknown(name)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            self.frames[-1].names[node.name] = Closure(node.name)
        elif not isinstance(node, (ast.Pass, ast.Assert, ast.AnnAssign)):
            raise NotFollowedError

    def _augment(self, node: ast.AugAssign) -> None:
        before = self.value(node.target)
        value = self.value(ast.BinOp(node.target, node.op, node.value))
        if isinstance(before, list) and isinstance(value, list):
            before[:] = value  # ``+=`` changes the list itself, whoever else has it
        else:
            forget(before)
            self.assign(node.target, value)

    def _delete(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.frames[-1].names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            container, index = self.value(target.value), self.value(target.slice)
            try:
                operate(container.__delitem__ if isinstance(container, (dict, list)) else _fail, index)
            except CannotTellError:
                forget(container)
        elif isinstance(target, ast.Attribute):
            value = self.value(target.value)
            if isinstance(value, Instance):
                value.attributes.pop(target.attr, None)

    def _if(self, node: ast.If) -> Outcomes:
        truth = self.truth(self.value(node.test))
        if truth is not None:
            return self._run(node.body if truth else node.orelse)
        if isinstance(node.body[-1], ast.Raise) and len(node.body) == 1:
            return self._run(node.orelse)
        there = self.frames.fork()
        outcomes = self._run(node.body)
        self.frames = there
        return _merge(outcomes, self._run(node.orelse))

    def _try(self, node: ast.Try) -> Outcomes:
        """Whether an exception comes, and after which statement, isn't known."""
        before = self.frames.fork()
        outcomes = self._run(node.body + node.orelse)
        for handler in node.handlers if not self._raises_at_once(node) else ():
            interrupted = before.fork()
            for each in outcomes.values():
                interrupted = interrupted.joined(each.fork())
            self.frames = interrupted
            if handler.name:
                self.frames[-1].names[handler.name] = Unknown(handler.name)
            _merge(outcomes, self._run(handler.body))
        if Flow.NEXT in outcomes:
            self.frames = outcomes.pop(Flow.NEXT)
            _merge(outcomes, self._run(node.finalbody))
        return outcomes

    @staticmethod
    def _raises_at_once(node: ast.Try) -> bool:
        return all(len(each.body) >= 1 and isinstance(each.body[-1], ast.Raise) for each in node.handlers)

    def _loop(self, node: ast.For | ast.While) -> Outcomes:
        outcomes: Outcomes = {}
        for known in self._turns(node):
            skipped = None if known else self.frames.fork()
            ends = self._run(node.body)
            going_on = [ends.pop(flow) for flow in (Flow.NEXT, Flow.CONTINUE) if flow in ends]
            if skipped is not None:
                going_on.append(skipped)
            _merge(outcomes, ends)
            if not going_on:
                return _after_break(outcomes)
            self.frames = going_on[0]
            for each in going_on[1:]:
                self.frames = self.frames.joined(each)
        _merge(outcomes, self._run(node.orelse))
        return _after_break(outcomes)

    def _turns(self, node: ast.For | ast.While) -> Iterator[bool]:
        """Prepares each turn of a loop; yields whether it is known that the turn is taken."""
        if isinstance(node, ast.For):
            try:
                items = self.items(self.value(node.iter))
            except CannotTellError:
                items = None
            for item in items if items is not None else ():
                self.assign(node.target, item)
                yield True
        else:
            items = None
            for _ in range(_MAX_TURNS):
                truth = self.truth(self.value(node.test))
                if truth is None:
                    break
                if not truth:
                    return
                yield True
            else:
                raise NotFollowedError
        for _ in range(_UNKNOWN_TURNS if items is None else 0):
            if isinstance(node, ast.For):
                self.assign(node.target, Unknown())
            yield False


def _merge(outcomes: Outcomes, more: Outcomes) -> Outcomes:
    for flow, frames in more.items():
        outcomes[flow] = outcomes[flow].joined(frames) if flow in outcomes else frames
    return outcomes


def _after_break(outcomes: Outcomes) -> Outcomes:
    broken = outcomes.pop(Flow.BREAK, None)
    return _merge(outcomes, {Flow.NEXT: broken}) if broken is not None else outcomes


def _fail(*_: object) -> None:
    raise TypeError
