"""Text -> top-level statements, by a scanner that never fails.

A statement here is a run of whole lines: from the line where a top-level statement (its decorators included)
starts up to the line before the next one. Blank lines and comments belong to the statement above them. Where
a statement ends depends on the text from its start on, and on nothing above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CONTINUES_THE_STATEMENT_ABOVE = re.compile(r"(?:else|elif|except|finally)\b")

_PLAIN = r"[^\[\](){}'\"#\\\r\n]"
_SIMPLE_STRING = r"""(?:"(?!"")[^"\\\r\n]*"|'(?!'')[^'\\\r\n]*')"""
_LINE_END = r"(?:\r\n|\r(?!\n)|\n)"


def _unremarkable(first_of_a_line: str) -> re.Pattern[str]:
    """What needs no thought, with the line ends that none of the given characters follows."""
    line_end = rf"\\?{_LINE_END}(?!{first_of_a_line})"
    brackets = rf"[\[({{]{_PLAIN}*(?:{_SIMPLE_STRING}{_PLAIN}*)*[\])}}]"
    # A thousand pieces at a time: of a repetition without a bound, all of its steps are kept in memory.
    return re.compile(rf"(?:{_PLAIN}+|{line_end}|{_SIMPLE_STRING}|#[^\r\n]*|\\[^\r\n]|{brackets}){{0,1000}}")


_UNREMARKABLE = _unremarkable(r"[^ \t\f#\r\n]")
_UNREMARKABLE_IN_BRACKETS = _unremarkable("[A-Za-z_@]")
_REMARKABLE = re.compile(
    rf"""(?P<opened>[\[({{]+)|(?P<closed>[\])}}]+)|(?P<quote>\"\"\"|'''|["'])|\\?(?P<line_end>{_LINE_END})"""
)

_END_OF_TRIPLE = {quote * 3: re.compile(rf"\\[\s\S]|{quote * 3}") for quote in "\"'"}
_IN_STRING = {
    quote: re.compile(rf"[^{quote}\\\r\n]*(?:\\(?:\r\n|[\s\S])[^{quote}\\\r\n]*)*") for quote in "\"'"
}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_REST_OF_LINE = re.compile(r"[^\r\n]*")

_BLANK = r"[^\S\r\n]"
_NEVER_IN_BRACKETS = (
    rf"(?:class|def|async{_BLANK}+def|import){_BLANK}+\w|from{_BLANK}+[.\w]+{_BLANK}+import\b"
)
_START = rf"(?:{_NEVER_IN_BRACKETS}|@[A-Za-z_]|[A-Za-z_]\w*{_BLANK}*=(?!=))"
_RESTART = re.compile(_START)
_CERTAIN_RESTART = re.compile(_NEVER_IN_BRACKETS)
_RESTART_BELOW = re.compile(rf"[\r\n](?={_START})")
_HEAD_BELOW = re.compile(rf"[\r\n](?:class|def|async{_BLANK}+def)\s")

_MOST_SWALLOWED = 50
"""So many lines that look like the start of a statement may stand in another one, outside of strings. Real
files have 19 at the most (decorators); without a limit, a file of open brackets is read once for every line
of it.
"""


@dataclass(frozen=True)
class Statement:
    """Whole lines of a file."""

    text: str
    line: int
    """Number of its first line, from 0."""


@dataclass(frozen=True)
class Extent:
    """Where a statement ends."""

    end: int
    """Offset in the text."""
    seen: int
    """What stands in the text from this offset on has no influence on it. One more than the text's length, if
    it matters that the text ends.
    """


def split_statements(text: str, first_line: int = 0) -> Iterator[Statement]:
    """The statements of a text in order; joined they are the text again."""
    start, line = 0, first_line
    while start < len(text):
        starts = (each.place for each in _MarginLines(text, start) if each.is_start)
        end = next(starts, len(text))
        yield Statement(text[start:end], line)
        start, line = end, line + count_line_ends(text, start, end)


def statement_extent(text: str, start: int) -> Extent:
    """Where the statement ends that starts at an offset, in time linear in what it reads.

    It is cut at once if it can't be valid: a bracket or string is open at the end of the text, or over
    what never stands in a bracket, or it holds more starts of statements than any real one.
    """
    lines = _MarginLines(text, start)
    swallowed = _Swallowed(text, start)
    for line in lines:
        if line.is_start:
            return Extent(line.place, max(lines.seen, _seen_with_line(text, line.place)))
        cut = swallowed.cut_at(line)
        if cut is not None:
            return Extent(cut, max(lines.seen, _seen_with_line(text, line.place)))
    cut = restart(text, start) if lines.is_open else None
    return Extent(len(text) if cut is None else cut, len(text) + 1)


def restart(text: str, start: int = 0, end: int | None = None) -> int | None:
    """Offset of the first line within a statement, after the one that it starts with, at which another one
    plausibly starts.

    For a statement that doesn't parse: an open bracket or string may have swallowed what follows it. None if
    no line looks like a start.
    """
    end = len(text) if end is None else end
    found = _RESTART_BELOW.search(text, _after_the_head(text, start, end) - 1, end)
    return found.end() if found is not None else None


