"""Text -> top-level statements, by a scanner that never fails.

A statement here is a run of whole lines: from the line where a top-level statement (its decorators included)
starts up to the line before the next one. Blank lines and comments belong to the statement above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.reading.positions import split_lines

_CONTINUES_THE_STATEMENT_ABOVE = re.compile(r"(?:else|elif|except|finally)\b")
_TOKEN = re.compile(r"""#[^\r\n]*|\\(?:\r\n|[\s\S])|[\[({]|[\])}]|\"\"\"|'''|["']|\r\n|\r|\n""")
_END_OF_TRIPLE = {
    quote * 3: re.compile(rf"[^{quote}\\]*(?:(?:\\[\s\S]|{quote}(?!{quote * 2}))[^{quote}\\]*)*{quote * 3}")
    for quote in "\"'"
}
_END_OF_STRING = {
    quote: re.compile(rf"[^{quote}\\\r\n]*(?:\\(?:\r\n|[\s\S])[^{quote}\\\r\n]*)*{quote}") for quote in "\"'"
}
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_RESTART = re.compile(
    r"(?:class|def|async\s+def|import)\s+\w|from\s+[.\w]+\s+import\b|@[A-Za-z_]|[A-Za-z_]\w*\s*=(?!=)"
)
_HEAD = re.compile(r"(?:class|def|async\s+def)\s")


@dataclass(frozen=True)
class Statement:
    """Whole lines of a file."""

    text: str
    line: int
    """Number of its first line, from 0."""


def split_statements(text: str, first_line: int = 0) -> Iterator[Statement]:
    """The statements of a text in order; joined they are the text again."""
    lines = split_lines(text)
    starts = _statement_lines(lines, text)
    for start, end in zip(starts, [*starts[1:], len(lines)]):
        yield Statement("".join(lines[start:end]), first_line + start)


def restart_line(text: str) -> int | None:
    """The first line, after the one that a statement starts with, at which another statement plausibly
    starts.

    For a statement that doesn't parse: an open bracket or string may have swallowed what follows it. None if
    no line looks like a start.
    """
    lines = split_lines(text)
    first = _after_the_head(lines)
    return next((number for number in range(first, len(lines)) if _RESTART.match(lines[number])), None)


def _after_the_head(lines: list[str]) -> int:
    """Index of the first line that doesn't belong to the decorators and the class or def line that they
    decorate.
    """
    if not lines or not lines[0].startswith("@"):
        return 1
    return next((number + 1 for number, line in enumerate(lines) if _HEAD.match(line)), 1)


def _statement_lines(lines: list[str], text: str) -> list[int]:
    """Numbers of the lines at which statements start; the first line of the text always counts."""
    starts: list[int] = []
    after_decorator = False
    logical = _logical_line_starts(text)
    for number, line in enumerate(lines):
        if number not in logical or not line.strip() or line[0] in " \t\f#":
            continue
        if not after_decorator and not _CONTINUES_THE_STATEMENT_ABOVE.match(line):
            starts.append(number)
        after_decorator = line[0] == "@"
    if lines and (not starts or starts[0] != 0):
        starts.insert(0, 0)
    return starts


def _logical_line_starts(text: str) -> set[int]:
    """Numbers of the lines that start outside of every bracket, string and backslash continuation."""
    starts = {0}
    depth = line = place = 0
    while match := _TOKEN.search(text, place):
        found, place = match.group(), match.end()
        if found[0] in "\r\n":
            line += 1
            if depth == 0:
                starts.add(line)
        elif found[0] in "\"'":
            end = _end_of_string(text, place, found)
            line += _count_line_ends(text, place, end)
            place = end
        elif found[0] == "\\":
            line += found[1:] in ("\r\n", "\r", "\n")
        elif found in "[({":
            depth += 1
        elif found in "])}":
            depth = max(0, depth - 1)
    return starts


def _end_of_string(text: str, start: int, quote: str) -> int:
    """Where the string ends that opened just before ``start``: at its quote, else where Python gives up."""
    pattern = _END_OF_TRIPLE.get(quote) or _END_OF_STRING[quote]
    if match := pattern.match(text, start):
        return match.end()
    if len(quote) == 3:
        return len(text)
    rest = _REST_OF_LINE.match(text, start)
    return rest.end() if rest else start


def _count_line_ends(text: str, start: int, end: int) -> int:
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)
