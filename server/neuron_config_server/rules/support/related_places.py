"""The other side of a finding: the line of a library that it speaks of, the string that is inherited."""

from __future__ import annotations

from pathlib import Path

from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import Part, StringLiteral
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Related

_SHOWN = 6
"""Parameters of a ``forward`` that fit into a line."""


def in_library(message: str, file: Path | None, line: int | None) -> tuple[Related, ...]:
    """A line of a package's file; none where a release stands in, whose paths lead nowhere.

    Args:
        line: from 1.
    """
    if file is None or not line or not file.is_absolute():
        return ()
    start = Position(line - 1, 0)
    return (Related(message, Range(start, start), file),)


def forward_of(signature: ForwardSignature) -> tuple[Related, ...]:
    """Where a model's ``forward`` is, and what it takes."""
    names = [each.name for each in signature.parameters if each.takes_keyword]
    shown = ", ".join([*names[:_SHOWN], *(["…"] if len(names) > _SHOWN else [])])
    return in_library(f"`{signature.model_class}.forward` takes {shown}", signature.file, signature.line)


def written_at(file: ConfigFile, part: Part, message: str) -> tuple[Related, ...]:
    """Where a name is written that a class inherits; none where code makes it."""
    if not isinstance(part, StringLiteral):
        return ()
    return (Related(message, part.range, None if file.holds(part) else part.path),)
