"""Inputs in the order of ``forward``."""

from __future__ import annotations

import pytest
from menus import menu
from opened import ENCODINGS

from neuron_config_server.catalog.catalog import Catalog

TITLE = "Sort the inputs into the order of `forward`"
ESM = """\
@register_in_tasks_manager("esm", "feature-extraction")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return {}
"""


def esm(inputs: str) -> str:
    return ESM.format(inputs)


CHILD = """

@register_in_tasks_manager("bert", "feature-extraction")
class BertNeuronConfig(EsmNeuronConfig):
    pass
"""

CASES = {
    "two": (esm('["attention_mask", "in|put_ids"]'), esm('["input_ids", "attention_mask"]')),
    "three": (
        esm('["position_ids", "attention_mask", "in|put_ids"]'),
        esm('["input_ids", "attention_mask", "position_ids"]'),
    ),
    "only what stands in the wrong place": (
        esm('["input_ids", "position_ids", "at|tention_mask"]'),
        esm('["input_ids", "attention_mask", "position_ids"]'),
    ),
    "quotes, lines and comments stay": (
        esm("[\n            'attention_mask',  # first\n            \"in|put_ids\",\n        ]"),
        esm("[\n            'input_ids',  # first\n            \"attention_mask\",\n        ]"),
    ),
    "the cursor at the class": (
        esm('["attention_mask", "input_ids"]').replace("class ", "class |"),
        esm('["input_ids", "attention_mask"]'),
    ),
    "a class that inherits them wants the same": (
        esm('["attention_mask", "in|put_ids"]') + CHILD,
        esm('["input_ids", "attention_mask"]') + CHILD,
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_the_text_after(before: str, after: str, small_catalog: Catalog) -> None:
    assert menu(before, small_catalog, only=["refactor.rewrite"]).text_after(TITLE) == after


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_the_units_of_the_client(encoding: str, small_catalog: Catalog) -> None:
    before = esm('[ # 😋\n            "attention_mask", "in|put_ids"]  # 😋')
    after = esm('[ # 😋\n            "input_ids", "attention_mask"]  # 😋')
    assert menu(before, small_catalog, encoding=encoding).text_after(TITLE) == after


REFUSED = {
    "sorted already": (
        esm('["input_ids", "at|tention_mask"]'),
        "the inputs are in the order of `forward` already",
    ),
    "no parameter": (
        esm('["attention_mask", "in|put_id"]'),
        "`forward` of EsmModel has no parameter `input_id`",
    ),
    "no such model": (
        esm('["attention_mask", "in|put_ids"]').replace('"esm"', '"esn"'),
        'what models of "feature-extraction" take can\'t be told',
    ),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_why_it_is_not_available(text: str, reason: str, small_catalog: Catalog) -> None:
    assert menu(text, small_catalog).reasons[TITLE] == reason


NOT_OFFERED = {
    "one input": esm('["in|put_ids"]'),
    "a computed list": esm('["attention_mask"] + ["in|put_ids"]'),
    "no class": "x = [|]  # NeuronConfig\n",
}


@pytest.mark.parametrize("text", NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_where_there_is_nothing_to_sort(text: str, small_catalog: Catalog) -> None:
    found = menu(text, small_catalog)
    assert TITLE not in (*found.titles, *found.reasons)
