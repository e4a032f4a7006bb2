from __future__ import annotations

import argparse
import ast
import dataclasses
import encodings.cp437
import inspect
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from neuron_config_server.reading import statement_facts
from neuron_config_server.reading.limits import too_much
from neuron_config_server.reading.statements import split_statements

BRACKETS = "brackets are nested more than 32 deep"
BLOCKS = "blocks are nested more than 25 deep"
OPERATORS = "more than 320 operators follow one another"
PIECES = "it has more than 30,000 operators, strings and lines"
TRIALS = "brackets are nested too deep behind `case` or `del`"


def nested(opening: str, closing: str = "") -> Callable[[int], str]:
    return lambda count: f"x = {opening * count}a{closing * count}\n"


def chain(link: str, last: str = "a") -> Callable[[int], str]:
    return lambda count: f"x = {link * count}{last}\n"


def blocks(head: str) -> Callable[[int], str]:
    return lambda count: "".join(f"{' ' * depth}{head}\n" for depth in range(count)) + " " * count + "b\n"


# What is repeated, how often it may be, and why not more often.
CASES = {
    "round": (nested("(", ")"), 32, BRACKETS),
    "square": (nested("[", "]"), 32, BRACKETS),
    "curly": (nested("{", "}"), 32, BRACKETS),
    "mixed": (nested("f({1: [", "]})"), 10, BRACKETS),
    "never closed": (nested("("), 32, BRACKETS),
    "on lines of their own": (nested("(\n", "\n)"), 32, BRACKETS),
    "comprehensions": (nested("(a for a in ", ")"), 32, BRACKETS),
    "lambdas in defaults": (nested("(lambda a=", ": 0)"), 32, BRACKETS),
    "fields": (nested('f"{', '}"'), 32, BRACKETS),
    "fields in other quotes": (nested("f'{f\"{", "}\"}'"), 16, BRACKETS),
    "formats": (lambda count: f'x = f"{"{a:" * count}{"}" * count}"\n', 32, BRACKETS),
    "hidden in a format": (lambda count: 'x = f"{a:\'}" + ' + "(" * count + "\n", 32, BRACKETS),
    "hidden behind an escape": (lambda count: 'x = f"\\{"}" + ' + "(" * count + "\n", 31, BRACKETS),
    "if": (blocks("if a:"), 25, BLOCKS),
    "def": (blocks("def a():"), 25, BLOCKS),
    "not": (chain("not "), 320, OPERATORS),
    "minus": (chain("-"), 320, OPERATORS),
    "plus": (chain("1+", "1"), 320, OPERATORS),
    "plus over lines": (lambda count: "x = (" + "1 +\n" * count + "1)\n", 319, OPERATORS),
    "and": (chain("a and "), 320, OPERATORS),
    "ternary": (chain("a if b else "), 160, OPERATORS),
    "lambda": (chain("lambda: "), 320, OPERATORS),
    "lambda with parameters": (chain("lambda a, b: "), 320, OPERATORS),
    "for": (lambda count: "x = [a" + " for a, b in c" * count + "]\n", 159, OPERATORS),
    "attribute": (chain("a."), 320, OPERATORS),
    "subscript": (lambda count: "x = a" + "[0]" * count + "\n", 320, OPERATORS),
    "call": (lambda count: "x = a" + "()" * count + "\n", 320, OPERATORS),
    "strings side by side": (chain('"a" ', '"a"'), 319, OPERATORS),
    "import": (lambda count: "import a" + ".b" * count + "\n", 320, OPERATORS),
    "elif": (lambda count: "if a:\n  b\n" + "elif a:\n  b\n" * count, 320, OPERATORS),
    "behind numbers": (chain("0or "), 320, OPERATORS),
    "behind hexadecimals": (chain("0xfor "), 320, OPERATORS),
    "behind floats": (chain("1.e5if 1.5else "), 160, OPERATORS),
    "before strings": (chain('1if"a"else '), 106, OPERATORS),
    "case": (lambda count: f"match a:\n  case {'(' * count}b{')' * count}: pass\n", 9, TRIALS),
    "del": (lambda count: f"del {'(' * count}a{')' * count}\n", 9, TRIALS),
    "del behind a colon": (lambda count: f"if a: del {'[' * count}a{']' * count}\n", 9, TRIALS),
    "commas": (lambda count: f"x = [{'1, ' * count}]\n", 29_996, PIECES),
    "lines": (lambda count: "class A:\n" + "  x = 1\n" * count, 14_999, PIECES),
    "blank lines": (lambda count: "a\n" + "\n" * count, 29_999, PIECES),
    "decorators": (lambda count: "@a\n" * count + "class A: pass\n", 14_999, PIECES),
    "decorators of nothing": (lambda count: "@a\n" * count, 15_000, PIECES),
}


