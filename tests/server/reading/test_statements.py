from __future__ import annotations

import ast
import random

import pytest

from neuron_config_server.reading.statements import restart_line, split_statements


def first_lines(text: str) -> list[str]:
    return [statement.text.splitlines()[0] for statement in split_statements(text)]


def test_a_statement_runs_to_the_line_before_the_next() -> None:
    text = "import a\n\n# about b\nb = 1\nclass C:\n    d = 2\n\n\n    e = 3\nf = 4\n"
    assert [statement.text for statement in split_statements(text)] == [
        "import a\n\n# about b\n",
        "b = 1\n",
        "class C:\n    d = 2\n\n\n    e = 3\n",
        "f = 4\n",
    ]


def test_decorators_belong_to_what_they_decorate() -> None:
    text = "@a\n# why\n@b(\n1)\nclass C:\n    pass\n@c\ndef d(): pass\n"
    assert first_lines(text) == ["@a", "@c"]


def test_else_and_its_kin_belong_to_the_statement_above() -> None:
    text = "if a:\n    b\nelif c:\n    d\nelse:\n    e\ntry:\n    f\nexcept G:\n    h\nfinally:\n    i\nelsewhere = 1\n"
    assert first_lines(text) == ["if a:", "try:", "elsewhere = 1"]


@pytest.mark.parametrize(
    "text",
    [
        "a = [\n1,\n]\nb = 2\n",
        'a = """\nclass X:\n"""\nb = 2\n',
        "a = 1 + \\\n2\nb = 2\n",
        "a = 'it\\'s [' # ( [ {\nb = 2\n",
        "a = (  # '\n1)\nb = 2\n",
        "a = r'\\'\nb = 2\n".replace("r'\\'", "r'\\\\'"),
        "a = 'b\\\nc'\nb = 2\n",
        "a = ''''quoted' text'''\nb = 2\n",
        "\x0ca = [\r\n1]\r\nb = 2\r\n",
    ],
)
def test_strings_brackets_and_continuations_hide_line_ends(text: str) -> None:
    assert len(list(split_statements(text))) == 2


def test_the_first_line_is_counted_from_where_the_text_starts() -> None:
    assert [statement.line for statement in split_statements("a\nb\n", first_line=10)] == [10, 11]


@pytest.mark.parametrize("seed", range(200))
def test_any_text_is_split_without_loss(seed: int) -> None:
    dice = random.Random(seed)
    pieces = [
        "class A:\n",
        "    x = 1\n",
        '"""',
        "'",
        "[",
        "]",
        "\\",
        "\n",
        "\r\n",
        "# no\n",
        "@d\n",
        "else:\n",
        "é😋",
        "\t",
        "x",
    ]
    text = "".join(dice.choice(pieces) for _ in range(dice.randrange(40)))
    assert "".join(statement.text for statement in split_statements(text)) == text


def test_statements_of_a_valid_file_are_those_of_python() -> None:
    text = ast.__file__ and open(ast.__file__, encoding="utf-8").read()  # noqa: SIM115, PTH123
    expected = [
        min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))]) - 1
        for node in ast.parse(text).body
    ]
    assert [statement.line for statement in split_statements(text)] == expected


def test_a_broken_statement_may_restart_at_the_next_class_not_at_its_own() -> None:
    text = '@register("esm", ["a"\nclass A(B):\n    pass\n@register("bert")\nclass C(D):\n    pass\n'
    assert restart_line(text) == 3


def test_text_without_another_start_has_no_restart() -> None:
    assert restart_line("class A(:\n    x = 1\n    y = [\n") is None
