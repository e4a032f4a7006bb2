"""Our positions (code points) <-> the client's (units of the encoding that was negotiated)."""

from __future__ import annotations

from lsprotocol import types

from neuron_config_server.reading.positions import Position, Range, SourceText

_BYTES_PER_UNIT = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def to_client_range(source: SourceText, range_: Range, encoding: str) -> types.Range:
    """A range of ours in client units."""
    return types.Range(
        start=_to_client(source, range_.start, encoding), end=_to_client(source, range_.end, encoding)
    )


def from_client_range(source: SourceText, range_: types.Range, encoding: str) -> Range:
    """A client's range in code points; positions past the end of a line or the text are that end."""
    return Range(_from_client(source, range_.start, encoding), _from_client(source, range_.end, encoding))


def _to_client(source: SourceText, position: Position, encoding: str) -> types.Position:
    return types.Position(
        line=position.line, character=_units(source.line(position.line)[: position.column], encoding)
    )


def _from_client(source: SourceText, position: types.Position, encoding: str) -> Position:
    if position.line >= source.line_count:
        return Position(source.line_count, 0)
    line = source.line(position.line)
    if line.isascii():
        return Position(position.line, min(position.character, len(line)))
    codec, size = _BYTES_PER_UNIT[encoding]
    before = line.encode(codec, "surrogatepass")[: position.character * size]
    # A position inside of a character (its second UTF-16 unit, say) counts as the one before it.
    return Position(position.line, len(before.decode(codec, "ignore")))


def _units(text: str, encoding: str) -> int:
    if text.isascii():
        return len(text)
    codec, size = _BYTES_PER_UNIT[encoding]
    return len(text.encode(codec, "surrogatepass")) // size