@pytest.mark.parametrize("case", CASES)
def test_a_statement_is_read_up_to_a_limit(case: str) -> None:
    make, most, reason = CASES[case]
    assert too_much(make(most)) is None
    assert too_much(make(most + 1)) == reason


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000_000, "[\n" * 2_500_000, "a." * 2_500_000, "\0" * 5_000_000, '"' + "a" * 1_000_000 + '"'],
)
def test_a_text_of_megabytes_is_not_read(text: str) -> None:
    assert too_much(text) == "it is longer than 1,000,000 characters"


def test_what_is_long_and_deep_is_not_read() -> None:
    deep = "[" * 30 + "1, " * 100 + "]" * 30
    assert too_much(f"x = {deep}\n") is None
    assert too_much(f"x = [{', '.join([deep] * 200)}]\n") == "it is long and deeply nested"


@pytest.mark.parametrize(
    "text",
    [
        "x = [" + "lambda a, b: a, " * 1_000 + "]\n",
        "x = [" + "a.b.c + d[1](2) if e else not f, " * 500 + "]\n",
        "x = [" + "[i for i in range(3)], " * 1_000 + "]\n",
        "x = (" + 'f"{a["b"]}", ' * 500 + ")\n",
        "def f():\n" + "    x = a.b.c + d[1](2)\n" * 1_000,
        "def f():\n" + "    if a:\n        b\n    elif c:\n        d\n    else:\n        e\n" * 500,
        "match a:\n" + "    case A(b=[c, (d, {'e': f})]) if g([[[[h]]]]): pass\n" * 500,
    ],
)
def test_what_is_only_long_is_read(text: str) -> None:
    assert too_much(text) is None


@pytest.mark.parametrize(
    "module",
    [argparse, ast, dataclasses, encodings.cp437, inspect, pytest, subprocess, typing, statement_facts],
)
def test_real_code_is_read(module: ModuleType) -> None:
    text = Path(module.__file__ or "").read_text(encoding="utf-8")
    assert [
        too_much(statement.text) for statement in split_statements(text) if too_much(statement.text)
    ] == []


READ_ON_A_SMALL_STACK = """
import sys, threading
from neuron_config_server.reading.statement_facts import read_statement

def read_all():
    for text in eval(sys.stdin.read()):
        read_statement(text)
    print("survived")

threading.stack_size(2 * 1024 * 1024)
thread = threading.Thread(target=read_all)
thread.start()
thread.join()
"""


def test_what_is_read_kills_no_process() -> None:
    """On a stack of 2 MiB, the smallest of any platform; one that is used up ends the process."""
    texts = [make(most) for make, most, reason in CASES.values() if reason != PIECES]
    worst = "".join(" " * depth + "if a:\n" for depth in range(25)) + " " * 25 + "x = " + "(a for a in " * 32
    texts += [worst + "not " * 224 + "1" + ")" * 32 + "\n", worst + "not " * 224 + "\n"]
    assert all(too_much(text) is None for text in texts)

    ran = subprocess.run(
        [sys.executable, "-c", READ_ON_A_SMALL_STACK], input=repr(texts), text=True, capture_output=True
    )

    assert (ran.returncode, ran.stdout) == (0, "survived\n"), ran.stderr
