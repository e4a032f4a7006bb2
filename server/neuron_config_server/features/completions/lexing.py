"""The tokens of a line of code that may be broken: a scanner that never fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TRIPLE = r"""\"\"\"(?:\\[\s\S]|[^\\])*?(?:\"\"\"|\Z)|'''(?:\\[\s\S]|[^\\])*?(?:'''|\Z)"""
_SIMPLE = r""""(?:\\(?:\r\n|[\s\S])|[^"\\\r\n])*"?|'(?:\\(?:\r\n|[\s\S])|[^'\\\r\n])*'?"""
_LINE_END = r"\r\n|\r|\n"
_PIECE = re.compile(
    rf"(?P<triple>{_TRIPLE})|{_SIMPLE}|#[^\r\n]*|\\(?:{_LINE_END})"
    rf"|(?P<opened>[\[({{])|(?P<closed>[\])}}])|(?P<line_end>{_LINE_END})"
)
_TOKEN = re.compile(
    rf"""(?P<string>[A-Za-z]{{0,2}}(?:{_TRIPLE}|{_SIMPLE}))
    |(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<comment>\#[^\r\n]*)
    |(?P<space>\s+|\\(?:{_LINE_END}))|(?P<operator>==|!=|<=|>=|:=|->|\*\*|//|[+\-*/|&]=|\S)""",
    re.VERBOSE,
)
_NEVER_IN_BRACKETS = re.compile(r"[ \t]*(?:@|(?:def|class|return|raise|import|with|while|try|elif|pass)\b)")
_CLASS = re.compile(r"[ \t]*class\b")
_ASSIGNS = re.compile(r"[ \t]*[A-Za-z_]\w*[ \t]*(?:=(?!=)|:)")
_INDENT = re.compile(r"[ \t]*")
_OPENING = re.compile(r"""[A-Za-z]{0,2}(?:\"\"\"|'''|"|')""")

PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token; a string that is never closed ends with its line."""

    kind: str
    """``string``, ``name``, ``number``, ``comment`` or ``operator``."""
    text: str
    start: int
    end: int

    @property
    def opening(self) -> str:
        """The prefix and quote that a string starts with."""
        found = _OPENING.match(self.text)
        return found[0] if found is not None else ""

    @property
    def quote(self) -> str:
        """The quote of a string, without a prefix."""
        return self.opening.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    @property
    def is_closed(self) -> bool:
        """Whether a string has its closing quote."""
        return len(self.text) >= len(self.opening) + len(self.quote) and self.text.endswith(self.quote)

    @property
    def value(self) -> str:
        """What stands between a string's quotes, as it is written."""
        return self.text[len(self.opening) : -len(self.quote) if self.is_closed else None]


def tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of a stretch of text, white space left out."""
    for found in _TOKEN.finditer(text, start, end):
        if found.lastgroup != "space" and found.lastgroup is not None:
            yield Token(found.lastgroup, found[0], found.start(), found.end())


def logical_line(text: str, offset: int, *, is_broken: bool) -> tuple[int, int] | None:
    """Where the line of code starts and ends that an offset stands in, brackets followed over lines.

    None within a string of three quotes.

    Args:
        is_broken: a bracket may never be closed: a line that isn't indented further ends it, too.
    """
    start = depth = 0
    for piece in _PIECE.finditer(text):
        if piece.lastgroup == "triple" and piece.start() < offset < piece.end():
            return None
        if piece.lastgroup == "opened":
            depth += 1
        elif piece.lastgroup == "closed":
            depth = max(0, depth - 1)
        elif piece.lastgroup == "line_end":
            if depth and not _ends_in_brackets(text, start, piece.end(), is_broken=is_broken):
                continue
            if offset <= piece.start():
                return start, piece.start()
            start, depth = piece.end(), 0
    return start, len(text)


def _ends_in_brackets(text: str, start: int, next_line: int, *, is_broken: bool) -> bool:
    if _NEVER_IN_BRACKETS.match(text, next_line):
        return True
    if not is_broken:
        return False
    if _CLASS.match(text, start) and _ASSIGNS.match(text, next_line):
        return True
    indent, other = indent_at(text, start), indent_at(text, next_line)
    following = text[next_line + len(other) : next_line + len(other) + 1]
    return len(other) <= len(indent) and bool(following) and following not in ")]}\r\n#"


def indent_at(text: str, line_start: int) -> str:
    """The white space that a line starts with."""
    found = _INDENT.match(text, line_start)
    return found[0] if found is not None else ""
