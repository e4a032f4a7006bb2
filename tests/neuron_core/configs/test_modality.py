from __future__ import annotations

from typing import Any

import pytest
from optimum.utils.normalized_config import (
    NormalizedConfig,
    NormalizedSeq2SeqConfig,
    NormalizedTextAndVisionConfig,
    NormalizedTextConfig,
    NormalizedVisionConfig,
)
from transformers import BertConfig, CLIPConfig, T5Config, ViTConfig, Wav2Vec2Config

from neuron_core.configs import (
    AudioNeuronConfig,
    InputShapesArguments,
    NeuronDefaultConfig,
    TextAndVisionNeuronConfig,
    TextEncoderNeuronConfig,
    TextSeq2SeqNeuronConfig,
    VisionNeuronConfig,
)


class Text(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    inputs = property(lambda self: ["input_ids", "attention_mask"])


class Vision(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
    inputs = property(lambda self: ["pixel_values"])


class Audio(AudioNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfig
    inputs = property(lambda self: ["input_values"])


class Seq2Seq(TextSeq2SeqNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig
    INPUT_ARGS = ("batch_size", "sequence_length")
    inputs = property(lambda self: ["input_ids", "decoder_input_ids"])


class TextNormalizedInVision(NormalizedTextAndVisionConfig):
    TEXT_CONFIG = "text_config"
    VISION_CONFIG = "vision_config"


class TextAndVision(TextAndVisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = TextNormalizedInVision
    INPUT_ARGS = ("batch_size", "sequence_length")
    inputs = property(lambda self: ["input_ids", "pixel_values"])


@pytest.mark.parametrize(
    ("config_class", "model_config", "task", "axes", "expected"),
    [
        (
            Text,
            BertConfig(),
            "fill-mask",
            {"batch_size": 3, "sequence_length": 7},
            {"input_ids": (3, 7), "attention_mask": (3, 7)},
        ),
        (
            Text,
            BertConfig(),
            "multiple-choice",
            {"batch_size": 3, "sequence_length": 7, "num_choices": 5},
            {"input_ids": (3, 5, 7), "attention_mask": (3, 5, 7)},
        ),
        (
            Vision,
            ViTConfig(image_size=32, num_channels=1),
            "image-classification",
            {"batch_size": 3, "width": 32, "height": 32},
            {"pixel_values": (3, 1, 32, 32)},
        ),
        (
            Audio,
            Wav2Vec2Config(),
            "audio-classification",
            {"batch_size": 3, "audio_sequence_length": 400},
            {"input_values": (3, 400)},
        ),
        (
            Seq2Seq,
            T5Config(),
            "text2text-generation",
            {"batch_size": 3, "sequence_length": 7},
            {"input_ids": (3, 7), "decoder_input_ids": (3, 7)},
        ),
        (
            TextAndVision,
            CLIPConfig(),
            "feature-extraction",
            {"batch_size": 3, "sequence_length": 7},
            {"input_ids": (3, 7), "pixel_values": (3, 3, 224, 224)},
        ),
    ],
)
def test_inputs_of_each_modality_have_the_sizes_that_were_asked_for(
    config_class: type[NeuronDefaultConfig],
    model_config: Any,
    task: str,
    axes: dict[str, int],
    expected: dict[str, tuple[int, ...]],
) -> None:
    config = config_class(model_config, task=task, input_shapes=InputShapesArguments(**axes))
    inputs = config.generate_dummy_inputs()
    assert {name: tuple(value.shape) for name, value in inputs.items()} == expected


def test_a_decoders_cache_is_as_long_as_the_encoders_text() -> None:
    class Decoder(Seq2Seq):
        inputs = property(lambda self: ["past_key_values"])

    shapes = InputShapesArguments(batch_size=3, sequence_length=7)
    config = Decoder(T5Config(num_layers=1), task="text2text-generation", input_shapes=shapes)
    ((_, _, cross_keys, _),) = config.generate_dummy_inputs(sequence_length=9)["past_key_values"]
    assert (cross_keys.shape[0], cross_keys.shape[2]) == (3, 9)
