"""Strings of the source with their places: what findings underline and fixes change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Union

from neuron_config_server.reading import syntax
from neuron_config_server.reading.positions import Position, Range


@dataclass(frozen=True)
class StringLiteral:
    """A plain string in the source."""

    value: str
    range: Range
    """With its quotes."""
    inner: Range
    """Without them: what a fix replaces."""
    path: Path | None = None
    """The file that it stands in; None for a text without a file."""


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
    range: Range


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


def range_of(span: syntax.Span, line: int) -> Range:
    """The place in the file of what stands in a statement that starts on that line."""
    return Range(Position(span[0] + line, span[1]), Position(span[2] + line, span[3]))


def string_literal(node: syntax.Text, line: int, path: Path | None = None) -> StringLiteral:
    range_ = range_of(node.span, line)
    inner = Range(
        Position(range_.start.line, range_.start.column + node.opening),
        Position(range_.end.line, range_.end.column - node.closing),
    )
    return StringLiteral(node.value, range_, inner, path)
