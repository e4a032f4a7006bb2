"""The tokens of a text that may be broken, as far as they tell where brackets and calls are."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<string>[rRbBuUfFtT]{0,2}(?:
        \"\"\"(?:\\[\s\S]|[^\\])*?(?:\"\"\"|\Z) | '''(?:\\[\s\S]|[^\\])*?(?:'''|\Z)
        | "(?:\\(?:\r\n|[\s\S])|[^"\\\r\n])*"? | '(?:\\(?:\r\n|[\s\S])|[^'\\\r\n])*'?))
    | (?P<comment>\#[^\r\n]*)
    | (?P<line_end>\r\n|\r|\n)
    | (?P<name>[^\W\d]\w*)
    | (?P<opening>[(\[{])
    | (?P<closing>[)\]}])
    | (?P<other>[^\s\w] | \d[\w.]*)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A token of a text."""

    kind: str
    """``string``, ``comment``, ``line_end``, ``name``, ``opening``, ``closing`` or ``other``."""
    text: str
    start: int
    """Offset in the text."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    """The tokens in order; a string that is never closed ends with its line, or with the text if it may be
    longer than a line.
    """
    for found in _TOKEN.finditer(text):
        yield Token(found.lastgroup or "other", found.group(), found.start())


@dataclass(frozen=True)
class OpenCall:
    """A call that isn't closed where a text ends."""

    function: str
    """As written."""
    arguments: tuple[str, ...]
    """As written; the last one is being written, and may be empty."""


def open_call(text: str) -> OpenCall | None:
    """The innermost call that is open at the end of a text; None if there is none, or in a comment."""
    every = list(tokens(text))
    if every and every[-1].kind == "comment":
        return None
    code = [each for each in every if each.kind not in ("comment", "line_end")]
    for place in reversed(_open_brackets(code)):
        start = _start_of_function(code, place)
        if code[place].text == "(" and start is not None:
            function = text[code[start].start : code[place].start].strip()
            return OpenCall(function, tuple(_arguments(text, code, place)))
    return None


def _open_brackets(code: list[Token]) -> list[int]:
    """The places of the brackets that are never closed, outermost first."""
    waiting: list[int] = []
    for place, token in enumerate(code):
        if token.kind == "opening":
            waiting.append(place)
        elif token.kind == "closing" and waiting:
            waiting.pop()
    return waiting


def _start_of_function(code: list[Token], bracket: int) -> int | None:
    """Where the dotted name before a bracket starts; None if the bracket calls nothing."""
    place = bracket
    while place > 0:
        before = code[place - 1]
        if before.kind == "closing":
            opening = _opening_of(code, place - 1)
            if opening is None:
                return None
            place = opening
            continue
        if before.kind != "name" or keyword.iskeyword(before.text):
            return None
        place -= 1
        if place == 0 or code[place - 1].text != ".":
            is_definition = place > 0 and code[place - 1].text in ("class", "def")
            return None if is_definition else place
        place -= 1
    return None


def _opening_of(code: list[Token], closing: int) -> int | None:
    depth = 0
    for place in range(closing, -1, -1):
        depth += (code[place].kind == "closing") - (code[place].kind == "opening")
        if depth == 0:
            return place
    return None


def _arguments(text: str, code: list[Token], bracket: int) -> Iterator[str]:
    depth, start = 0, code[bracket].end
    for token in code[bracket + 1 :]:
        depth += (token.kind == "opening") - (token.kind == "closing")
        if token.text == "," and depth == 0:
            yield text[start : token.start].strip()
            start = token.end
    yield text[start:].strip()
