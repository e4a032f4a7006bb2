from __future__ import annotations

import random

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


def test_an_edited_text_has_the_lines_of_the_whole_one() -> None:
    chance = random.Random(0)
    pieces = ("a", "b", "\n", "\r", "\r\n", "\f", "\u2028", " xy\n")

    def position(source: SourceText) -> Position:
        line = chance.randrange(len(source.lines) + 2)
        last = len(source.line(line))
        return (
            Position(line, min(chance.randrange(4), last)) if line < len(source.lines) else Position(line, 0)
        )

    def starts(source: SourceText) -> list[int]:
        return [source.offset(Position(line, 0)) for line in range(source.line_count + 1)]

    for _ in range(2000):
        source = SourceText("".join(chance.choices(pieces, k=chance.randrange(14))))
        for _ in range(chance.randrange(1, 6)):
            start, end = sorted((position(source), position(source)))
            new = "".join(chance.choices(pieces, k=chance.randrange(4)))
            edited = source.edited(Range(start, end), new)
            whole = source.text[: source.offset(start)] + new + source.text[source.offset(end) :]
            assert (edited.text, starts(edited)) == (whole, starts(SourceText(whole)))
            assert [edited.line(each) for each in range(edited.line_count)] == [
                each.rstrip("\r\n") for each in split_lines(whole)
            ]
            source = edited
