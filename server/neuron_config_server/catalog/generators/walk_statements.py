"""Goes through a generator's constructor and ``generate``, statement by statement."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from neuron_config_server.catalog.generators.methods import find_method
from neuron_config_server.catalog.generators.needs import Phase
from neuron_config_server.catalog.generators.values import CONFIG, NOTHING
from neuron_config_server.catalog.generators.walk_calls import CallWalk


class GeneratorWalk(CallWalk):
    """Goes through a generator's constructor and ``generate`` as Python would, with every branch taken.

    It keeps what each variable and attribute may depend on, and what has been read on every way so far. Where
    it can't follow, it errs to "may be read" for axes, never to "is required" for attributes, and isn't
    ``complete``. A method of a statement tells whether what follows the statement is reached.
    """

    def construct_and_generate(self) -> None:
        for phase, given, open_ in ((Phase.INIT, [NOTHING, CONFIG], True), (Phase.GENERATE, [], False)):
            self.begin(phase)
            method = find_method(self.order, phase.value)
            if method is not None:
                self.enter(method, given, {}, open_)
            self.end()

    def block(self, nodes: Sequence[ast.stmt]) -> bool:
        return all(self._statement(node) for node in nodes)

    def _statement(self, node: ast.stmt) -> bool:
        walk = getattr(self, f"_walk_{type(node).__name__.lower()}", None)
        if walk is not None:
            return walk(node)
        for child in ast.iter_child_nodes(node):
            self.value(child)
        return True

    def _either(
        self, *branches: tuple[Sequence[ast.stmt], frozenset[str]], control: frozenset[str] = frozenset()
    ) -> bool:
        """Whether what follows the branches is reached; what all that reach it have read is sure."""
        ends = []
        for nodes, asked in branches:
            with self.conditionally(asked, control):
                if self.block(nodes):
                    ends.append(self.sure)
        self.sure = frozenset.intersection(*ends) if ends else self.sure
        return bool(ends)

    def _walk_expr(self, node: ast.Expr) -> bool:
        self.use(self.value(node.value))
        return True

    def _walk_assign(self, node: ast.Assign) -> bool:
        for target in node.targets:
            self.assign(target, node.value)
        return True

    def _walk_annassign(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self.assign(node.target, node.value)
        return True

    def _walk_augassign(self, node: ast.AugAssign) -> bool:
        with self.conditionally():  # the old value remains part of the new
            self.store(node.target, self.value(node.value).computed)
        return True

    def _walk_if(self, node: ast.If) -> bool:
        test = self.value(node.test)
        self.use(test)
        asked = self.asked_for(node.test)
        return self._either((node.body, asked), (node.orelse, frozenset()), control=test.axes)

    def _walk_match(self, node: ast.Match) -> bool:
        self.use(self.value(node.subject))
        return self._either(*((case.body, frozenset()) for case in node.cases), ([], frozenset()))

    def _walk_for(self, node: ast.For) -> bool:
        over = self.value(node.iter).computed
        with self.conditionally(control=over.axes):
            for _ in range(2):  # what the first round assigns, the second reads
                self.store(node.target, over)
                self.block(node.body)
            self.block(node.orelse)
        return True

    def _walk_while(self, node: ast.While) -> bool:
        test = self.value(node.test)
        self.use(test)
        with self.conditionally(control=test.axes):
            for _ in range(2):
                self.block(node.body)
            self.block(node.orelse)
        return True

    def _walk_try(self, node: ast.Try) -> bool:
        with self.conditionally():
            self.caught += bool(node.handlers)
            reached = self.block(node.body) and self.block(node.orelse)
            self.caught -= bool(node.handlers)
        for handler in node.handlers:
            with self.conditionally():
                reached |= self.block(handler.body)
        return self.block(node.finalbody) and reached

    def _walk_with(self, node: ast.With) -> bool:
        for item in node.items:
            value = self.value(item.context_expr).computed
            if item.optional_vars is not None:
                self.store(item.optional_vars, value)
        return self.block(node.body)

    def _walk_return(self, node: ast.Return) -> bool:
        if node.value is not None:
            self.value(node.value)
        self.frame.exits.append(self.sure)
        return False

    def _walk_raise(self, node: ast.Raise) -> bool:
        if node.exc is not None:
            self.value(node.exc)
        return False

    def _walk_assert(self, node: ast.Assert) -> bool:
        self.use(self.value(node.test))
        return True

    def _walk_continue(self, _: ast.Continue) -> bool:
        return False

    def _walk_break(self, _: ast.Break) -> bool:
        return False

    def _walk_functiondef(self, node: ast.FunctionDef) -> bool:
        exits, self.frame.exits = self.frame.exits, []
        with self.conditionally():
            self.block(node.body)
        self.frame.exits = exits
        return True

    def _walk_classdef(self, _: ast.ClassDef) -> bool:
        self.complete = False
        return True
