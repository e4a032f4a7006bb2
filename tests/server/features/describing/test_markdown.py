from __future__ import annotations

import pytest

from neuron_config_server.features.describing.markdown import (
    code,
    escaped,
    few_codes,
    plain_text,
    prose,
    table,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [`~transformers.utils.ModelOutput`].", "See `ModelOutput`."),
        ("See [`PreTrainedTokenizer.encode`].", "See `PreTrainedTokenizer.encode`."),
        ("Indices. [What are input IDs?](../glossary#input-ids)", "Indices."),
        ("See [the paper](https://arxiv.org/abs/1).", "See [the paper](https://arxiv.org/abs/1)."),
        ("of shape `(batch_size, [1])`", "of shape `(batch_size, [1])`"),
    ],
)
def test_links_of_other_pages_are_taken_out_of_prose(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("input_ids", "input_ids"), ("_config", "\\_config"), ("__init__", "\\__init_\\_"), ("a*b", "a\\*b")],
)
def test_names_are_no_emphasis(name: str, expected: str) -> None:
    assert escaped(name) == expected


def test_cells_hold_no_bars_and_lines() -> None:
    assert table(("a",), [("int | None\nor more",)]) == "| a |\n| --- |\n| int \\| None or more |"


def test_many_names_are_counted() -> None:
    assert few_codes([*"abcdefgh"]) == "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`"
    assert few_codes([*"abcdefghi"]) == "`a`, `b`, `c`, `d`, `e`, `f`, `g` and 2 more"


def test_code_with_a_quote() -> None:
    assert code("a`b") == "``a`b``"


def test_plain_text() -> None:
    markdown = (
        "**\\_config** · x\n\n```python\na: int | None\n```\n\n| a | `b` |\n| --- | --- |\n| x \\| y | z |"
    )
    assert plain_text(markdown) == "_config · x\n\na: int | None\n\na  b\nx | y  z"
