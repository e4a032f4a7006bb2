from __future__ import annotations

from collections.abc import Callable

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.describing import descriptions
from neuron_config_server.reading.config_reader import read_config_file

ESM = """\
@register_in_tasks_manager("esm", "fill-mask", "feature-extraction")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    {more}

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""

_Describe = Callable[[Catalog], "str | None"]

CASES: list[tuple[str, _Describe, str | None]] = [
    (
        "an input without a class: who can make it",
        lambda catalog: descriptions.of_input("attention_mask", None, catalog),
        "**attention_mask** · input\n\nGenerators that make it: `DummyDecisionTransformerInputGenerator`, "
        "`DummyTextInputGenerator`.",
    ),
    ("an input that nobody knows", lambda catalog: descriptions.of_input("nothing", None, catalog), None),
    ("an output without a class", lambda catalog: descriptions.of_output("logits", None, catalog), None),
    (
        "a task",
        lambda catalog: descriptions.of_task("fill-mask", None, catalog),
        "**fill-mask** · task\n\nSynonyms: `masked-lm`.\n\nLoaded by `AutoModelForMaskedLM` (transformers).",
    ),
    (
        "a synonym",
        lambda catalog: descriptions.of_task("masked-lm", None, catalog),
        "**masked-lm** · task\n\nSynonym of `fill-mask`.\n\nLoaded by `AutoModelForMaskedLM` (transformers).",
    ),
    (
        "a task that loads as another",
        lambda catalog: descriptions.of_task("mask-generation", None, catalog),
        "**mask-generation** · task\n\nLoaded by `AutoModel` (transformers).",
    ),
    (
        "a task of two libraries",
        lambda catalog: descriptions.of_task("image-classification", None, catalog),
        "**image-classification** · task\n\n"
        "Loaded by `AutoModelForImageClassification` (transformers), `create_model` (timm).",
    ),
    (
        "a task of which a model type has no class",
        lambda catalog: descriptions.of_task("fill-mask", "deberta", catalog),
        "**fill-mask** · task\n\nSynonyms: `masked-lm`.\n\nLoaded by `AutoModelForMaskedLM` (transformers)."
        "\n\ntransformers has no class of `deberta` for it.",
    ),
    ("no task", lambda catalog: descriptions.of_task("sing", None, catalog), None),
    (
        "a model type without a file",
        lambda catalog: descriptions.of_model_type("deberta", None, catalog),
        "**deberta** · model type\n\nConfig class: `DebertaConfig`.\n\n"
        "| task | model class | registered in this file |\n| --- | --- | --- |\n"
        "| `feature-extraction` | `DebertaModel` |  |\n| `mask-generation` | `DebertaModel` |  |",
    ),
    ("no model type", lambda catalog: descriptions.of_model_type("nothing", None, catalog), None),
    ("no alias", lambda catalog: descriptions.of_alias("nothing", None, catalog), None),
    (
        "an axis that no base needs by itself",
        lambda catalog: descriptions.of_axis("vae_scale_factor", catalog),
        "**vae_scale_factor** · axis\n\n```python\nvae_scale_factor: int | None\n```",
    ),
    ("no axis", lambda catalog: descriptions.of_axis("depth", catalog), None),
    (
        "a generator by its dotted name",
        lambda catalog: descriptions.of_generator(
            "optimum.utils.input_generators.DummyBboxInputGenerator", catalog
        ),
        "**DummyBboxInputGenerator** · dummy input generator\n\n```python\n"
        "class DummyBboxInputGenerator(DummyInputGenerator)\n# optimum.utils.input_generators\n```\n\n"
        "Makes inputs whose names start with `bbox`.",
    ),
    ("no generator", lambda catalog: descriptions.of_generator("DummyGenerator", catalog), None),
    (
        "a base of no modality",
        lambda catalog: descriptions.of_base("neuron_core.configs.NeuronDefaultConfig", catalog),
        "**NeuronDefaultConfig** · Neuron base class\n\n```python\n"
        "class NeuronDefaultConfig(NeuronExportConfig, ABC)\n# neuron_core.configs.base\n```",
    ),
    ("no base", lambda catalog: descriptions.of_base("SomeNeuronConfig", catalog), None),
    (
        "a method",
        lambda catalog: descriptions.of_attribute("get_mandatory_axes_for_task", catalog),
        "**get_mandatory_axes_for_task** · class method of Neuron configs\n\n```python\n"
        "@classmethod\ndef get_mandatory_axes_for_task(cls, task: str)\n```\n\n"
        "The axes that must have a size before a task can be exported.",
    ),
    ("no attribute", lambda catalog: descriptions.of_attribute("atol", catalog), None),
    (
        "a library of one task",
        lambda catalog: descriptions.of_library("timm", catalog),
        "**timm** · library\n\nTasks: `image-classification`.",
    ),
    ("no library", lambda catalog: descriptions.of_library("torchvision", catalog), None),
    ("no flag", lambda catalog: descriptions.of_flag("--nothing", catalog), None),
    ("no rule", lambda catalog: descriptions.of_rule("NC999"), None),
]


@pytest.mark.parametrize(
    ("describe", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_descriptions(describe: _Describe, expected: str | None, small_catalog: Catalog) -> None:
    assert describe(small_catalog) == expected


def test_an_output(small_catalog: Catalog) -> None:
    (config,) = read_config_file(ESM.format(more=""), small_catalog).classes
    assert (
        descriptions.of_output("logits", config, small_catalog)
        == """\
