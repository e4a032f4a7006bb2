from __future__ import annotations

from typing import Any

import pytest
from optimum.utils.normalized_config import NormalizedTextConfig, NormalizedVisionConfig
from transformers import (
    AutoModel,
    BertConfig,
    DebertaV2Config,
    EsmConfig,
    ModernBertConfig,
    PretrainedConfig,
    RobertaConfig,
    T5Config,
    ViTConfig,
)

from neuron_core.configs import (
    InputShapesArguments,
    MissingMandatoryAxisDimension,
    TextEncoderNeuronConfig,
    VisionNeuronConfig,
)
from neuron_core.errors import InvalidShapeError
from neuron_core.shapes import check_shapes, input_shapes


def test_sizes_are_taken_by_the_name_of_their_axis() -> None:
    shapes = input_shapes({"batch_size": 2, "sequence_length": 128})
    assert shapes == InputShapesArguments(batch_size=2, sequence_length=128)


@pytest.mark.parametrize("axis", ["sequence_lenght", "image_encoder_shapes", "dtype"])
def test_an_unknown_axis_is_answered_with_the_known_ones(axis: str) -> None:
    with pytest.raises(InvalidShapeError, match=rf"no axis '{axis}'.*batch_size, .*sequence_length"):
        input_shapes({axis: 8})


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "8", None])
def test_a_size_is_a_number_of_1_or_more(size: Any) -> None:
    with pytest.raises(InvalidShapeError, match=rf"batch_size has the size {size!r}.*--batch_size with 1"):
        input_shapes({"batch_size": size})


class TextConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]


class IdsOnly(TextConfig):
    @property
    def inputs(self) -> list[str]:
        return ["input_ids"]


SMALL = {
    "hidden_size": 16,
    "num_attention_heads": 2,
    "num_hidden_layers": 1,
    "intermediate_size": 16,
    "vocab_size": 64,
    "max_position_embeddings": 64,
}


def check(model_config: PretrainedConfig, length: int | None, config_class: Any = TextConfig) -> None:
    shapes = InputShapesArguments(batch_size=1, sequence_length=length)
    config = config_class(model_config, task="fill-mask", input_shapes=shapes)
    check_shapes(config, AutoModel.from_config(model_config))


def test_a_missing_size_is_named_with_its_flag() -> None:
    with pytest.raises(
        MissingMandatoryAxisDimension, match=r"sequence_length has no size.*--sequence_length"
    ):
        check(BertConfig(**SMALL), None)


def test_one_token_is_too_short_for_a_mask() -> None:
    with pytest.raises(InvalidShapeError, match=r"nothing to mask.*--sequence_length 2 or more"):
        check(BertConfig(**SMALL), 1)


def test_one_token_is_enough_where_there_is_no_mask() -> None:
    check(BertConfig(**SMALL), 1, IdsOnly)


@pytest.mark.parametrize("length", [2, 64])
def test_what_the_model_has_positions_for_is_accepted(length: int) -> None:
    check(BertConfig(**SMALL), length)


def test_more_tokens_than_positions_are_refused() -> None:
    with pytest.raises(InvalidShapeError, match=r"65 is more than the 64 positions.*--sequence_length 64"):
        check(BertConfig(**SMALL), 65)


@pytest.mark.parametrize("config_class", [RobertaConfig, EsmConfig])
def test_positions_that_the_model_skips_do_not_count(config_class: Any) -> None:
    model_config = config_class(**SMALL, pad_token_id=1)
    check(model_config, 62)
    with pytest.raises(InvalidShapeError, match="more than the 62 positions"):
        check(model_config, 63)


@pytest.mark.parametrize(
    "model_config",
    [
        EsmConfig(**SMALL, position_embedding_type="rotary", pad_token_id=1),
        ModernBertConfig(**SMALL, pad_token_id=1),
        T5Config(d_model=16, d_kv=8, num_heads=2, num_layers=1, d_ff=16, vocab_size=64),
        DebertaV2Config(**SMALL, relative_attention=True, position_biased_input=False),
    ],
    ids=lambda config: config.model_type,
)
def test_rotary_and_relative_positions_have_no_end(model_config: PretrainedConfig) -> None:
    check(model_config, 65)


class Images(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig

    @property
    def inputs(self) -> list[str]:
        return ["pixel_values"]


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 64)])
def test_a_size_that_the_models_image_size_overrides_is_refused(height: int, width: int) -> None:
    shapes = InputShapesArguments(batch_size=1, height=height, width=width)
    model_config = ViTConfig(**{**SMALL, "image_size": 32})
    config = Images(model_config, task="image-classification", input_shapes=shapes)
    with pytest.raises(InvalidShapeError, match=r"images of 32 x 32.*--height 32 --width 32"):
        check_shapes(config, AutoModel.from_config(model_config))
