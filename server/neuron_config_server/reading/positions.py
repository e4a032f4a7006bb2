"""Places in a text: lines and columns from 0, columns in code points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol

from neuron_config_server.reading.text_cache import dropped_with_texts

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

    def __init__(self, text: str, starts: _LineStarts | None = None) -> None:
        """Of a text.

        Args:
            starts: of its lines, where they are known.
        """
        self.text = text
        self._starts = _LineStarts.of(text) if starts is None else starts

    @cached_property
    def lines(self) -> Sequence[str]:
        """With their ends."""
        return split_lines(self.text)

    @property
    def line_count(self) -> int:
        return self._starts.count

    def edited(self, range_: Range, new_text: str) -> SourceText:
        """The text with something in place of a range; only the lines around it are looked for again."""
        start, end = self.offset(range_.start), self.offset(range_.end)
        first, last = min(range_.start.line, self.line_count), min(range_.end.line + 1, self.line_count)
        text = self.text[:start] + new_text + self.text[end:]
        if first + 1 == last and _LINE_END.isdisjoint(new_text) and end < self._starts[last] - 1:
            return SourceText(text, self._starts.moved(first, len(new_text) - (end - start)))
        first = max(0, first - 1)  # a line's end may come to stand before the one that ended it
        last = min(self.line_count, last + 1)
        before, behind = self.text[self._starts[first] : start], self.text[end : self._starts[last]]
        lines = split_lines(before + new_text + behind)
        return SourceText(text, self._starts.replaced(first, last, [len(each) for each in lines]))

    def offset(self, position: Position) -> int:
        """Index into the text; a position past the end of the text is its end."""
        if position.line >= self.line_count:
            return len(self.text)
        return min(self._starts[position.line] + position.column, self._starts[position.line + 1])

    def slice(self, range_: Range) -> str:
        return self.text[self.offset(range_.start) : self.offset(range_.end)]

    def line(self, number: int) -> str:
        """A line without its end; empty past the last one."""
        if number >= self.line_count:
            return ""
        return self.text[self._starts[number] : self._starts[number + 1]].rstrip("\r\n")


_LINE_END = frozenset("\r\n")


class _LineStarts:
    """Where the lines of a text start, and where the last one ends.

    While something is typed, all that stands below moves by as much: that is written down once.
    """

    def __init__(self, starts: Sequence[int], moved_from: int, by: int) -> None:
        """Of a text.

        Args:
            moved_from: the number of the first start to which ``by`` is to be added.
        """
        self._starts = starts
        self._moved_from = moved_from
        self._by = by

    @classmethod
    def of(cls, text: str) -> _LineStarts:
        starts = [0, *accumulate(map(len, split_lines(text)))]
        return cls(starts, len(starts), 0)

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> int:
        return self._starts[number] + (self._by if number >= self._moved_from else 0)

    def moved(self, line: int, by: int) -> _LineStarts:
        """Of the text in which that line has become that much longer."""
        if self._by and line + 1 != self._moved_from:
            return _LineStarts(self._all(), line + 1, by)
        return _LineStarts(self._starts, line + 1, self._by + by)

    def replaced(self, first: int, last: int, lengths: Sequence[int]) -> _LineStarts:
        """Of the text in which the lines from one up to, not including, another are of these lengths."""
        starts = self._all()
        new = [*accumulate(lengths, initial=starts[first])]
        further = new[-1] - starts[last]
        starts = [*starts[:first], *new, *(each + further for each in starts[last + 1 :])]
        return _LineStarts(starts, len(starts), 0)

    def _all(self) -> list[int]:
        at = self._moved_from
        return [*self._starts[:at], *(each + self._by for each in self._starts[at:])]


_MOST_KNOWN = 16
_known: dict[str, SourceText] = {}
"""Texts that were asked for lately."""
dropped_with_texts(_known.clear)


def source_text(text: str) -> SourceText:
    """A text with its line starts, worked out once for those who ask for the same one after another."""
    return _known.get(text) or remembered(SourceText(text))


def remembered(source: SourceText) -> SourceText:
    """The same; :func:`source_text` gives it to those who ask for its text."""
    if len(_known) >= _MOST_KNOWN:
        del _known[next(iter(_known))]
    _known[source.text] = source
    return source


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
