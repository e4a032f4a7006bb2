"""Places in a text: lines and columns from 0, columns in code points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, order=True)
class Position:
    """A place between two characters."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Range:
    """From one position up to, not including, another."""

    start: Position
    end: Position

    def contains(self, other: Range) -> bool:
        return self.start <= other.start and other.end <= self.end

    def down(self, lines: int) -> Range:
        """The same range, that many lines further down."""
        return Range(
            Position(self.start.line + lines, self.start.column),
            Position(self.end.line + lines, self.end.column),
        )


class TextEdit(Protocol):
    """Any value that says: put this text in place of that range."""

    @property
    def range(self) -> Range: ...

    @property
    def new_text(self) -> str: ...


def split_lines(text: str) -> list[str]:
    r"""Lines with their ends, split where Python and LSP split: at ``\n``, ``\r\n`` and ``\r`` only.

    ``str.splitlines`` also splits at form feeds and U+2028, which neither of them counts as a line's end.
    """
    return _LINE.findall(text)


class SourceText:
    """A text with its line starts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = split_lines(text)
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, position: Position) -> int:
        """Index into the text; a position past the end of the text is its end."""
        if position.line >= len(self.lines):
            return len(self.text)
        return min(self._starts[position.line] + position.column, self._starts[position.line + 1])

    def slice(self, range_: Range) -> str:
        return self.text[self.offset(range_.start) : self.offset(range_.end)]

    def line(self, number: int) -> str:
        """A line without its end; empty past the last one."""
        return self.lines[number].rstrip("\r\n") if number < len(self.lines) else ""


@lru_cache(maxsize=16)
def source_text(text: str) -> SourceText:
    """A text with its line starts, worked out once for those who ask for the same one after another."""
    return SourceText(text)


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after all edits, given in any order.

    Raises:
        ValueError: two edits overlap.
    """
    source = source_text(text)
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.range):
        start, end = source.offset(edit.range.start), source.offset(edit.range.end)
        if start < done:
            raise ValueError(f"edits overlap at line {edit.range.start.line + 1}")
        pieces += (text[done:start], edit.new_text)
        done = end
    return "".join(pieces) + text[done:]
