"""Level 2 of the config classes: one per modality, with its dummy input generators and axes."""

from __future__ import annotations

from typing import Any

from optimum.utils import (
    DummyAudioInputGenerator,
    DummyBboxInputGenerator,
    DummySeq2SeqDecoderTextInputGenerator,
    DummySeq2SeqPastKeyValuesGenerator,
    DummyTextInputGenerator,
    DummyVisionInputGenerator,
)

from neuron_core.configs.base import NeuronDefaultConfig


class TextEncoderNeuronConfig(NeuronDefaultConfig):
    """Text encoders, such as BERT."""

    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)
    INPUT_ARGS = ("batch_size", "sequence_length", ("multiple-choice", "num_choices"))


class VisionNeuronConfig(NeuronDefaultConfig):
    """Models of images, such as ViT."""

    DUMMY_INPUT_GENERATOR_CLASSES = (DummyVisionInputGenerator,)
    INPUT_ARGS = ("batch_size", "num_channels", "width", "height")


class TextAndVisionNeuronConfig(NeuronDefaultConfig):
    """Models of text and images, such as CLIP."""

    DUMMY_INPUT_GENERATOR_CLASSES = (
        DummyTextInputGenerator,
        DummyVisionInputGenerator,
        DummyBboxInputGenerator,
    )


class AudioNeuronConfig(NeuronDefaultConfig):
    """Models of sound, such as wav2vec2."""

    DUMMY_INPUT_GENERATOR_CLASSES = (DummyAudioInputGenerator, DummyTextInputGenerator)
    INPUT_ARGS = ("batch_size", "audio_sequence_length")


class TextSeq2SeqNeuronConfig(NeuronDefaultConfig):
    """Encoder-decoder models of text, such as T5."""

    DUMMY_INPUT_GENERATOR_CLASSES = (
        DummyTextInputGenerator,
        DummySeq2SeqDecoderTextInputGenerator,
        DummySeq2SeqPastKeyValuesGenerator,
    )

    def _create_dummy_input_generator_classes(self, **axes: Any) -> list[Any]:
        sizes = {**self._axes, **axes}
        text, decoder, past = self.DUMMY_INPUT_GENERATOR_CLASSES[:3]
        encoder_text = text(self.task, self._normalized_config, **sizes)
        cached = {**sizes, "encoder_sequence_length": encoder_text.sequence_length}
        return [
            encoder_text,
            decoder(self.task, self._normalized_config, **sizes),
            past(self.task, self._normalized_config, **cached),
            *(
                more(self.task, self._normalized_config, **sizes)
                for more in self.DUMMY_INPUT_GENERATOR_CLASSES[3:]
            ),
        ]
