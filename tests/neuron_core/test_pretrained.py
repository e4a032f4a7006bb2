"""Weights that a checkpoint doesn't have."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from neuron_core.configs import BertNeuronConfig
from neuron_core.errors import ModelLoadError
from neuron_core.pretrained import check_weights


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (["qa_outputs.weight"], "needs the weights qa_outputs.weight, which would be random"),
        (["qa_outputs.bias", "nowhere"], "needs the weights qa_outputs.bias, nowhere, which"),
        ([f"nowhere.{number}" for number in range(6)], "nowhere.3 and 2 more, which would be random"),
    ],
)
def test_those_that_outputs_depend_on_are_named_and_stay_as_they_are(
    bert: Any,
    bert_config: BertNeuronConfig,
    bert_inputs: dict[str, torch.Tensor],
    missing: list[str],
    said: str,
) -> None:
    before = {name: value.clone() for name, value in bert.state_dict().items()}
    with pytest.raises(ModelLoadError) as caught:
        check_weights("source", bert, missing, bert_config, bert_inputs)
    assert said in caught.value.message
    assert all(torch.equal(value, before[name]) for name, value in bert.state_dict().items())


def test_those_that_count_are_never_random(
    bert: Any, bert_config: BertNeuronConfig, bert_inputs: dict[str, torch.Tensor]
) -> None:
    model = copy.deepcopy(bert)
    model.register_buffer("num_batches_tracked", torch.tensor(0))
    check_weights("source", model, ["num_batches_tracked"], bert_config, bert_inputs)


def test_where_none_is_missing_nothing_is_computed(bert: Any, bert_config: BertNeuronConfig) -> None:
    check_weights("source", bert, [], bert_config, inputs={})
