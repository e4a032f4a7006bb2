"""Places in the files of an environment, found by reading the one file at request time."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.careful_files import read_text
from neuron_config_server.reading.positions import Position, Range, SourceText, source_text


@dataclass(frozen=True)
class Place:
    """A range in a file."""

    path: Path | None
    """None: the document itself, which may have no file."""
    source: SourceText
    range: Range


def place_of_name(file: Path, line: int, name: str) -> Place | None:
    """Where a name stands on a line, or the line where it doesn't; None where there is no such file.

    Args:
        line: from 1.
    """
    source = _source(file)
    return _on_line(file, source, line - 1, name) if source is not None else None


def place_of_parameter(file: Path, line: int, name: str) -> Place | None:
    """A parameter of the function whose ``def`` is on a line; the function where it has none of that name.

    Args:
        line: from 1.
    """
    source = _source(file)
    if source is None:
        return None
    start = _parameter_start(source, line - 1, name)
    return (
        _at(file, source, start, name) if start is not None else _on_line(file, source, line - 1, "forward")
    )


def place_of_field(file: Path, line: int, name: str, class_name: str) -> Place | None:
    """A field of the class that starts on a line; the class where it inherits the field.

    Args:
        line: from 1.
    """
    source = _source(file)
    if source is None:
        return None
    field = re.compile(rf"\s+{re.escape(name)}\s*:")
    for number in range(line, len(source.lines)):
        text = source.line(number)
        if field.match(text):
            return _on_line(file, source, number, name)
        if re.match(r"\S", text):
            break
    return _on_line(file, source, line - 1, class_name)


def place_of_class(file: Path, name: str) -> Place | None:
    """A class of the file's top level."""
    return _first_match(file, re.compile(rf"class {re.escape(name)}\b"), name)


def place_of_assignment(file: Path, name: str) -> Place | None:
    """The first ``self.name = …`` in a file."""
    return _first_match(file, re.compile(rf"\s+self\.{re.escape(name)}\s*(?::[^=]+)?=(?!=)"), name)


def place_of_key(file: Path, key: str, after: str) -> Place | None:
    """The first entry of a dictionary with that key behind a line that begins with a text."""
    return _first_match(file, re.compile(rf"\s*[\"']{re.escape(key)}[\"']\s*:"), key, after)


def _first_match(file: Path, pattern: re.Pattern[str], name: str, after: str = "") -> Place | None:
    source = _source(file)
    if source is None:
        return None
    lines = enumerate(source.lines)
    for _, text in lines:
        if text.startswith(after):
            break
    again = enumerate(source.lines) if not after else lines
    number = next((number for number, text in again if pattern.match(text)), None)
    return _on_line(file, source, number, name) if number is not None else None


def _source(file: Path) -> SourceText | None:
    if not file.is_absolute():  # of the release that stands in: there is no such file here
        return None
    text = read_text(file)
    return source_text(text) if text is not None else None


def _on_line(file: Path, source: SourceText, line: int, name: str) -> Place:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source.line(line))
    start = Position(line, found.start() if found is not None else 0)
    return _at(file, source, start, name if found is not None else "")


def _at(file: Path, source: SourceText, start: Position, name: str) -> Place:
    return Place(file, source, Range(start, Position(start.line, start.column + len(name))))


def _parameter_start(source: SourceText, line: int, name: str) -> Position | None:
    """By the tokens of the function's head: a name behind ``(``, ``,`` or stars, in the outer brackets."""
    depth, previous = 0, ""
    for token in _tokens("".join(source.lines[line:])):
        if token.type in (tokenize.NL, tokenize.COMMENT):
            continue
        if token.string in "([{" and token.type == tokenize.OP:
            depth += 1
        elif token.string in ")]}" and token.type == tokenize.OP:
            depth -= 1
            if depth == 0:
                return None
        elif depth == 1 and token.string == name and previous in ("(", ",", "*", "**"):
            return Position(line + token.start[0] - 1, token.start[1])
        previous = token.string
    return None


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """As far as the text has any."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError):
        return
