from __future__ import annotations

import pytest

from neuron_config_server.reading import syntax
from neuron_config_server.reading.statement_facts import read_statement


def test_equal_texts_have_equal_facts() -> None:
    text = "class A(B):\n    X = ['a', *(b for b in c if d), f'{e!r:>{f}}']\n"
    assert read_statement(text) == read_statement(text)
    assert read_statement(text) != read_statement(text.replace("'a'", "'b'"))
    assert hash(read_statement(text)) == hash(read_statement(text))


@pytest.mark.parametrize(
    "text",
    [
        "class A(:\n",
        "x = 'a\n",
        "def f(:\n    pass\n",
        "def f():\n    return*a\n",
        'x = "a" t"b"\n',
        "def f():\n    nonlocal x\n",
        "def f(x):\n    global x\n",
        "def f():\n    x = 1\n    global x\n",
        "a = [x for x in (y := [1])]\n",
    ],
)
def test_a_broken_statement_has_only_its_fault(text: str) -> None:
    facts = read_statement(text)
    assert facts.fault is not None
    assert facts.body == ()
    assert facts.unread is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"x = {'not ' * 1000}y\n", "more than 320 operators follow one another"),
        (f"x = {'[' * 100}{']' * 100}\n", "brackets are nested more than 32 deep"),
    ],
)
def test_what_python_reads_and_we_do_not_is_no_fault(text: str, reason: str) -> None:
    facts = read_statement(text)
    assert facts.fault is None
    assert facts.unread == reason


def only(text: str) -> syntax.Statement:
    (node,) = read_statement(text).body
    return node


def test_places_are_those_of_the_text() -> None:
    node = only("\n\nX = [\n    'a',\n]\n")
    assert isinstance(node, syntax.Assign)
    assert node.value.span == (2, 4, 4, 1)
    assert isinstance(node.value, syntax.Display)
    assert [each.span for each in node.value.elements] == [(3, 4, 3, 7)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b", (("a", "a"),)),
        ("import a.b as c", (("c", "a.b"),)),
        ("from ..a import b as c, d", (("c", "..a.b"), ("d", "..a.d"))),
        ("from . import a", (("a", ".a"),)),
        ("from a import *", (("*", "a.*"),)),
    ],
)
def test_imports(text: str, names: tuple[tuple[str, str], ...]) -> None:
    node = only(text + "\n")
    assert isinstance(node, syntax.Import)
    assert node.names == names


def test_a_line_of_several_statements_has_several() -> None:
    assert len(read_statement("a = 1; b = 2; c()\n").body) == 3


@pytest.mark.parametrize(
    ("body", "is_generator"), [("yield 1", True), ("x = lambda: (yield)", False), ("g()", False)]
)
def test_generators(body: str, is_generator: bool) -> None:
    node = only(f"def f():\n    {body}\n")
    assert isinstance(node, syntax.Function)
    assert node.is_generator is is_generator
