from __future__ import annotations

from typing import Any

import pytest
from optimum.utils.normalized_config import NormalizedTextConfig, NormalizedVisionConfig
from transformers import (
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


def text_config(model_config: PretrainedConfig, length: int | None, config_class: Any = TextConfig) -> Any:
    shapes = InputShapesArguments(batch_size=1, sequence_length=length)
    return config_class(model_config, task="fill-mask", input_shapes=shapes)


def test_a_missing_size_is_named_with_its_flag() -> None:
    with pytest.raises(
        MissingMandatoryAxisDimension, match=r"sequence_length has no size.*--sequence_length"
    ):
        check_shapes(text_config(BertConfig(), None))


def test_one_token_is_too_short_for_a_mask() -> None:
    with pytest.raises(InvalidShapeError, match=r"nothing to mask.*--sequence_length 2 or more"):
        check_shapes(text_config(BertConfig(), 1))


def test_one_token_is_enough_where_there_is_no_mask() -> None:
    check_shapes(text_config(BertConfig(), 1, IdsOnly))


@pytest.mark.parametrize("length", [2, 64])
def test_what_the_model_has_positions_for_is_accepted(length: int) -> None:
    check_shapes(text_config(BertConfig(max_position_embeddings=64), length))


def test_more_tokens_than_positions_are_refused() -> None:
    with pytest.raises(
        InvalidShapeError, match=r"65 is more than the 64 positions.*--sequence_length 64 or less"
    ):
        check_shapes(text_config(BertConfig(max_position_embeddings=64), 65))


# DEFECT neuron_core/shapes.py:60 _check_positions: RoBERTa-like models number positions from pad_token_id + 1,
# so the last 2 of the 64 can't be reached, and the model's own IndexError follows in the trace.
def test_positions_that_roberta_skips_do_not_count() -> None:
    with pytest.raises(InvalidShapeError, match="62"):
        check_shapes(text_config(RobertaConfig(max_position_embeddings=64, pad_token_id=1), 64))


@pytest.mark.parametrize(
    "model_config",
    [
        EsmConfig(
            max_position_embeddings=64, position_embedding_type="rotary", vocab_size=33, pad_token_id=1
        ),
        ModernBertConfig(max_position_embeddings=64),
        T5Config(),
        # DEFECT neuron_core/shapes.py:70 _has_absolute_positions: every published DeBERTa v2 and v3 is like this,
        # has no table of positions, and runs with any length.
        DebertaV2Config(max_position_embeddings=64, relative_attention=True, position_biased_input=False),
    ],
    ids=lambda config: config.model_type,
)
def test_rotary_and_relative_positions_have_no_end(model_config: PretrainedConfig) -> None:
    check_shapes(text_config(model_config, 65))


# DEFECT neuron_core/shapes.py:37 check_shapes: optimum's generator takes the model's image_size and drops width and
# height, so that inputs are 32 x 32 while config.json says static_width 64.
def test_a_size_that_the_models_image_size_overrides_is_refused() -> None:
    class Images(VisionNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig

        @property
        def inputs(self) -> list[str]:
            return ["pixel_values"]

    shapes = InputShapesArguments(batch_size=1, width=64, height=64)
    config = Images(ViTConfig(image_size=32), task="image-classification", input_shapes=shapes)
    with pytest.raises(InvalidShapeError, match="32"):
        check_shapes(config)
