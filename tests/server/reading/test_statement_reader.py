from __future__ import annotations

import ast
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import ReadStatement, StatementReader

pytestmark = pytest.mark.filterwarnings("ignore:invalid escape sequence")

FILE = '''"""Configs."""

import a
from b import (
    c,
    d,
)

TASKS = ["x", "y"]


@register("esm", *TASKS)
class Esm(Base):
    """The first."""

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]


# Another one.
@register(
    "bert",
    "x",
)
class Bert(Esm):
    outputs = {"a": [1, 2]}


if a:
    late = 1
else:
    late = 2
'''


@dataclass(frozen=True)
class Facts:
    text: str
    fault: str | None


def python_facts(text: str) -> Facts:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return Facts(text, error.msg)
    return Facts(text, None)


class Reads:
    """A way to read that remembers what it was asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, text: str) -> Facts:
        self.texts.append(text)
        return python_facts(text)

    def since(self) -> list[str]:
        found, self.texts = self.texts, []
        return found


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def reader(reads: Reads) -> StatementReader[Facts]:
    return StatementReader(reads)


def named(statements: tuple[ReadStatement[Facts], ...], start: str) -> ReadStatement[Facts]:
    """The statement that starts so."""
    (found,) = [each for each in statements if each.text.startswith(start)]
    return found


def fresh(text: str) -> tuple[ReadStatement[Facts], ...]:
    return StatementReader(python_facts).read(text)


def test_statements_have_their_text_their_line_and_the_facts_of_the_text_alone(
    reader: StatementReader[Facts],
) -> None:
    statements = reader.read(FILE)

    assert "".join(each.text for each in statements) == FILE
    assert [each.line for each in statements] == [0, 2, 3, 8, 11, 21, 29]
    assert all(each.facts == Facts(each.text, None) and each.last_good is None for each in statements)


def test_an_empty_text_has_no_statements(reader: StatementReader[Facts]) -> None:
    assert reader.read("") == ()
    assert len(reader.read("a\n")) == 1
    assert reader.read("") == ()


def test_a_character_costs_the_statement_that_it_is_typed_in(
    reader: StatementReader[Facts], reads: Reads
) -> None:
    reader.read(FILE)
    reads.since()

    statements = reader.read(FILE.replace('"input_ids"', '"input_idss"'))

    assert reads.since() == [named(statements, '@register("esm"').text]


def test_a_new_line_moves_what_stands_below_and_costs_nothing_there(
    reader: StatementReader[Facts], reads: Reads
) -> None:
    before = reader.read(FILE)
    reads.since()

    statements = reader.read("\n\n" + FILE)

    assert reads.since() == ["\n\n"]
    assert [(each.line, each.facts) for each in statements[1:]] == [
        (each.line + 2, each.facts) for each in before
    ]


def test_equal_statements_are_read_once(reader: StatementReader[Facts], reads: Reads) -> None:
    first, _, third = reader.read("a = 1\nb = 2\na = 1\n")

    assert reads.since() == ["a = 1\n", "b = 2\n"]
    assert first.facts is third.facts


def test_what_was_undone_is_not_read_again(reader: StatementReader[Facts], reads: Reads) -> None:
    changed = FILE.replace("late = 2", "late = 3")
    reader.read(FILE)
    reader.read(changed)
    reads.since()

    assert reader.read(FILE) == fresh(FILE)
    assert reads.since() == []


def test_statements_keep_their_facts_when_two_places_change_at_once(
    reader: StatementReader[Facts], reads: Reads
) -> None:
    reader.read(FILE)
    reads.since()

    reader.read(FILE.replace("import a", "import aa").replace("late = 2", "late = 3"))

    assert [text.split()[0] for text in reads.since()] == ["import", "if"]


def test_a_broken_statement_ends_where_the_next_plausibly_starts(
    reader: StatementReader[Facts], reads: Reads
) -> None:
    reader.read(FILE)
    reads.since()

    statements = reader.read(FILE.replace('["x", "y"]', '["x", "y"'))

    broken = named(statements, "TASKS")
    assert broken.facts.fault is not None
    assert broken.text == 'TASKS = ["x", "y"\n\n\n'
    assert named(statements, "@register(\n").facts.fault is None
    assert reads.since() == [broken.text]


@pytest.mark.parametrize(
    "text",
    [
        "a = [\n" + "class A:\n    b = 1\n    c = 2\n" * 20 + "]\n",
        "@a(\nclass A:\n    b = 1\n" + "import d\n    e\n    f\n" * 20,
        "a = [\nb = 1\n" + "print(2)\n" * 20,
        "a = '''\nb = 1\n" + "print(2)\n" * 20,
    ],
)
def test_what_is_certainly_broken_is_never_read_as_a_whole(text: str, reads: Reads) -> None:
    """An open bracket at the top of a long file would otherwise be read together with all of it."""
    StatementReader(reads).read(text)

    assert max(map(len, reads.texts)) < 40


def test_a_broken_statement_has_the_facts_of_before(reader: StatementReader[Facts]) -> None:
    good = named(reader.read(FILE), "@register(\n").facts
    text = FILE

    for typed in ("(", "((", "((x", "((x."):
        text = FILE.replace("[1, 2]", f"[1, {typed}2]")
        assert named(reader.read(text), "@register(\n").last_good == good
    assert named(reader.read("\n" + text), "@register(\n").last_good == good
    assert named(reader.read(FILE), "@register(\n").last_good is None


def test_broken_statements_have_no_facts_of_before_where_nobody_knows_them(
    reader: StatementReader[Facts],
) -> None:
    assert named(reader.read("a = (\nb = 1\n"), "a").last_good is None

    # Another statement has taken the place of the one that was.
    assert named(reader.read("a = 1\nlong_name = 2\n"), "l").facts.fault is None
    assert named(reader.read("a = 1\nl(x y z, and more\n"), "l").last_good is None


def test_a_broken_statement_keeps_its_facts_of_before_when_the_text_around_it_changes(
    reader: StatementReader[Facts],
) -> None:
    reader.read("a = 1\nb = 22222\nc = 3\n")
    good = named(reader.read("a = 1\nb = (22222\nc = 3\n"), "b").last_good

    statements = reader.read("aa = 1\nb = (22222\ncc = 3\n")

    assert good == Facts("b = 22222\n", None)
    assert named(statements, "b").last_good == good


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('a = """\nb = 1\nprint(2)\n', 'a = """\nb = 1\nprint(2)"""\n'),
        ("a = [\nprint(1)\nprint(2)\n", "a = [\nprint(1)\nprint(2)]\n"),
        ('a = "b\\\nc\\\nd\n', 'a = "b\\\nc\\\nd"\n'),
        ("a\nels\nb\n", "a\nelse:\nb\n"),
        ("a\nelse", "a\nelsewhere"),
        ("a\nels", "a\nelse:\n    b\n"),
        ("a = b(\nc = 1\nclass D:\n", "a = b(\nc = 1\n)\n"),
        ("a\n\x0b\n", "a\n\x0bb\n"),
        ("@a\n\n# b\nc\n", "@a\n\n# b\n@c\n"),
        ("a\r", "a\r\n"),
        ("a\rb\r", "a\r\nb\r"),
        ("\nb\n", "a\r\nb\n"),
        ("@a(\nimport b\nx = 1\n", "@a(\nimport b\nx = 1\nclass C:\n"),
        ("a = (\nb = 1\nprint(2)\n)\n", "a = (\nb = 1\nprint(2)\n)]\n"),
        ("x\n" + "a = (\n" * 60, "x\n" + "a = (\n" * 60 + ")" * 60),
    ],
)
def test_what_stands_far_below_may_decide_where_a_statement_ends(before: str, after: str) -> None:
    for first, then in ((before, after), (after, before)):
        reader = StatementReader(python_facts)
        reader.read(first)
        assert reader.read(then) == fresh(then)