**logits** · output

```python
logits: torch.FloatTensor | None = None
```

| task | model class | returns it |
| --- | --- | --- |
| `fill-mask` | `EsmForMaskedLM` | yes |"""
    )


def test_a_name_that_no_task_declares_is_held_against_all(small_catalog: Catalog) -> None:
    (config,) = read_config_file(ESM.format(more=""), small_catalog).classes
    assert (
        descriptions.of_output("hidden_states", config, small_catalog)
        == """\
**hidden_states** · output

```python
hidden_states: tuple[torch.FloatTensor, ...] | None = None
```

| task | model class | returns it |
| --- | --- | --- |
| `fill-mask` | `EsmForMaskedLM` | no |
| `feature-extraction` | `EsmModel` | no |"""
    )
    assert (
        descriptions.of_input("position_ids", config, small_catalog)
        == """\
**position_ids** · input

```python
position_ids=None
```

| task | model class | takes it |
| --- | --- | --- |
| `fill-mask` | `EsmForMaskedLM` | not told: `**kwargs` may hand it on |
| `feature-extraction` | `EsmModel` | yes |

Dummy inputs are made by `DummyTextInputGenerator`."""
    )


def test_a_class_that_wraps_its_model_is_told(small_catalog: Catalog) -> None:
    text = ESM.format(more="CUSTOM_MODEL_WRAPPER = Wrapper")
    (config,) = read_config_file(text, small_catalog).classes
    inputs = descriptions.of_input("input_ids", config, small_catalog) or ""
    assert "The class may decide itself how inputs reach the model." in inputs
    outputs = descriptions.of_output("logits", config, small_catalog) or ""
    assert outputs.endswith("The class may decide itself what the exported model returns.")


def test_two_model_types_have_a_column(small_catalog: Catalog) -> None:
    text = '@register_in_tasks_manager("deberta", "feature-extraction")\n' + ESM.format(more="")
    (config,) = read_config_file(text, small_catalog).classes
    assert (
        (descriptions.of_input("attention_mask", config, small_catalog) or "").split("\n\n")[2]
        == """\
| model type | task | model class | takes it |
| --- | --- | --- | --- |
| `esm` | `fill-mask` | `EsmForMaskedLM` | yes |
| `esm` | `feature-extraction` | `EsmModel` | yes |
| `deberta` | `feature-extraction` | `DebertaModel` | yes |"""
    )


@pytest.mark.parametrize(
    ("flag", "first"),
    [
        ("--auto-cast", "**--auto-cast** · option of neuronx-cc"),
        ("--auto_cast", "**--auto_cast** · option of optimum-cli export neuron"),
    ],
)
def test_flags(flag: str, first: str, small_catalog: Catalog) -> None:
    assert (descriptions.of_flag(flag, small_catalog) or "").partition("\n")[0] == first


def test_a_halved_model_type_says_whose_config_it_has(real_catalog: Catalog) -> None:
    text = ESM.format(more="").replace('"esm"', '"t5-encoder"')
    found = descriptions.of_model_type("t5-encoder", read_config_file(text, real_catalog), real_catalog)
    assert (found or "").split("\n\n")[:2] == [
        "**t5-encoder** · model type",
        "Config class: `T5Config`, of `t5`.",
    ]


def test_a_real_generator(real_catalog: Catalog) -> None:
    found = descriptions.of_generator("DummyTextInputGenerator", real_catalog) or ""
    assert "| `sequence_length` | `16` |" in found
    assert "| `vocab_size` | always |" in found


def test_without_an_environment_nothing_is_invented(empty_catalog: Catalog) -> None:
    (config,) = read_config_file(ESM.format(more=""), empty_catalog).classes
    assert descriptions.of_input("input_ids", config, empty_catalog) is None
    assert descriptions.of_output("logits", config, empty_catalog) is None
    assert descriptions.of_task("fill-mask", "esm", empty_catalog) is None
    assert descriptions.of_alias("bert", "esm", empty_catalog) is None
    assert descriptions.of_library("transformers", empty_catalog) is None
    assert descriptions.of_generator("DummyTextInputGenerator", empty_catalog) is None
