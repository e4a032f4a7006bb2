from __future__ import annotations

import random

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from neuron_config_server.features.text_documents import ExactDocument


def document(text: str, encoding: str = "utf-16") -> ExactDocument:
    codec = PositionCodec(types.PositionEncodingKind(encoding))
    return ExactDocument("file:///a.py", source=text, version=1, position_codec=codec)


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    range_ = types.Range(types.Position(*start), types.Position(*end))
    return types.TextDocumentContentChangePartial(range=range_, text=text)


@pytest.mark.parametrize("separator", ["\x0c", "\u2028", "\x85", "\x1c", "\v"])
def test_an_edit_below_a_character_that_is_no_line_end(separator: str) -> None:
    edited = document(f"a = 1{separator}\nb = 2\nc = 3\n")
    edited.apply_change(change((2, 4), (2, 5), "4"))
    assert edited.source == f"a = 1{separator}\nb = 2\nc = 4\n"


def test_an_edit_past_the_end_of_a_line_is_at_its_end() -> None:
    edited = document("abc\ndef\n")
    edited.apply_change(change((0, 10), (0, 10), "!"))
    assert edited.source == "abc!\ndef\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("seed", range(20))
def test_random_edits_leave_the_text_that_the_client_has(encoding: str, seed: int) -> None:
    dice = random.Random(seed)
    pieces = ["a", "é", "😋", "\n", "\r\n", "\x0c", "\u2028", "    ", "[", "]"]
    width = {
        "utf-8": lambda c: len(c.encode()),
        "utf-16": lambda c: 1 + (ord(c) > 0xFFFF),
        "utf-32": lambda c: 1,
    }[encoding]
    lines = ["".join(dice.choice(["a", "é", "😋"]) for _ in range(5)) for _ in range(5)]
    edited = document("\n".join(lines), encoding)
    for _ in range(40):
        lines = edited.source.replace("\r\n", "\n").split("\n")
        line = dice.randrange(len(lines))
        start, end = sorted(dice.randrange(len(lines[line]) + 1) for _ in range(2))
        text = "".join(dice.choice(pieces) for _ in range(dice.randrange(3)))
        units = [sum(map(width, lines[line][:column])) for column in (start, end)]
        before = edited.source
        offset = 0
        for _ in range(line):
            offset = before.index("\n", offset) + 1
        edited.apply_change(change((line, units[0]), (line, units[1]), text))
        assert edited.source == before[: offset + start] + text + before[offset + end :]