def test_what_reading_raises_is_passed_on_and_harms_nothing() -> None:
    def read(text: str) -> Facts:
        if "stop" in text:
            raise KeyboardInterrupt
        return python_facts(text)

    reader = StatementReader(read)
    reader.read(FILE)
    with pytest.raises(KeyboardInterrupt):
        reader.read(FILE.replace("late = 2", "late = stop"))

    assert reader.read(FILE + "last = 1\n") == fresh(FILE + "last = 1\n")


@pytest.mark.parametrize(
    "line", ["x = (\n", "@a\n", "@a(\n", "x = = \\\n", "else = 1\n", 'x = ("""\n', "class A(:\n"]
)
def test_a_file_of_broken_statements_is_read_in_linear_time(line: str, reads: Reads) -> None:
    text = line * 2_000

    statements = StatementReader(reads).read(text)

    assert "".join(each.text for each in statements) == text
    assert sum(map(len, reads.texts)) < 4 * len(text)


PIECES = (
    *"\"'()[]{}#\\\n:=,@x ",
    '"""',
    "'''",
    "\r\n",
    "\r",
    "\t",
    "\x0c",
    "😋",
    "\\\n",
    "\n\n",
    "\nclass Q(A):\n    ",
    "\ndef f(",
    "\nimport q\n",
    "\n@q\n",
    "\ny = 1\n",
    "\nelse:\n    ",
    "\nprint(1)\n",
    '\nz = f"{',
)


def edited(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text) + 1)
    kind = dice.random()
    if kind < 0.6:
        return text[:start] + dice.choice(PIECES) + text[start:]
    end = min(len(text), start + dice.choice((1, 1, 2, 5, 40)))
    if kind < 0.8:
        return text[:start] + text[end:]
    if kind < 0.9:
        return text[:start] + dice.choice(PIECES) + text[end:]
    place = dice.randrange(len(text) + 1)
    return text[:place] + text[start:end] + text[place:]


def check_edits(read: Callable[[str], object], dice: random.Random, edits: int) -> None:
    text = FILE
    reader: StatementReader = StatementReader(read)  # ty: ignore[invalid-argument-type]
    for number in range(edits):
        statements = reader.read(text)
        assert statements == StatementReader(read).read(text), repr(text)  # ty: ignore[invalid-argument-type]
        text = FILE if number % 20 == 19 else edited(text, dice)
        if dice.random() < 0.1:
            text = edited(text, dice)


@pytest.mark.parametrize("seed", range(10))
def test_after_any_edit_the_statements_are_those_of_a_fresh_reader(seed: int) -> None:
    check_edits(python_facts, random.Random(seed), edits=200)


def test_so_are_they_with_real_facts() -> None:
    check_edits(read_statement, random.Random(0), edits=100)
