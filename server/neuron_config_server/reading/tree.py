"""A parsed statement: the libcst tree, and where its nodes stand in it."""

from __future__ import annotations

import libcst as cst

from neuron_config_server.reading.node_spans import node_spans
from neuron_config_server.reading.positions import Position, Range, SourceText, source_text


class Tree:
    """The libcst tree of one statement; ranges are of the statement.

    Raises:
        libcst.ParserSyntaxError: the statement does not parse.
    """

    def __init__(self, text: str) -> None:
        self._source = source_text(text)
        self.module = cst.parse_module(text)
        self._spans = node_spans(self.module)

    def range(self, node: cst.CSTNode) -> Range:
        """Where a node stands (without its own parentheses and commas)."""
        line, column, end_line, end_column = self._spans[node]
        return Range(Position(line, column), Position(end_line, end_column))

    def slice(self, range_: Range) -> str:
        return self._source.slice(range_)

    def before_whitespace(self, position: Position) -> Position:
        """The end of what stands before the blanks and line ends that precede a position; a comment ends at
        its end.
        """
        while True:
            before = self._source.line(position.line)[: position.column].rstrip()
            if before or position.line == 0:
                return Position(position.line, len(before))
            position = Position(position.line - 1, len(self._source.line(position.line - 1)))

    def after_comma(self, position: Position) -> Position:
        """The place behind the comma that follows a position, blanks and line ends allowed between."""
        offset = self._source.text.index(",", self._source.offset(position))
        before = self._source.text[: offset + 1]
        line = len(SourceText(before).lines) - 1
        return Position(line, offset + 1 - self._source.offset(Position(line, 0)))
