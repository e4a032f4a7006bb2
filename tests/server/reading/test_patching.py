"""A change within a string: the facts are those of a fresh reading."""

from __future__ import annotations

import random

import pytest

from neuron_config_server.reading.patching import patched
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import StatementReader
from neuron_config_server.reading.syntax import Text, nodes_in

CLASS = '''\
@register("esm", *["fill-mask", "😋"], library_name="x")  # "no"
class A(B, metaclass=M("m")):
    """Of one line."""
    NAMES = {"a": "b", 'c': ["d", r"e", u'f', b"g"]}; OTHER = ("x" "y", "z")

    @property
    def inputs(self, kind="k", *, other: "T" = "o"):
        if self.task == "t" and not "u" in [each for each in ("v", "w") if each != "x"]:
            return ["input_ids", f"p{'q'}r", "s"]
        return {"k": lambda x="y": "z"}["k"], "\\n", "a\\
b", """c
d""", "e"
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"input_ids"', '"input_idss"'),
        ('"input_ids"', '"inp"'),
        ('"😋"', '"😋é 😋"'),
        ('"fill-mask"', '"filé"'),
        ('"m"', '"mm"'),
        ('"Of one', '"Of some one'),
        ("'c'", "'cc'"),
        ('r"e"', 'r"ee"'),
        ("u'f'", "u'ff'"),
        ('("x" "y"', '("x" "yy"'),
        ('kind="k"', 'kind="kk"'),
        ('== "t"', '== "tt"'),
        ('("v"', '("vv"'),
        ('x="y"', 'x="yyy"'),
        ('"z"}', '"zzz"}'),
        ('d""", "e"', 'd""", "ee"'),
    ],
)
def test_a_plain_string_needs_no_parsing(old: str, new: str) -> None:
    assert CLASS.count(old) == 1
    changed = CLASS.replace(old, new)
    found = patched(read_statement(CLASS), CLASS, changed)
    assert found is not None
    assert found == read_statement(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"input_ids"', '"input_ids", "x"'),
        ('"input_ids"', '"input\\_ids"'),
        ('"input_ids"', '"input\n_ids"'),
        ('"input_ids"', '"input"_ids"'),
        ('"input_ids"', "input_ids"),
        ("\\n", "\\nn"),
        ('"no"', '"nono"'),
        ('b"g"', 'b"gg"'),
        ('"T"', '"TT"'),
        ("'q'", "'qq'"),
        ('f"p{', 'f"pp{'),
        ("c\nd", "cc\nd"),
        ('"input_ids"', '""'),
        ("class A", "class AA"),
        ("NAMES", "NAME"),
        ("@register", " @register"),
    ],
)
def test_anything_else_is_read(old: str, new: str) -> None:
    assert CLASS.count(old) == 1
    assert patched(read_statement(CLASS), CLASS, CLASS.replace(old, new)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('a = "x""y"', 'a = """y"'),
        ('a = "y""x"', 'a = "y"""'),
        ("a = 'x'\"y\"", "a = ''\"y\""),
        ('a = """y"x"z"""', 'a = """y""z"""'),
        ('a = """y"x"""', 'a = """y""""'),
        ('a = """y""x"z"""', 'a = """y"""z"""'),
        ('a = f"{y}x{z}"', 'a = f"{y}{z}"'),
        ('a = "\\d"', 'a = "\\xd"'),
        ('a = r"\\d"', 'a = r"\\dd"'),
    ],
)
def test_quotes_that_meet_and_escapes_are_read(old: str, new: str) -> None:
    facts = read_statement(old)
    assert facts.fault is None
    assert patched(facts, old, new) is None


def test_of_a_broken_statement_nothing_is_known() -> None:
    broken = 'x = ("a", '
    assert patched(read_statement(broken), broken, 'x = ("ab", ') is None


def test_every_string_of_a_real_file(model_configs_text: str) -> None:
    chance = random.Random(0)
    made = 0
    for statement in StatementReader(read_statement).read(model_configs_text):
        places = [each for each in nodes_in(statement.facts.body) if isinstance(each, Text) and each.value]
        for each in chance.sample(places, min(3, len(places))):
            lines = statement.text.splitlines(keepends=True)
            line, column = each.span[0], each.span[1] + each.opening + chance.randrange(len(each.value))
            cut = chance.randrange(2)
            lines[line] = (
                lines[line][:column] + chance.choice(("", "", "x", "éé")) + lines[line][column + cut :]
            )
            changed = "".join(lines)
            found = patched(statement.facts, statement.text, changed)
            assert found is None or found == read_statement(changed)
            made += found is not None
    assert made > 100
