"""The comments of a text, found by a scanner that never fails: a ``#`` within a string is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?:\"\"\"(?:\\[\s\S]|[^\\])*?(?:\"\"\"|\Z)) | (?:'''(?:\\[\s\S]|[^\\])*?(?:'''|\Z))
    | "(?:\\(?:\r\n|[\s\S])|[^"\\\r\n])*"? | '(?:\\(?:\r\n|[\s\S])|[^'\\\r\n])*'?
    | (?P<comment>\#[^\r\n]*)
    | (?P<line_end>\r\n|\r|\n)
    """,
    re.VERBOSE,
)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Comment:
    """A comment in a text."""

    text: str
    """From its ``#`` to the end of its line."""
    line: int
    column: int
    stands_alone: bool
    """Whether nothing but white space stands before it on its line."""


def comments(text: str) -> Iterator[Comment]:
    """The comments, in order; a string that is never closed ends with its line, or with the text if it may be
    longer than a line.
    """
    line, start_of_line = 0, 0
    for token in _TOKEN.finditer(text):
        if token["comment"] is not None:
            before = text[start_of_line : token.start()]
            yield Comment(token["comment"], line, len(before), not before.strip())
            continue
        for end in _LINE_END.finditer(token.group()):
            line, start_of_line = line + 1, token.start() + end.end()
