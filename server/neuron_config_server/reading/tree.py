"""A parsed statement: the libcst tree, and where its nodes stand in the file."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.reading.statements import Statement


class Tree:
    """The libcst tree of one statement.

    Raises:
        libcst.ParserSyntaxError: the statement does not parse.
    """

    def __init__(self, statement: Statement) -> None:
        self._line = statement.line
        self._source = SourceText(statement.text)
        # The tree is never changed, so the wrapper need not copy it (a copy costs as much as parsing).
        wrapper = MetadataWrapper(cst.parse_module(statement.text), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._positions = wrapper.resolve(PositionProvider)

    @property
    def statements(self) -> tuple[cst.CSTNode, ...]:
        """The statements of the text, those of a line ``a = 1; b = 2`` one by one."""
        return tuple(
            small
            for statement in self.module.body
            for small in (statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,))
        )

    def range(self, node: cst.CSTNode) -> Range:
        """Where a node stands in the file (without its own parentheses and commas)."""
        return self._local(node).down(self._line)

    def line(self, node: cst.CSTNode) -> int:
        """The line of the statement, from 0, on which a node starts."""
        return self._local(node).start.line

    def source(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    def slice(self, range_: Range) -> str:
        return self._source.slice(range_.down(-self._line))

    def before_whitespace(self, position: Position) -> Position:
        """The end of what stands before the blanks and line ends that precede a position; a comment ends at
        its end.
        """
        local = Position(position.line - self._line, position.column)
        while True:
            before = self._source.line(local.line)[: local.column].rstrip()
            if before or local.line == 0:
                return Position(local.line + self._line, len(before))
            local = Position(local.line - 1, len(self._source.line(local.line - 1)))

    def after_comma(self, position: Position) -> Position:
        """The place behind the comma that follows a position, blanks and line ends allowed between."""
        offset = self._source.text.index(
            ",", self._source.offset(Position(position.line - self._line, position.column))
        )
        before = self._source.text[: offset + 1]
        line = len(SourceText(before).lines) - 1
        return Position(line + self._line, offset + 1 - self._source.offset(Position(line, 0)))

    def _local(self, node: cst.CSTNode) -> Range:
        found = self._positions[node]
        return Range(
            Position(found.start.line - 1, found.start.column), Position(found.end.line - 1, found.end.column)
        )
