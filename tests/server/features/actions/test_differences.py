from __future__ import annotations

import random

import pytest

from neuron_config_server.features.actions.differences import edits_between
from neuron_config_server.reading.positions import apply_edits

CASES = {
    "nothing": ("a\nb\n", "a\nb\n", []),
    "within a line": ('x = ["a", "b"]\n', 'x = ["a"]\n', [(0, 8, 0, 13, "")]),
    "in the middle of a word": ("a = hello\n", "a = hallo\n", [(0, 5, 0, 6, "a")]),
    "a line goes": ("a\nb\nc\n", "a\nc\n", [(1, 0, 2, 0, "")]),
    "a line comes": ("a\nc\n", "a\nb\nc\n", [(1, 0, 1, 0, "b\n")]),
    "two lines far apart": ("a\nb\nc\n", "x\nb\ny\n", [(0, 0, 0, 1, "x"), (2, 0, 2, 1, "y")]),
    "behind a last line without its end": ("a", "a\nb\n", [(0, 0, 0, 1, "a\nb\n")]),
    "a line end": ("a\r\nb\n", "a\nb\n", [(0, 0, 1, 0, "a\n")]),
    "repeated characters": ("aaa\n", "aa\n", [(0, 2, 0, 3, "")]),
    "into an empty text": ("", "a\n", [(0, 0, 0, 0, "a\n")]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_edits(before: str, after: str, expected: list[tuple[int, int, int, int, str]]) -> None:
    found = edits_between(before, after)
    assert [
        (
            edit.range.start.line,
            edit.range.start.column,
            edit.range.end.line,
            edit.range.end.column,
            edit.new_text,
        )
        for edit in found
    ] == expected
    assert apply_edits(before, found) == after


def test_any_two_texts() -> None:
    chance = random.Random(4)
    for _ in range(500):
        before, after = ("".join(chance.choices(["a", "b", "ab\n", "\n", "\r\n"], k=12)) for _ in range(2))
        assert apply_edits(before, edits_between(before, after)) == after
