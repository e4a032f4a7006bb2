from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from optimum.utils.normalized_config import NormalizedVisionConfig

from neuron_core.configs import InputShapesArguments, VisionNeuronConfig
from neuron_core.errors import ModelLoadError, UnsupportedTaskError
from neuron_core.inputs import dummy_inputs
from neuron_core.tiny import model_class_for, tiny_config, tiny_model
from neuron_core.wrappers import call_by_name

Modality = Callable[[Any, torch.Generator], dict[str, torch.Tensor]]
"""Makes an input for a model's configuration."""


def text(config: Any, chance: torch.Generator) -> dict[str, torch.Tensor]:
    return {"input_ids": torch.randint(config.vocab_size, (2, 16), generator=chance)}


def image(config: Any, chance: torch.Generator) -> dict[str, torch.Tensor]:
    size = (2, config.num_channels, config.image_size, config.image_size)
    return {"pixel_values": torch.rand(size, generator=chance)}


def sound(config: Any, chance: torch.Generator) -> dict[str, torch.Tensor]:
    return {"input_values": torch.randn(2, 4000, generator=chance)}


def outputs_of(model: Any, seed: int, modality: Modality = text) -> dict[str, torch.Tensor]:
    inputs = modality(model.config, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        outputs = call_by_name(model, inputs)
    return {name: value for name, value in outputs.items() if isinstance(value, torch.Tensor)}


@pytest.mark.parametrize(
    ("model_type", "task", "modality"),
    [
        ("albert", "fill-mask", text),
        ("bert", "feature-extraction", text),
        ("bert", "text-classification", text),
        ("camembert", "question-answering", text),
        ("deberta-v2", "token-classification", text),
        ("distilbert", "feature-extraction", text),
        ("electra", "text-classification", text),
        ("esm", "feature-extraction", text),
        ("esm", "fill-mask", text),
        ("modernbert", "text-classification", text),
        ("mpnet", "feature-extraction", text),
        ("roberta", "token-classification", text),
        ("deit", "image-classification", image),
        ("vit", "feature-extraction", image),
        ("vit", "image-classification", image),
        ("wav2vec2", "audio-classification", sound),
        ("mobilebert", "fill-mask", text),
        ("phi", "text-classification", text),
        ("swin", "image-classification", image),
        ("donut-swin", "feature-extraction", image),
        ("mobilevit", "image-classification", image),
    ],
)
def test_every_output_of_a_tiny_model_is_alive_and_depends_on_its_input(
    model_type: str, task: str, modality: Modality
) -> None:
    model = tiny_model(tiny_config(model_type, {"batch_size": 2, "sequence_length": 16}), task)
    outputs, others = outputs_of(model, 0, modality), outputs_of(model, 1, modality)
    assert outputs
    for name, value in outputs.items():
        assert value.isfinite().all(), name
        assert value.std() > 1e-3, name
        assert (value - others[name]).abs().max() > 1e-3, name


def test_a_seed_decides_every_weight() -> None:
    config = tiny_config("bert")
    one, again, other = (tiny_model(config, "fill-mask", seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert [name for name in one if torch.equal(one[name], other[name])] == []


def test_building_a_model_leaves_the_callers_chance_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    tiny_model(tiny_config("bert"), "fill-mask", seed=1)
    assert torch.equal(torch.rand(1), expected)


def test_a_model_does_the_same_twice() -> None:
    model = tiny_model(tiny_config("bert"), "feature-extraction")
    assert not model.training
    assert torch.equal(outputs_of(model, 0)["pooler_output"], outputs_of(model, 0)["pooler_output"])


@pytest.mark.parametrize("model_type", ["bert", "esm", "distilbert", "roberta", "vit", "dpt"])
def test_a_tiny_model_is_tiny(model_type: str) -> None:
    model = tiny_model(tiny_config(model_type), "feature-extraction")
    assert sum(parameter.numel() for parameter in model.parameters()) < 100_000


@pytest.mark.parametrize("model_type", ["bert", "roberta"])
def test_a_tiny_model_takes_the_length_that_was_asked_for(model_type: str) -> None:
    model = tiny_model(tiny_config(model_type, {"sequence_length": 600}), "feature-extraction")
    ids = torch.full((1, 600), 5)
    assert call_by_name(model, {"input_ids": ids})["last_hidden_state"].shape[:2] == (1, 600)


def test_a_tiny_model_takes_the_image_size_that_was_asked_for() -> None:
    class Images(VisionNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig

        @property
        def inputs(self) -> list[str]:
            return ["pixel_values"]

    shapes = {"batch_size": 1, "num_channels": 1, "width": 64, "height": 64}
    model = tiny_model(tiny_config("vit", shapes), "image-classification")
    config = Images(model.config, task="image-classification", input_shapes=InputShapesArguments(**shapes))
    inputs = dummy_inputs(config, 0)
    assert inputs["pixel_values"].shape == (1, 1, 64, 64)
    assert call_by_name(model, inputs)["logits"].shape == (1, 2)


@pytest.mark.parametrize("model_type", ["bert", "esm", "roberta", "xlm-roberta", "t5", "bart"])
def test_special_tokens_are_in_the_small_vocabulary(model_type: str) -> None:
    config = tiny_config(model_type).to_dict()
    tokens = {
        name: value for name, value in config.items() if name.endswith("_token_id") and value is not None
    }
    assert tokens
    assert all(token < config["vocab_size"] <= 128 for token in tokens.values()), tokens


def test_parts_of_a_model_are_tiny_too() -> None:
    config = tiny_config("clip", {"sequence_length": 16})
    assert (config.text_config.hidden_size, config.vision_config.hidden_size) == (32, 32)
    assert config.text_config.eos_token_id < config.text_config.vocab_size == 128


def test_esm_is_as_its_published_checkpoints_are() -> None:
    config = tiny_config("esm")
    assert (config.position_embedding_type, config.token_dropout, config.pad_token_id) == ("rotary", True, 1)


def test_an_unknown_model_type_is_answered_with_what_to_pass() -> None:
    with pytest.raises(ModelLoadError, match=r"no model type 'elektra'.*--model_type"):
        tiny_config("elektra")


def test_a_type_whose_own_defaults_are_inconsistent_is_told_so() -> None:
    with pytest.raises(ModelLoadError, match="gemma4_assistant"):
        tiny_config("gemma4_assistant")


def test_a_head_that_the_model_type_has_not_is_told_so() -> None:
    with pytest.raises(
        UnsupportedTaskError, match=r"no AutoModelForQuestionAnswering for esm.*question-answ"
    ):
        tiny_model(tiny_config("esm"), "question-answering")


def test_a_task_that_has_no_model_class_is_told_so() -> None:
    with pytest.raises(UnsupportedTaskError, match="no model class for bert and the task nonsense"):
        model_class_for("bert", "nonsense")
