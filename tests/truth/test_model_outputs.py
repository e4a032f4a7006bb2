"""Output dataclasses and documentation of every model class, held against the imported classes."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.docs.paragraphs import one_paragraph
from neuron_config_server.catalog.model_classes import ModelClasses
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, Returned
from neuron_config_server.catalog.outputs.read_outputs import read_model_outputs
from neuron_config_server.catalog.parameter_docs import read_parameter_docs
from neuron_config_server.catalog.source import ClassSource, Sources

pytestmark = pytest.mark.truth
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from transformers.models.auto import modeling_auto  # noqa: E402
from transformers.utils import ModelOutput  # noqa: E402

from neuron_core.tiny import tiny_config, tiny_model  # noqa: E402

_PACKAGE = Path(transformers.__file__).parent

_ANNOTATED_OTHERWISE = {
    "AlbertForMultipleChoice": "constructs MultipleChoiceModelOutput, annotated AlbertForPreTrainingOutput",
    "AlbertForQuestionAnswering": "constructs QuestionAnsweringModelOutput, annotated AlbertForPreTrainingOutput",
    "ElectraModel": "returns its encoder's output, which has past_key_values; annotated without",
    "Emu3Model": "returns its text model's BaseModelOutputWithPast, annotated CausalLMOutputWithPast",
    "FNetModel": "constructs BaseModelOutputWithPooling, annotated BaseModelOutput",
    "FastSpeech2ConformerWithHifiGan": "constructs FastSpeech2ConformerWithHifiGanOutput, annotated its model's",
    "GPTNeoForCausalLM": "constructs CausalLMOutputWithPast, annotated CausalLMOutputWithCrossAttentions",
    "GPTNeoModel": "constructs BaseModelOutputWithPast, annotated with cross attentions",
    "Gemma3nModel": "4.57: constructs Gemma3nModelOutputWithPast, annotated Gemma3nCausalLMOutputWithPast",
    "Gemma4VisionModel": "5.23: constructs BaseModelOutputWithPooling, annotated BaseModelOutputWithPast",
    "GitModel": "constructs BaseModelOutputWithPast, annotated BaseModelOutputWithPooling",
    "Glm5NextModel": "5.23: constructs MoeModelOutputWithPast, annotated BaseModelOutputWithPast",
    "GlmAsrForConditionalGeneration": "5.23: constructs GlmAsrCausalLMOutputWithPast, annotated its base",
    "Glm4vMoeModel": "5.23: returns its text model's MoeModelOutputWithPast, annotated BaseModelOutputWithPast",
    "GraniteMoeHybridModel": "constructs MoeModelOutputWithPast, annotated BaseModelOutputWithPast",
    "GraniteMoeModel": "4.57: constructs MoeModelOutputWithPast, annotated BaseModelOutputWithPast",
    "GraniteMoeSharedModel": "4.57: constructs MoeModelOutputWithPast, annotated BaseModelOutputWithPast",
    "HieraModel": "constructs HieraModelOutput, annotated BaseModelOutputWithPooling",
    "HyperCLOVAXVisionV2Model": "5.23: constructs BaseModelOutputWithPast, annotated CausalLMOutputWithPast",
    "MT5EncoderModel": "returns its stack's output, which has cross attentions; annotated BaseModelOutput",
    "MarkupLMForTokenClassification": "constructs TokenClassifierOutput, annotated MaskedLMOutput",
    "NemotronAsrStreamingEncoder": "5.23: constructs NemotronAsrStreamingEncoderModelOutput, annotated its base",
    "PPOCRV5MobileRecForTextRecognition": "5.23: constructs its own output, annotated BaseModelOutputWithNoAttention",
    "PPOCRV5ServerRecForTextRecognition": "5.23: constructs its own output, annotated BaseModelOutputWithNoAttention",
    "PPOCRV6SmallRecForTextRecognition": "5.23: constructs its own output, annotated BaseModelOutputWithNoAttention",
    "ParakeetEncoder": "5.23: constructs ParakeetEncoderModelOutput, annotated its base BaseModelOutput",
    "PeAudioEncoder": "5.23: constructs PeAudioEncoderOutput, annotated its base",
    "Pix2StructForConditionalGeneration": "constructs Seq2SeqLMOutput, annotated Seq2SeqModelOutput",
    "Qwen4ExpTextModel": "5.23: constructs MoeModelOutputWithPast, annotated BaseModelOutputWithPast",
    "ReformerModelWithLMHead": "constructs ReformerModelWithLMHeadOutput, annotated CausalLMOutput",
    "Speech2TextModel": "constructs Seq2SeqModelOutput, annotated Seq2SeqLMOutput",
    "T5EncoderModel": "returns its stack's output, which has cross attentions; annotated BaseModelOutput",
    "UMT5EncoderModel": "returns its stack's output, which has cross attentions; annotated BaseModelOutput",
    "VideoLlama3VisionModel": "5.23: constructs BaseModelOutputWithPooling, annotated BaseModelOutput",
    "VoxtralRealtimeEncoder": "5.23: constructs VoxtralRealtimeEncoderOutput, annotated its base",
    "ZoeDepthForDepthEstimation": "constructs ZoeDepthDepthEstimatorOutput, annotated DepthEstimatorOutput",
}
"""What the body does is told; the annotation is wrong."""

_NOT_TOLD: dict[str, str] = {
    "FlavaModel": "4.57: annotated FlavaOutput, a name that the module doesn't define",
}
"""Annotated with an output class all the same."""


_OTHER_TEXT = {
    "MimiDecoderModel": "5.23: a sentence about the method stands below the entries",
    "MimiEncoderModel": "as MimiDecoderModel",
    "PocketTTSAudioTokenizerDecoderModel": "as MimiDecoderModel",
    "PocketTTSAudioTokenizerEncoderModel": "as MimiDecoderModel",
    "SeamlessM4TForSpeechToText": "5.23: auto_docstring takes `labels` of its custom_args for part of another entry",
    "SeamlessM4TForTextToSpeech": "as SeamlessM4TForSpeechToText",
    "SeamlessM4TForTextToText": "as SeamlessM4TForSpeechToText",
    "SeamlessM4TModel": "as SeamlessM4TForSpeechToText",
    "SeamlessM4Tv2ForSpeechToText": "as SeamlessM4TForSpeechToText",
    "SeamlessM4Tv2ForTextToSpeech": "as SeamlessM4TForSpeechToText",
    "SeamlessM4Tv2ForTextToText": "as SeamlessM4TForSpeechToText",
    "SeamlessM4Tv2Model": "as SeamlessM4TForSpeechToText",
    "XcodecModel": "a bracket of audio_codes is left open, and the real text repeats name and type",
}
"""Classes whose generated docstring garbles an entry that is told as it was meant."""


def _mapped_classes() -> dict[str, str]:
    """Every class of the auto mappings, and a model type that has it."""
    found: dict[str, str] = {}
    for name, table in vars(modeling_auto).items():
        if name.endswith("_MAPPING_NAMES") and not name.startswith("CONFIG"):
            for model_type, names in table.items():
                for class_name in (names,) if isinstance(names, str) else names:
                    found.setdefault(class_name, model_type)
    return found


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources([_PACKAGE.parent])


@pytest.fixture(scope="module")
def classes(sources: Sources) -> dict[str, tuple[ClassSource, type]]:
    """Source and real class of all model classes that are mapped and can be imported here."""
    models = ModelClasses(_PACKAGE / "models", sources)
    found: dict[str, tuple[ClassSource, type]] = {}
    for class_name, model_type in _mapped_classes().items():
        source = models.source(model_type, class_name)
        real = _imported(source.module.path, class_name) if source is not None else None
        if source is not None and real is not None:
            found[class_name] = (source, real)
    return found


def _imported(file: Path, class_name: str) -> type | None:
    module = ".".join(file.relative_to(_PACKAGE.parent).with_suffix("").parts)
    try:
        real = getattr(importlib.import_module(module), class_name)
        return real if real.forward else None
    except ImportError:  # its requirements aren't installed
        return None


def _annotated(real: type) -> set[type]:
    """Output dataclasses that the annotation of the real ``forward`` names."""
    forward = inspect.unwrap(real.forward)
    return set(_outputs_in(forward.__annotations__.get("return"), vars(sys.modules[forward.__module__])))


def _outputs_in(annotation: object, names: dict[str, object]) -> Iterator[type]:
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, names)
        except NameError:
            return
    if isinstance(annotation, type) and issubclass(annotation, ModelOutput):
        yield annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from _outputs_in(getattr(member, "__forward_arg__", member), names)


def test_the_output_class_is_the_annotated_one(
    classes: dict[str, tuple[ClassSource, type]], sources: Sources
) -> None:
    assert len(classes) > 1000
    for class_name, (source, real) in classes.items():
        found, annotated = read_model_outputs(source, sources), {each.__name__ for each in _annotated(real)}
        if found is None:
            assert not annotated or class_name in _NOT_TOLD, class_name
        elif annotated and class_name not in _ANNOTATED_OTHERWISE:
            assert {found.output_class} == annotated, class_name


def test_fields_are_those_of_the_real_dataclass(
    classes: dict[str, tuple[ClassSource, type]], sources: Sources
) -> None:
    for class_name, (source, _) in classes.items():
        found = read_model_outputs(source, sources)
        if found is not None:
            output = _real_output(found)
            expected = [field.name for field in dataclasses.fields(output)]
            assert [field.name for field in found.fields] == expected, class_name
            assert {field.name: field.nested for field in found.fields} == _nested(output), class_name


def _real_output(found: ModelOutputs) -> type:
    module = ".".join(found.file.relative_to(_PACKAGE.parent).with_suffix("").parts)
    return getattr(importlib.import_module(module), found.output_class)


def _nested(output: type) -> dict[str, str | None]:
    nested: dict[str, str | None] = {}
    for owner in reversed(output.__mro__):
        names = vars(sys.modules[owner.__module__])
        for name, annotation in vars(owner).get("__annotations__", {}).items():
            nested[name] = next((each.__name__ for each in _outputs_in(annotation, names)), None)
    return {field.name: nested[field.name] for field in dataclasses.fields(output)}


def test_parameters_are_documented_as_the_real_docstring_documents_them(
    classes: dict[str, tuple[ClassSource, type]], sources: Sources
) -> None:
    compared = 0
    for class_name, (source, real) in classes.items():
        expected = _documented(real)
        if expected is not None:
            found = read_parameter_docs(source, sources)
            assert set(found) == set(expected), class_name
            compared += 1
            if class_name not in _OTHER_TEXT:
                _assert_same_texts(class_name, found, expected)
    assert compared > 1000


def _assert_same_texts(class_name: str, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    for name, text in expected.items():
        if "Auto" not in found[name]:  # the real text names the model's own processor or tokenizer there
            assert found[name] == text, (class_name, name)


def _documented(real: type) -> dict[str, str] | None:
    """What auto_docstring has written; None if it hasn't decorated the class's ``forward``."""
    docstring = real.forward.__doc__ or ""
    section = re.search(r"^ {8}Args:\n(.*?)(?=^ {0,8}\S|\Z)", docstring, re.DOTALL | re.MULTILINE)
    if section is None or "forward method, overrides the `__call__`" not in docstring:
        return None
    entries = re.split(r"^ {12}(?=\w+ \()", section[1], flags=re.MULTILINE)[1:]
    texts = {entry.split(" ", 1)[0]: entry.split("):", 1)[-1] for entry in entries}
    known = inspect.signature(inspect.unwrap(real.forward)).parameters
    return {name: one_paragraph(text) for name, text in texts.items() if name in known}


_TEXT = (
    "feature-extraction",
    "fill-mask",
    "text-classification",
    "token-classification",
    "question-answering",
)
_VISION = ("feature-extraction", "image-classification")
_AUDIO = ("feature-extraction", "automatic-speech-recognition", "audio-classification")
_RUN = {
    **dict.fromkeys(("albert", "bert", "camembert", "deberta-v2", "distilbert", "electra"), _TEXT),
    **dict.fromkeys(("big_bird", "convbert", "flaubert", "mobilebert", "mpnet"), _TEXT),
    **dict.fromkeys(("rembert", "roberta", "roformer", "xlm-roberta", "nystromformer"), _TEXT),
    **dict.fromkeys(
        ("bloom", "gpt2", "llama", "mistral", "opt", "phi", "qwen2"),
        ("feature-extraction", "text-generation", "text-classification"),
    ),
    **dict.fromkeys(
        ("bart", "t5", "mbart", "pegasus", "marian"), ("feature-extraction", "text2text-generation")
    ),
    **dict.fromkeys(
        ("beit", "convnext", "deit", "dinov2", "poolformer", "resnet", "swin", "vit", "mobilenet_v2"), _VISION
    ),
    **dict.fromkeys(("hubert", "unispeech", "wav2vec2", "wavlm"), _AUDIO),
    **dict.fromkeys(("esm", "layoutlm"), _TEXT[:4]),
    "xlnet": ("feature-extraction", "text-generation", "text-classification"),
    **dict.fromkeys(("align", "altclip", "blip", "chinese_clip", "clipseg"), _VISION[:1]),
    **dict.fromkeys(("groupvit", "metaclip_2", "owlvit", "owlv2", "mask2former", "levit"), _VISION[:1]),
    "clip": ("feature-extraction", "zero-shot-image-classification", "image-classification"),
    "siglip": ("image-classification",),
    "segformer": ("feature-extraction", "image-classification", "semantic-segmentation"),
    "yolos": ("feature-extraction", "object-detection"),
    "vilt": ("feature-extraction",),
    "whisper": ("audio-classification",),
}
"""Model types whose tiny models run on inputs made from the names of their parameters -> tasks."""


@pytest.mark.parametrize(
    ("model_type", "task"), [(model_type, task) for model_type, tasks in _RUN.items() for task in tasks]
)
def test_fields_are_returned_as_told(
    classes: dict[str, tuple[ClassSource, type]], sources: Sources, model_type: str, task: str
) -> None:
    model = _tiny_without_flags(model_type, task)
    source, _ = classes[type(model).__name__]
    found = read_model_outputs(source, sources)
    assert found is not None
    with torch.no_grad():
        returned = model(**_inputs(model))
    assert type(returned).__name__ == found.output_class
    for field in found.fields:
        value = getattr(returned, field.name)
        if field.returned is Returned.YES:
            assert isinstance(value, torch.Tensor), field.name
        elif field.returned is Returned.NOT_NONE:
            assert value is not None, field.name
            assert field.nested is None or isinstance(value, ModelOutput), field.name
        elif field.returned is Returned.NO:
            assert value is None, field.name


def _tiny_without_flags(model_type: str, task: str) -> Any:
    config = tiny_config(model_type)
    parts = [part for part in vars(config).values() if isinstance(part, transformers.PretrainedConfig)]
    for each in (config, *parts):
        for flag in ("use_cache", "output_attentions", "output_hidden_states"):
            setattr(each, flag, False)
    return tiny_model(config, task)


def _inputs(model: Any) -> dict[str, Any]:
    """A tensor for each parameter of the model's ``forward`` that has a known meaning."""
    ids = torch.randint(3, 30, (2, 10))
    vision = getattr(model.config, "vision_config", model.config)
    size = getattr(vision, "image_size", None) or 64
    height, width = size if isinstance(size, (tuple, list)) else (size, size)
    frames = 2 * getattr(model.config, "max_source_positions", 50)
    known = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "decoder_input_ids": ids[:, :4],
        "bbox": torch.zeros(2, 10, 4, dtype=torch.long),
        "pixel_values": torch.randn(2, getattr(vision, "num_channels", 3), height, width),
        "input_values": torch.randn(2, 16000),
        "input_features": torch.randn(2, getattr(model.config, "num_mel_bins", 80), frames),
    }
    taken = inspect.signature(inspect.unwrap(type(model).forward)).parameters
    without_text = "input_ids" not in taken
    return {
        name: value
        for name, value in known.items()
        if name in taken and not (name == "attention_mask" and without_text)
    }
