"""Strings of the source with their places: what findings underline and fixes change.

A place is that of a statement and one within it. When lines above a statement come or go it moves, and so
does all that is known of it (:class:`StartLine`): nothing has to be worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Union

from neuron_config_server.reading import syntax
from neuron_config_server.reading.positions import Position, Range


class StartLine:
    """Where a statement starts in its file, from 0, as it is now."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"StartLine({self.number})"

    def __int__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StartLine) and self.number == other.number

    def __hash__(self) -> int:
        return 0  # it moves while it is a key


@dataclass(frozen=True)
class StringLiteral:
    """A plain string in the source."""

    value: str
    node: syntax.Text
    line: StartLine
    path: Path | None = None
    """The file that it stands in; None for a text without a file."""

    def __hash__(self) -> int:
        return hash((self.value, self.node.span))  # the rest would hardly tell two apart, and costs a lot

    @property
    def range(self) -> Range:
        """With its quotes."""
        return range_of(self.node.span, self.line)

    @property
    def inner(self) -> Range:
        """Without them: what a fix replaces."""
        whole = self.range
        return Range(
            Position(whole.start.line, whole.start.column + self.node.opening),
            Position(whole.end.line, whole.end.column - self.node.closing),
        )


@dataclass(frozen=True)
class Computed:
    """A string that code makes."""

    value: str


@dataclass(frozen=True)
class Untold:
    """Any number of strings that can't be told."""

    reason: str


Part = Union[StringLiteral, Computed, Untold]


@dataclass(frozen=True)
class NameReference:
    """A name in the source that stands for a value of the file."""

    name: str
    span: syntax.Span
    line: StartLine

    @property
    def range(self) -> Range:
        return range_of(self.span, self.line)


@dataclass(frozen=True)
class Strings:
    """A list of strings, part by part."""

    parts: tuple[Part, ...] = ()

    @property
    def literals(self) -> tuple[StringLiteral, ...]:
        return tuple(part for part in self.parts if isinstance(part, StringLiteral))

    @property
    def values(self) -> tuple[str, ...]:
        """The strings that are known."""
        return tuple(part.value for part in self.parts if not isinstance(part, Untold))

    @property
    def unknown(self) -> str | None:
        """Why the list is not fully known; None when it is."""
        return next((part.reason for part in self.parts if isinstance(part, Untold)), None)


def range_of(span: syntax.Span, line: StartLine | int) -> Range:
    """The place in the file of what stands in a statement that starts on that line."""
    start = int(line)
    return Range(Position(span[0] + start, span[1]), Position(span[2] + start, span[3]))
