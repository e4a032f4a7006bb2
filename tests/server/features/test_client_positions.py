from __future__ import annotations

import pytest
from lsprotocol import types

from neuron_config_server.features.client_positions import from_client_range, to_client_range
from neuron_config_server.reading.positions import Position, Range, SourceText

TEXT = "plain\n😋é\t|x\n"


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_columns_are_counted_in_the_clients_units(encoding: str, character: int) -> None:
    source = SourceText(TEXT)
    ours = Range(Position(1, 0), Position(1, 3))
    theirs = types.Range(types.Position(1, 0), types.Position(1, character))
    assert to_client_range(source, ours, encoding) == theirs
    assert from_client_range(source, theirs, encoding) == ours


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_position_comes_back(encoding: str) -> None:
    source = SourceText(TEXT)
    for line in range(2):
        for column in range(len(source.line(line)) + 1):
            ours = Range(Position(line, column), Position(line, column))
            assert from_client_range(source, to_client_range(source, ours, encoding), encoding) == ours


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (types.Position(0, 99), Position(0, 5)),
        (types.Position(1, 99), Position(1, 5)),
        (types.Position(99, 3), Position(2, 0)),
        (types.Position(1, 1), Position(1, 0)),  # between the halves of a surrogate pair
    ],
)
def test_positions_that_are_none_are_put_to_the_next_that_is(
    position: types.Position, expected: Position
) -> None:
    assert from_client_range(SourceText(TEXT), types.Range(position, position), "utf-16").start == expected
