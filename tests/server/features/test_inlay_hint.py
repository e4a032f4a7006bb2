"""Hints as they stand in the text, between ``‹`` and ``›``."""

from __future__ import annotations

import pytest
from lsprotocol import types
from opened import ENCODINGS, opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.inlay_hint import model_class_hints, shape_hints
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.positions import Range

WHOLE = types.Range(types.Position(0, 0), types.Position(10_000, 0))
NEURON_CORE = "from neuron_core.configs import *\nfrom optimum.utils import *\n\n"
UPSTREAM = (
    "from optimum.exporters.neuron.config import *\nfrom optimum.exporters.tasks import TasksManager\n"
    "from optimum.utils import *\n\n"
    'register_in_tasks_manager = TasksManager.create_register("neuron")\n\n'
)


def with_hints(document: OpenDocument, hints: list[types.InlayHint]) -> str:
    text = document.source.text
    for hint in sorted(hints, key=lambda each: (each.position.line, each.position.character), reverse=True):
        label = hint.label if isinstance(hint.label, str) else "".join(each.value for each in hint.label)
        here = document.range(types.Range(hint.position, hint.position))
        before = document.source.slice(Range(document.range(WHOLE).start, here.start))
        assert hint.padding_left
        text = f"{before}‹{label}›{text[len(before) :]}"
    return text


def config(marked: str, *, registered: str, base: str, normalized: str, more: str = "") -> str:
    return (
        f"@register_in_tasks_manager({registered})\n"
        f"class ANeuronConfig({base}NeuronConfig):\n"
        f"    NORMALIZED_CONFIG_CLASS = {normalized}\n{more}\n"
        f"    @property\n    def inputs(self):\n        {marked}\n"
    )


def without(marked: str) -> str:
    while "‹" in marked:
        before, _, rest = marked.partition("‹")
        marked = before + rest.partition("›")[2]
    return marked


TEXT = {"base": "TextEncoder", "normalized": "NormalizedTextConfig"}
VISION = {"base": "Vision", "normalized": "NormalizedVisionConfig"}
SHAPES = {
    "side by side, they share a hint": (
        'return ["input_ids", "attention_mask"‹each (batch_size, sequence_length) int64›]',
        {"registered": '"esm", "fill-mask"', **TEXT},
    ),
    "one below the other, each has its own": (
        'return [\n            "input_ids"‹(batch_size, sequence_length) int64›,\n'
        '            "attention_mask"‹(batch_size, sequence_length) int64›,\n        ]',
        {"registered": '"esm", "fill-mask"', **TEXT},
    ),
    "multiple choice alone": (
        'return ["input_ids"‹(batch_size, num_choices, sequence_length) int64›]',
        {"registered": '"bert", "multiple-choice"', **TEXT},
    ),
    "multiple choice among others": (
        'return ["input_ids"‹(batch_size[, num_choices], sequence_length) int64›]',
        {"registered": '"bert", "fill-mask", "multiple-choice"', **TEXT},
    ),
    "the size of images is the model's": (
        'return ["pixel_values"‹(batch_size, num_channels, image_size, image_size) float32›]',
        {"registered": '"vit", "image-classification"', **VISION},
    ),
    "or the user's, where the model's config has none": (
        'return ["pixel_values"‹(batch_size, num_channels, height, width) float32›]',
        {
            "registered": '"resnet", "image-classification"',
            **VISION,
            "more": '    INPUT_ARGS = ("batch_size", "height", "width")\n',
        },
    ),
    "what no axis says is a number": (
        'return ["input_features"‹(batch_size, 80, 3000) float32›]',
        {
            "registered": '"whisper", "automatic-speech-recognition"',
            "base": "Audio",
            "normalized": "NormalizedConfig",
        },
    ),
    "audio": (
        'return ["input_values"‹(batch_size, audio_sequence_length) float32›]',
        {
            "registered": '"wav2vec2", "audio-classification"',
            "base": "Audio",
            "normalized": "NormalizedConfig",
        },
    ),
    "a generator of the class": (
        'return ["bbox"‹(batch_size, sequence_length, 4) int64›, "input_ids"‹(batch_size, sequence_length) int64›]',
        {
            "registered": '"layoutlm", "fill-mask"',
            **TEXT,
            "more": "    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator, DummyBboxInputGenerator)\n",
        },
    ),
    "an input that is declared on a condition": (
        'names = ["input_ids"‹(batch_size, sequence_length) int64›]\n'
        "        if self._config.type_vocab_size > 0:\n"
        '            names.append("token_type_ids"‹(batch_size, sequence_length) int64›)\n        return names',
        {"registered": '"deberta", "fill-mask"', **TEXT},
    ),
    "an input that nothing makes": (
        'return ["pixel_values", "input_ids"‹(batch_size, sequence_length) int64›]',
        {"registered": '"bert", "fill-mask"', **TEXT},
    ),
    "several tensors are no tensor": (
        'return ["encoder_outputs"]',
        {
            "registered": '"t5", "text2text-generation"',
            "base": "TextSeq2Seq",
            "normalized": "NormalizedSeq2SeqConfig",
        },
    ),
    "generators that are unknown": (
        'return ["input_ids"]',
        {
            "registered": '"bert", "fill-mask"',
            **TEXT,
            "more": "    DUMMY_INPUT_GENERATOR_CLASSES = (OurGenerator,)\n",
        },
    ),
    "inputs that are made in a way of the class's own": (
        'return ["input_ids"]',
        {
            "registered": '"bert", "fill-mask"',
            **TEXT,
            "more": "    def generate_dummy_inputs(self, **kwargs): ...\n",
        },
    ),
    "a class that nothing registers": (
        'return ["input_ids"]',
        {"registered": "", **TEXT},
    ),
    "the library brings the type of floats along": (
        'return ["encoder_hidden_states"‹(batch_size, sequence_length, hidden_size) float_dtype›]',
        {
            "registered": '"pixart", "feature-extraction", library_name="diffusers"',
            **TEXT,
            "more": "    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTransformerTextInputGenerator,)\n",
        },
    ),
    "a normalized config that is asked for by its own names": (
        'return ["pixel_values"‹(batch_size, num_channels, image_size, image_size) float32›]',
        {
            "registered": '"vit", "image-classification"',
            "base": "Vision",
            "normalized": 'NormalizedVisionConfig.with_args(num_channels="num_channels")',
        },
    ),
}


