"""``inputs`` and ``outputs`` that are no lists of names."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_core.configs import BertNeuronConfig, InputShapesArguments
from neuron_core.declared_names import check_declared_names
from neuron_core.errors import InputMatchError, OutputMatchError


def config_with(bert: Any, **properties: Any) -> BertNeuronConfig:
    members = {name: property(lambda self, value=value: value) for name, value in properties.items()}
    config_class = type("MyNeuronConfig", (BertNeuronConfig,), members)
    return config_class(bert.config, "fill-mask", InputShapesArguments(batch_size=1, sequence_length=8))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "is empty"),
        ((), "is empty"),
        ("logits", "is 'logits', not a list"),
        (None, "is None, not a list"),
        ({"logits": {0: "batch_size"}}, "is {.*}, not a list"),
        (["logits", "logits"], "names 'logits' more than once"),
        (["logits", 0], "holds 0, which is no name"),
        (["logits", ["a"]], r"holds \['a'\], which is no name"),
    ],
)
@pytest.mark.parametrize(("attribute", "error"), [("inputs", InputMatchError), ("outputs", OutputMatchError)])
def test_what_is_no_list_of_distinct_names_is_refused(
    bert: Any, attribute: str, error: type[Exception], names: Any, said: str
) -> None:
    with pytest.raises(error, match=f"`{attribute}` of MyNeuronConfig {said}.*Return a list of distinct"):
        check_declared_names(config_with(bert, **{attribute: names}))


def test_lists_and_tuples_of_names_are_taken(bert: Any) -> None:
    check_declared_names(config_with(bert, inputs=("input_ids",), outputs=["a", "b"]))
