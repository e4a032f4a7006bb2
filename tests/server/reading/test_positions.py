from __future__ import annotations

import pytest

from neuron_config_server.reading.positions import Position, Range, SourceText, apply_edits, split_lines
from neuron_config_server.rules.finding import Edit


def edit(line: int, start: int, end: int, text: str) -> Edit:
    return Edit(Range(Position(line, start), Position(line, end)), text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\nb\n", ["a\n", "b\n"]),
        ("a\r\nb\rc\n", ["a\r\n", "b\r", "c\n"]),
        ("a\x0cb\u2028c\x85d\n", ["a\x0cb\u2028c\x85d\n"]),
        ("\n\n", ["\n", "\n"]),
    ],
)
def test_lines_end_where_python_and_lsp_end_them(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


def test_positions_past_the_end_are_the_end() -> None:
    source = SourceText("ab\ncd")
    assert source.offset(Position(0, 99)) == 3
    assert source.offset(Position(9, 0)) == 5
    assert source.line(9) == ""


def test_edits_are_applied_in_any_order() -> None:
    edits = [edit(1, 0, 2, "XY"), edit(0, 1, 1, "-")]
    assert apply_edits("ab\ncd\n", edits) == "a-b\nXY\n"


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap at line 1"):
        apply_edits("abcd", [edit(0, 0, 3, ""), edit(0, 2, 4, "")])