@pytest.mark.parametrize("head", [UPSTREAM, NEURON_CORE], ids=["optimum-neuron", "neuron_core"])
@pytest.mark.parametrize(("marked", "more"), SHAPES.values(), ids=SHAPES)
def test_shapes(head: str, marked: str, more: dict[str, str], real_catalog: Catalog) -> None:
    expected = head + config(marked, **more)
    document = opened(without(expected), real_catalog)
    assert with_hints(document, shape_hints(document, WHOLE)) == expected


MODEL_CLASSES = {
    "a task each": '"esm", "feature-extraction"‹EsmModel›, "fill-mask"‹EsmForMaskedLM›',
    "in an unpacked list": '"esm", *["fill-mask"‹EsmForMaskedLM›]',
    "a task without a model": '"esm", "image-classification"',
    "no task at all": '"esm", "fil-mask"',
    "a model type that there is none of": '"esm3", "fill-mask"',
    "another library": '"transformer", "feature-extraction", library_name="sentence_transformers"',
    "a choice": '"funnel", "feature-extraction"‹FunnelModel or FunnelBaseModel›',
}


@pytest.mark.parametrize("marked", MODEL_CLASSES.values(), ids=MODEL_CLASSES)
def test_model_classes(marked: str, real_catalog: Catalog) -> None:
    expected = NEURON_CORE + config('return ["input_ids"]', registered=marked, **TEXT)
    document = opened(without(expected), real_catalog)
    assert with_hints(document, model_class_hints(document, WHOLE)) == expected


def test_a_base_is_told_what_its_subclasses_are_exported_with(real_catalog: Catalog) -> None:
    base = config('return ["input_ids"‹(batch_size, sequence_length) int64›]', registered="", **TEXT)
    expected = (
        NEURON_CORE
        + base.partition("\n")[2]
        + '@register_in_tasks_manager("bert", "fill-mask")\nclass BNeuronConfig(ANeuronConfig):\n    pass\n'
    )
    document = opened(without(expected), real_catalog)
    assert with_hints(document, shape_hints(document, WHOLE)) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_are_the_clients(encoding: str, real_catalog: Catalog) -> None:
    marked = 'return ["😋", "input_ids"‹(batch_size, sequence_length) int64›]'
    expected = NEURON_CORE + config(marked, registered='"esm", "😋", "fill-mask"', **TEXT)
    document = opened(without(expected), real_catalog, encoding=encoding)
    assert with_hints(document, shape_hints(document, WHOLE)) == expected
    (hint,) = model_class_hints(document, WHOLE)
    assert document.source.slice(
        Range(document.position(types.Position(hint.position.line, 0)), document.position(hint.position))
    ).endswith('"fill-mask"')


def test_only_what_is_on_the_screen_is_told(real_catalog: Catalog) -> None:
    two = config('return ["input_ids"]', registered='"esm", "fill-mask"', **TEXT)
    document = opened(NEURON_CORE + two + "\n\n" + two.replace("ANeuron", "BNeuron"), real_catalog)
    first = types.Range(types.Position(0, 0), types.Position(10, 0))
    assert len(shape_hints(document, WHOLE)) == len(model_class_hints(document, WHOLE)) == 2
    assert len(shape_hints(document, first)) == len(model_class_hints(document, first)) == 1


def test_the_tooltip_says_what_depends_on_what(real_catalog: Catalog) -> None:
    tasks = '"bert", "fill-mask", "multiple-choice"'
    text = config('return ["input_ids"]', registered=tasks, **TEXT)
    (hint,) = shape_hints(opened(NEURON_CORE + text, real_catalog), WHOLE)
    assert hint.tooltip == (
        '(batch_size, sequence_length) int64 for "fill-mask"\n'
        '(batch_size, num_choices, sequence_length) int64 for "multiple-choice"'
    )
    text = config('return ["pixel_values"]', registered='"vit", "image-classification"', **VISION)
    (hint,) = shape_hints(opened(NEURON_CORE + text, real_catalog), WHOLE)
    assert hint.tooltip == "num_channels and image_size as in the model's config"


def test_a_model_class_leads_to_its_forward(real_catalog: Catalog) -> None:
    text = config('return ["input_ids"]', registered='"esm", "fill-mask"', **TEXT)
    (hint,) = model_class_hints(opened(NEURON_CORE + text, real_catalog), WHOLE)
    assert not isinstance(hint.label, str)
    location = hint.label[0].location
    assert location is not None
    assert location.uri.endswith("transformers/models/esm/modeling_esm.py")


@pytest.mark.parametrize("text", ["", "x = 1\n", "# NeuronConfig\n", '@register("esm"\nclass A(B'])
def test_nothing_to_say(text: str, small_catalog: Catalog) -> None:
    document = opened(text, small_catalog)
    assert shape_hints(document, WHOLE) == model_class_hints(document, WHOLE) == []
