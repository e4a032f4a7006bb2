"""Where the nodes of a libcst tree stand, in half the time that libcst's own PositionProvider takes.

Like it, this writes the tree's code out again and notes where each node starts and ends; unlike it, it makes
no objects for positions and keeps no text. A test holds the two against each other. The class that it builds
upon is not public (``libcst._nodes.internal``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager

import libcst as cst
from libcst._nodes.internal import CodegenState

from neuron_config_server.reading.syntax import Span

_LINE_END = re.compile(r"\r\n?|\n")


def node_spans(module: cst.Module) -> Mapping[cst.CSTNode, Span]:
    """The place of every node, without the blanks around it and without its own parentheses."""
    state = _Writing(module.default_indent, module.default_newline)
    module._codegen(state)
    return state.spans


class _Writing(CodegenState):
    """Counts what is written."""

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.spans: dict[cst.CSTNode, Span] = {}
        self.line = 0
        self.column = 0
        self._starts: list[tuple[int, int]] = []

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.column += len(token)

    def add_token(self, value: str) -> None:
        if "\n" in value or "\r" in value:
            lines = _LINE_END.split(value)
            self.line += len(lines) - 1
            self.column = len(lines[-1])
        else:
            self.column += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._starts.append((self.line, self.column))

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._starts.pop()
        if node not in self.spans:  # what was recorded within it is the better place
            self.spans[node] = (*start, self.line, self.column)

    def record_syntactic_position(  # ty: ignore[incompatible-method-override] - a generator there
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        return _Recording(self, node, start_node, end_node)

    def pop_trailing_newline(self) -> None:
        """Nothing is kept that would have to be taken back."""


class _Recording(AbstractContextManager[None]):
    """The place of a node, from where it is entered to where it is left, or as its children say."""

    __slots__ = ("_end_node", "_node", "_start", "_start_node", "_writing")

    def __init__(
        self,
        writing: _Writing,
        node: cst.CSTNode,
        start_node: cst.CSTNode | None,
        end_node: cst.CSTNode | None,
    ) -> None:
        self._writing = writing
        self._node = node
        self._start_node = start_node
        self._end_node = end_node

    def __enter__(self) -> None:
        self._start = (self._writing.line, self._writing.column)

    def __exit__(self, *_: object) -> None:
        writing = self._writing
        start = self._start if self._start_node is None else writing.spans[self._start_node][:2]
        end = (writing.line, writing.column) if self._end_node is None else writing.spans[self._end_node][2:]
        writing.spans[self._node] = (*start, *end)
