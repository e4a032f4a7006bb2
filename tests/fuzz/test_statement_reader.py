"""Typing and random edits: after each of them, the statements are those that a fresh reader finds.

What is typed is optimum-neuron's real config file. Every text is split afresh, with the facts of known statement
texts remembered; every thousandth is read afresh as a whole.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import ReadStatement, StatementReader
from neuron_config_server.reading.syntax import StatementFacts

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(1800)]

EDITS = 20_000
WHOLLY_FRESH = 1_000
"""One of so many texts is read without remembered facts."""

Statements = tuple[ReadStatement[StatementFacts], ...]


remembered = lru_cache(maxsize=5_000)(read_statement)


@pytest.fixture(scope="module")
def config_file(optimum_neuron: Path) -> str:
    return (optimum_neuron / "optimum/exporters/neuron/model_configs.py").read_text(encoding="utf-8")


class Check:
    """Holds a reader against fresh ones."""

    def __init__(self) -> None:
        self.reader = StatementReader(remembered)
        self.texts = 0

    def __call__(self, text: str) -> Statements:
        statements = self.reader.read(text)
        self.texts += 1
        known = read_statement if self.texts % WHOLLY_FRESH == 0 else remembered
        assert statements == StatementReader(known).read(text), f"text {self.texts}: {text!r}"
        return statements


def typed(above: str, typed: str, below: str) -> Iterator[str]:
    for end in range(len(typed) + 1):
        yield above + typed[:end] + below


@pytest.mark.parametrize("start", ["in an empty file", "above the rest", "in the middle"])
def test_typing_a_file(config_file: str, start: str) -> None:
    lines = config_file.splitlines(keepends=True)
    third = len(lines) // 3
    first, second, last = ("".join(part) for part in (lines[:third], lines[third:-third], lines[-third:]))
    above, now, below = {
        "in an empty file": ("", config_file, ""),
        "above the rest": ("", first, second + last),
        "in the middle": (first, second, last),
    }[start]
    check = Check()

    for text in typed(above, now, below):
        statements = check(text)

    assert "".join(each.text for each in statements) == config_file
    assert all(each.facts.fault is None for each in statements)


PIECES = (
    *"\"'()[]{}#\\\n\r:=,@.*x0 ",
    *(
        '"""',
        "'''",
        "\r\n",
        "\t",
        "\x0c",
        "\ufeff",
        "\0",
        "\u2028",
        "😋",
        "é",
        "e\u0301",
        "\\\n",
        "\n\n",
        'f"{',
        "r'",
    ),
    *(
        "\nclass Q(A):\n    ",
        "\ndef f(",
        "\nasync def f():\n",
        "\nimport q\n",
        "\nfrom q import r\n",
        "\n@q\n",
    ),
    *(
        "\ny = 1\n",
        "\nz: int = [\n",
        "\nelse:\n    ",
        "\nexcept A:\n",
        "\nprint(1)\n",
        "\nif q:\n    ",
        "    ",
        "\n# q\n",
    ),
    *("yield ", "lambda: ", "return ", "match a:\n  case ", "-> ", "del "),
)


def edited(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text) + 1)
    end = min(len(text), start + dice.choice((1, 1, 1, 2, 5, 30, 300)))
    place = dice.randrange(len(text) + 1)
    kind = dice.random()
    if kind < 0.55:
        return text[:start] + dice.choice(PIECES) + text[start:]
    if kind < 0.75:
        return text[:start] + text[end:]
    if kind < 0.85:
        return text[:start] + dice.choice(PIECES) + text[end:]
    if kind < 0.95:
        return text[:place] + text[start:end] + text[place:]
    return text.replace(text[start:end], dice.choice(PIECES), 3)


def histories(text: str, dice: random.Random) -> Iterator[str]:
    """Edits of the text, several at once at times, undone at times; from anew when it is far from what it was."""
    done = [text]
    while True:
        for _ in range(dice.choice((1, 1, 1, 1, 2, 3))):
            done.append(edited(done[-1], dice))
        if dice.random() < 0.1:
            del done[-dice.randrange(1, len(done)) :]
        if len(done) > 40:
            done = [text]
        yield done[-1]


@pytest.mark.parametrize("seed", range(4))
def test_random_edits(config_file: str, seed: int) -> None:
    check = Check()
    texts = histories(config_file, random.Random(seed))

    for _, text in zip(range(EDITS // 4), texts):
        check(text)
