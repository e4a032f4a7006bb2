from __future__ import annotations

import random
from typing import Any

import numpy
import pytest
import torch
from optimum.utils.normalized_config import NormalizedVisionConfig
from transformers import BertConfig, ViTConfig

from neuron_core.configs import BertNeuronConfig, InputShapesArguments, VisionNeuronConfig
from neuron_core.inputs import dummy_inputs, seeded, validation_inputs


def bert_config(**axes: int) -> BertNeuronConfig:
    shapes = InputShapesArguments(**{"batch_size": 8, "sequence_length": 16, **axes})
    task = "multiple-choice" if "num_choices" in axes else "fill-mask"
    return BertNeuronConfig(BertConfig(), task=task, input_shapes=shapes)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return list(one) == list(other) and all(torch.equal(one[name], other[name]) for name in one)


def draws() -> list[float]:
    """What each source of chance gives next."""
    return [random.random(), float(numpy.random.rand()), float(torch.rand(1))]


def test_a_seed_decides_every_input() -> None:
    config = bert_config()
    assert same(dummy_inputs(config, 3), dummy_inputs(config, 3))


@pytest.mark.parametrize("name", ["input_ids", "attention_mask"])
def test_another_seed_gives_other_inputs(name: str) -> None:
    first, *others = (dummy_inputs(bert_config(), seed)[name] for seed in range(5))
    assert any(not torch.equal(first, other) for other in others)


def test_inputs_are_in_the_order_in_which_they_are_declared() -> None:
    assert list(dummy_inputs(bert_config(), 0)) == bert_config().inputs


@pytest.mark.parametrize("seed", [5, -1, 2**32, 2**63])
def test_seeding_makes_every_source_of_chance_repeat(seed: int) -> None:
    with seeded(seed):
        first = draws()
    draws()  # on goes what was before
    with seeded(seed):
        assert draws() == first


@pytest.mark.parametrize("fails", [False, True])
def test_chance_goes_on_after_seeding_as_if_nothing_had_been(fails: bool) -> None:
    with seeded(1):
        expected = draws()
    with seeded(1):
        try:
            with seeded(2):
                draws()
                if fails:
                    raise LookupError
        except LookupError:
            pass
        assert draws() == expected


def test_validation_tries_several_inputs_and_not_those_of_the_trace() -> None:
    config = bert_config()
    variants = validation_inputs(config, seed=7)
    names = [variant.name for variant in variants]
    assert names == ["fresh draw", "fresh draw", "fresh draw", "full mask", "ragged mask"]
    assert not any(same(variant.inputs, dummy_inputs(config, 7)) for variant in variants)


def test_a_seed_decides_what_validation_tries() -> None:
    once, again = (validation_inputs(bert_config(), seed=7) for _ in range(2))
    assert [variant.seed for variant in once] == [8, 9, 10, 11, 12]
    assert all(same(one.inputs, other.inputs) for one, other in zip(once, again))


def named(config: Any, name: str) -> dict[str, torch.Tensor]:
    (inputs,) = (variant.inputs for variant in validation_inputs(config, 0) if variant.name == name)
    return inputs


def test_a_full_mask_hides_nothing() -> None:
    mask = named(bert_config(), "full mask")["attention_mask"]
    assert mask.dtype == torch.int64
    assert torch.equal(mask, torch.ones(8, 16, dtype=torch.int64))


@pytest.mark.parametrize("axes", [{}, {"num_choices": 3}])
def test_a_ragged_mask_pads_each_row_to_its_own_length_and_none_wholly(axes: dict[str, int]) -> None:
    inputs = named(bert_config(**axes), "ragged mask")
    mask = inputs["attention_mask"]
    lengths = mask.sum(-1)
    padded_on_the_right = torch.arange(16) < lengths.unsqueeze(-1)
    assert mask.shape == inputs["input_ids"].shape
    assert torch.equal(mask.bool(), padded_on_the_right)
    assert lengths.min() >= 1
    assert len(lengths.unique()) > 2


def test_the_shortest_mask_still_shows_a_token() -> None:
    mask = named(bert_config(batch_size=64, sequence_length=2), "ragged mask")["attention_mask"]
    assert mask[:, 0].min() == 1


def test_a_model_without_a_mask_is_tried_on_fresh_draws_alone() -> None:
    class Images(VisionNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig

        @property
        def inputs(self) -> list[str]:
            return ["pixel_values"]

    shapes = InputShapesArguments(batch_size=1, width=32, height=32)
    config = Images(ViTConfig(image_size=32), task="image-classification", input_shapes=shapes)
    assert [variant.name for variant in validation_inputs(config, 0)] == ["fresh draw"] * 3