def restart_line(text: str) -> int | None:
    """The line of a statement at which another one plausibly starts, as :func:`restart` finds it."""
    place = restart(text)
    return None if place is None else count_line_ends(text, 0, place)


def count_line_ends(text: str, start: int = 0, end: int | None = None) -> int:
    end = len(text) if end is None else end
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)


@dataclass(frozen=True)
class _MarginLine:
    place: int
    """Offset of the line."""
    is_start: bool
    """Whether the next statement starts here."""
    in_brackets: bool


class _MarginLines:
    """The lines of a statement below its first that aren't indented and don't start in a string; the last one
    is where the next statement starts. No blank ones, and no comments.
    """

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._place = start
        self._after_decorator = text.startswith("@", start)
        self._depth = 0
        self._in_string = False
        self.seen = start
        """Like that of an extent, as far as it lies behind the last line."""

    @property
    def is_open(self) -> bool:
        """Whether the text ended in a bracket or a triple-quoted string."""
        return self._depth > 0 or self._in_string

    def __iter__(self) -> Iterator[_MarginLine]:
        text, end = self._text, len(self._text)
        while True:
            unremarkable = _UNREMARKABLE_IN_BRACKETS if self._depth else _UNREMARKABLE
            self._place = _end_of(unremarkable, text, self._place)
            found = _REMARKABLE.match(text, self._place)
            if found is None:
                if self._place == end or text[self._place] == "\\":  # the text ends, perhaps with a backslash
                    return
                continue
            self._place = found.end()
            if found.lastgroup == "opened":
                self._depth += len(found.group())
            elif found.lastgroup == "closed":
                self._depth = max(0, self._depth - len(found.group()))
            elif found.lastgroup == "quote":
                self._pass_string(found.group())
            elif self._is_at_the_margin(self._place):
                yield self._margin_line(is_logical=self._depth == 0 and found.group()[0] != "\\")

    def _pass_string(self, quote: str) -> None:
        if len(quote) == 3:
            self._pass_triple_quoted(_END_OF_TRIPLE[quote])
        else:
            self._pass_single_quoted(quote)

    def _pass_triple_quoted(self, end_or_escape: re.Pattern[str]) -> None:
        while found := end_or_escape.search(self._text, self._place):
            self._place = found.end()
            if found.group()[0] != "\\":
                return
        self._place = len(self._text)
        self._in_string = True

    def _pass_single_quoted(self, quote: str) -> None:
        """To its end; if it has none, to the end of its first line, which is where Python gives up."""
        end = _end_of(_IN_STRING[quote], self._text, self._place)
        if self._text.startswith(quote, end):
            self._place = end + 1
            return
        self.seen = max(self.seen, min(end + 2, len(self._text) + 1))
        self._place = _end_of(_REST_OF_LINE, self._text, self._place)

    def _is_at_the_margin(self, place: int) -> bool:
        first = self._text[place : place + 1]
        if not first or first in " \t\f#\r\n":
            return False
        return not first.isspace() or bool(self._text[place : _end_of_line(self._text, place)].strip())

    def _margin_line(self, *, is_logical: bool) -> _MarginLine:
        """The line at the scanner's place, logical if it is no part of a line above it."""
        if not is_logical:
            return _MarginLine(self._place, is_start=False, in_brackets=self._depth > 0)
        goes_on = self._after_decorator or _CONTINUES_THE_STATEMENT_ABOVE.match(self._text, self._place)
        self._after_decorator = self._text[self._place] == "@"
        return _MarginLine(self._place, is_start=not goes_on, in_brackets=False)


class _Swallowed:
    """The lines of a statement that look as if another one started there."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self._count = 0
        self._is_broken = False

    def cut_at(self, line: _MarginLine) -> int | None:
        """Where to cut the statement if this line proves that it is broken, or one above it did."""
        if not _RESTART.match(self._text, line.place):
            return None
        self._count += 1
        if line.in_brackets and _CERTAIN_RESTART.match(self._text, line.place):
            self._is_broken = True
        if self._count > _MOST_SWALLOWED:
            return restart(self._text, self._start, _end_of_line(self._text, line.place))
        return self._cut_up_to(_end_of_line(self._text, line.place)) if self._is_broken else None

    def _cut_up_to(self, end: int) -> int | None:
        """None if what the decorators at the top belong to may still follow."""
        if self._text.startswith("@", self._start) and not _HEAD_BELOW.search(self._text, self._start, end):
            return None
        return restart(self._text, self._start, end)


def _after_the_head(text: str, start: int, end: int) -> int:
    """Offset of the first line that doesn't belong to the decorators and the class or def line that they
    decorate.
    """
    head = _HEAD_BELOW.search(text, start, end) if text.startswith("@", start) else None
    return _end_of_line(text, head.start() + 1 if head is not None else start)


def _end_of_line(text: str, place: int) -> int:
    return _end_of(_LINE, text, place)


def _end_of(pattern: re.Pattern[str], text: str, place: int) -> int:
    """Where the pattern ends that starts at a place; the place itself if it doesn't."""
    found = pattern.match(text, place)
    return found.end() if found is not None else place


def _seen_with_line(text: str, place: int) -> int:
    end = _end_of_line(text, place)
    return end if text[end - 1] in "\r\n" else len(text) + 1
