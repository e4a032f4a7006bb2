"""A parsed statement: the libcst tree, and where its nodes stand in the file."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from neuron_config_server.reading.positions import Position, Range, SourceText


class Tree:
    """The libcst tree of one statement.

    Raises:
        libcst.ParserSyntaxError: the statement does not parse.
    """

    def __init__(self, text: str, line: int) -> None:
        self._line = line
        self._source = SourceText(text)
        # The tree is never changed, so the wrapper need not copy it (a copy costs as much as parsing).
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._positions = wrapper.resolve(PositionProvider)

    def range(self, node: cst.CSTNode) -> Range:
        """Where a node stands in the file (without its own parentheses and commas)."""
        return self._local(node).down(self._line)

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
