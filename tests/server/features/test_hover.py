from __future__ import annotations

import pytest
from lsprotocol import types
from opened import ENCODINGS, EVERYTHING, at_cursor, underlined
from two_configs import CONFIGS, marked

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.client import Client
from neuron_config_server.features.hover import hover_at
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.rules import all_rules

FILL_MASK = """\
**fill-mask** · task

Synonyms: `masked-lm`.

Loaded by `AutoModelForMaskedLM` (transformers).

Of `esm`: `EsmForMaskedLM`, which returns `MaskedLMOutput`.

| output | type | returned |
| --- | --- | --- |
| `loss` | `torch.FloatTensor \\| None` | no |
| `logits` | `torch.FloatTensor \\| None` | yes |
| `hidden_states` | `tuple[torch.FloatTensor, ...] \\| None` | no |
| `attentions` | `tuple[torch.FloatTensor, ...] \\| None` | no |"""
GENERATOR = """\
**DummyTextInputGenerator** · dummy input generator

```python
class DummyTextInputGenerator(DummyInputGenerator)
# optimum.utils.input_generators
```

Makes inputs whose names start with `input_ids`, `attention_mask`, `encoder_attention_mask`, \
`token_type_ids`, `position_ids`."""
ESM = """\
**EsmNeuronConfig** · config class

```python
class EsmNeuronConfig(TextEncoderNeuronConfig)
```

`esm` (transformers)

| task | model class | inputs | outputs | tolerance |
| --- | --- | --- | --- | --- |
| `fill-mask` | `EsmForMaskedLM` | `input_ids`, `attention_mask` | `logits` | `0.001` |
| `text-classification` | `EsmForSequenceClassification` | `input_ids`, `token_type_ids` \
| `logits`, `hidden_states` | `0.0001` |
| `feature-extraction` | `EsmModel` | `input_ids`, `token_type_ids` \
| `last_hidden_state`, `pooler_output` | `0.0001` |

| for every task |  |
| --- | --- |
| axes | `batch_size`, `sequence_length` |
| generators | `DummyTextInputGenerator` |
| normalized config | `NormalizedTextConfig` |"""
INPUTS = """\
**inputs** · property of Neuron configs

```python
@property
def inputs(self)
```

Names of the model's inputs, in the order in which the exported model takes them.

Abstract: every config class must have it."""

CASES = [
    (
        "an input that every model of its tasks takes",
        'return ["in|put_ids", "attention_mask"]',
        """\
**input_ids** · input

```python
input_ids=None
```

| task | model class | takes it |
| --- | --- | --- |
| `fill-mask` | `EsmForMaskedLM` | yes |
| `text-classification` | `EsmForSequenceClassification` | yes |
| `feature-extraction` | `EsmModel` | yes |

Dummy inputs are made by `DummyTextInputGenerator`.""",
    ),
    (
        "an input that only one task declares",
        '"attention|_mask"]\n        return',
        """\
**attention_mask** · input

```python
attention_mask=None
```

| task | model class | takes it |
| --- | --- | --- |
| `fill-mask` | `EsmForMaskedLM` | yes |

Dummy inputs are made by `DummyTextInputGenerator`.""",
    ),
    (
        "an input that no model takes",
        '["input_ids", "token_type|_ids"]',
        """\
**token_type_ids** · input

| task | model class | takes it |
| --- | --- | --- |
| `text-classification` | `EsmForSequenceClassification` | no: `**kwargs` swallows it |
| `feature-extraction` | `EsmModel` | no: `**kwargs` swallows it |

Dummy inputs are made by `DummyTextInputGenerator`.""",
    ),
    (
        "an input that is appended on a condition",
        'names.append("token|_type_ids")',
        """\
**token_type_ids** · input

```python
token_type_ids=None
```

| task | model class | takes it |
| --- | --- | --- |
| `feature-extraction` | `DebertaModel` | yes |

Dummy inputs are made by `DummyTextInputGenerator`.""",
    ),
    ("a task in a constant", 'COMMON_TASKS = ["fill|-mask"', f"{FILL_MASK}\n\nUsed by `EsmNeuronConfig`."),
    ("a task as a key", 'ATOL_FOR_VALIDATION = {"fill|-mask"', FILL_MASK),
    ("a task that is compared", 'self.task == "fill|-mask"', FILL_MASK),
    (
        "a task in INPUT_ARGS, whose models this environment doesn't have",
        '"multiple|-choice"',
        """\
**multiple-choice** · task

Loaded by `AutoModelForMultipleChoice` (transformers).""",
    ),
    (
        "a model type",
        '"e|sm"',
        """\
**esm** · model type

Config class: `EsmConfig`.

| task | model class | registered in this file |
| --- | --- | --- |
| `feature-extraction` | `EsmModel` | `EsmNeuronConfig` |
| `fill-mask` | `EsmForMaskedLM` | `EsmNeuronConfig` |
| `mask-generation` | `EsmModel` |  |
| `text-classification` | `EsmForSequenceClassification` | `EsmNeuronConfig` |
| `token-classification` | `EsmForTokenClassification` |  |""",
    ),
    ("a model type that nobody knows", 'MODEL_TYPE = "deberta-|small"', None),
    (
        "a library",
        'library_name="trans|formers"',
        "**transformers** · library\n\nTasks: `feature-extraction`, `fill-mask`, `image-classification`, "
        "`image-to-text`, `mask-generation`, `multiple-choice`, `text-classification`, "
        "`token-classification`.",
    ),
    (
        "an alias, of a class that this environment doesn't have",
        'class("be|rt")',
        "**bert** · alias of a normalized config\n\n```python\nNormalizedTextConfig\n```",
    ),
    (
        "an axis",
        '"batch|_size"',
        """\
**batch_size** · axis

```python
batch_size: int | None
```

Option of `optimum-cli export neuron`: `--batch_size`.

Needed by `AudioNeuronConfig`, `TextEncoderNeuronConfig`, `VisionNeuronConfig`.""",
    ),
    (
        "an axis of one task",
        '"num_|choices"',
        """\
**num_choices** · axis

```python
num_choices: int | None
```

Option of `optimum-cli export neuron`: `--num_choices`.

Needed by `TextEncoderNeuronConfig` (multiple-choice).""",
    ),
    ("a generator where it is used", "= (Dummy|TextInputGenerator", GENERATOR),
    ("a generator where it is imported", "import Dummy|TextInputGenerator", GENERATOR),
    (
        "a base that nothing imports",
        "(Text|EncoderNeuronConfig)",
        """\
**TextEncoderNeuronConfig** · Neuron base class, text encoder

```python
class TextEncoderNeuronConfig(NeuronDefaultConfig)
# neuron_core.configs.modality
```

Axes: `batch_size`, `sequence_length`, `num_choices` (multiple-choice).

Dummy input generators: `DummyTextInputGenerator`.

Normalized config that fits: `NormalizedTextConfig`, alias `bert`.""",
    ),
    ("a config class where it is defined", "class Esm|NeuronConfig", ESM),
    ("a config class where it is a base", "class DebertaNeuronConfig(Esm|NeuronConfig", ESM),
    (
        "a config class whose inputs depend on the model's config",
        "class Deberta|NeuronConfig",
        """\
**DebertaNeuronConfig** · config class

```python
class DebertaNeuronConfig(EsmNeuronConfig)
```

`deberta` (transformers)

| task | model class |
| --- | --- |
| `feature-extraction` | `DebertaModel` |

| for every task |  |
| --- | --- |
| inputs | `input_ids`, `attention_mask` if `not (self._config.type_vocab_size > 0)`; \
`input_ids`, `attention_mask`, `token_type_ids` if `self._config.type_vocab_size > 0` |
| outputs | `last_hidden_state`, `pooler_output` |
| axes | `batch_size`, `sequence_length` |
| generators | `DummyTextInputGenerator` |
| normalized config | `NormalizedSeq2SeqConfig` |
| tolerance | `0.0001` |
| MODEL_TYPE | `deberta-small` |""",
    ),
    (
        "an attribute with a value for each task",
        "ATOL|_FOR_VALIDATION",
        """\
**ATOL_FOR_VALIDATION** · class attribute of Neuron configs

How far the exported model's outputs may be from PyTorch's: a number, or one for each task.

By default `1e-05` (`NeuronDefaultConfig`).

| task | in `EsmNeuronConfig` |
| --- | --- |
| `fill-mask` | `0.001` |
| `text-classification` | `0.0001` |
| `feature-extraction` | `0.0001` |""",
    ),
    (
        "an attribute with one value",
        "MODEL|_TYPE",
        """\
**MODEL_TYPE** · class attribute of Neuron configs

The model type that the artifact is told to be; `None`: what the model's config says.

By default `None` (`NeuronDefaultConfig`).

In `DebertaNeuronConfig`: `deberta-small`""",
    ),
    (
        "a property where it is defined",
        "def in|puts",
        f"""{INPUTS}

| task | in `EsmNeuronConfig` |
| --- | --- |
| `fill-mask` | `input_ids`, `attention_mask` |
| `text-classification` | `input_ids`, `token_type_ids` |
| `feature-extraction` | `input_ids`, `token_type_ids` |""",
    ),
    (
        "an attribute of the instance",
        "self.ta|sk",
        "**task** · property of Neuron configs\n\n```python\n@property\ndef task(self)\n```\n\n"
        "The task that the config is made for.",
    ),
    (
        "an attribute of the model's config",
        "self._config.type_vocab|_size",
        "**type_vocab_size** · parameter of `DebertaConfig`\n\n```python\ntype_vocab_size = 0\n```",
    ),
    (
        "the model's config itself",
        "self._con|fig.",
        "**\\_config** · attribute of Neuron configs\n\nThe model's own config.",
    ),
    (
        "a keyword of with_args",
        "hidden|_size=",
        "**hidden_size** · name in the normalized config\n\nRead from `vocab_size`.\n\n"
        "**vocab_size** · parameter of `DebertaConfig`\n\n```python\nvocab_size = 50265\n```",
    ),
    (
        "a value of with_args",
        '="vocab|_size"',
        "**vocab_size** · parameter of `DebertaConfig`\n\n```python\nvocab_size = 50265\n```",
    ),
    (
        "an attribute of the normalized config",
        "_normalized_config.hidden|_size",
        "**hidden_size** · name in the normalized config\n\nRead from `vocab_size`.\n\n"
        "**vocab_size** · parameter of `DebertaConfig`\n\n```python\nvocab_size = 50265\n```",
    ),
    ("a keyword of with_args that is no name", "allow|_new", None),
    (
        "a constant",
        "*COMMON|_TASKS",
        "**COMMON_TASKS** · constant\n\n```python\nCOMMON_TASKS = ['fill-mask', 'text-classification']\n```",
    ),
    (
        "a compiler option",
        '"--auto|-cast',
        """\
**--auto-cast** · option of neuronx-cc

Which fp32 operations may be computed in a lower precision: none of them, the matrix multiplications, or all. \
The compiler spells it matmult; optimum-cli's spelling matmul is not its.

Values: `none`, `matmult`, `all`.""",
    ),
    ("white space", "return| [", None),
    ("a local variable", "nam|es = super", None),
    ("self", "se|lf.task ==", None),
    ("a module", "from optimum.ut|ils", None),
]


@pytest.mark.parametrize(("words", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_hover(words: str, expected: str | None, small_catalog: Catalog) -> None:
    assert _text(marked(CONFIGS, words), small_catalog) == expected


def test_a_rule_in_a_comment_shows_its_page(small_catalog: Catalog) -> None:
    text = _text(marked(CONFIGS, "ignore[NC1|01]"), small_catalog)
    assert text is not None
    assert text.startswith("# NC101 unknown-input\n\nSeverity: **error**.")
    assert _text(marked(CONFIGS.replace("# neuron: ", "# "), "ignore[NC1|01]"), small_catalog) is None
    assert _text(marked(CONFIGS.replace("NC101", "NC999"), "ignore[NC9|99]"), small_catalog) is None


def test_an_alias_is_held_against_the_models_config(real_catalog: Catalog) -> None:
    text = CONFIGS.replace('class("bert")', 'class("distilbert")')
    assert (
        _text(marked(text, 'class("distil|bert")'), real_catalog)
        == """\
**distilbert** · alias of a normalized config

```python
DistilBertNormalizedTextConfig
```

| name | read from | `EsmConfig()` |
| --- | --- | --- |
| `eos_token_id` | `eos_token_id` | `2` |
| `hidden_size` | `dim` | missing |
| `num_attention_heads` | `n_heads` | missing |
| `num_layers` | `num_hidden_layers` | `12` |
| `vocab_size` | `vocab_size` | `None` |

`EsmConfig` has no `dim` and `n_heads`."""
    )


MANY_WAYS = """\
from .wrappers import Wrapper


@register_in_tasks_manager("unet", "semantic-segmentation", library_name="diffusers")
class UNetNeuronConfig(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfig
    CUSTOM_MODEL_WRAPPER = Wrapper

    @property
    def inputs(self):
        names = ["sample", "timestep"]
        if getattr(self._normalized_config, "addition_embed_type", None) == "text_time":
            names.append("time_ids")
        if getattr(self._normalized_config, "time_cond_proj_dim", None) is not None:
            names.append("timestep_cond")
        if self.with_controlnet:
            names.remove("timestep")
        return names
"""


def test_many_ways_are_summed_up(small_catalog: Catalog) -> None:
    text = _text(marked(MANY_WAYS, "class UNet|NeuronConfig"), small_catalog) or ""
    assert (
        "| inputs | `sample`, `timestep`; in some cases also `timestep_cond`, `time_ids`; "
        "in some without `timestep` (8 ways) |" in text
    )
    assert "| wrapper | `wrappers.Wrapper` |" in text
    assert "| `semantic-segmentation` | unknown |" in text


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("NAMES = []\nNAMES.append('a')", "NAMES = ['a']"),
        ("NAMES = {'a': (1, None, 0.5)}", "NAMES = {'a': (1, None, 0.5)}"),
        ("NAMES = [*'ab']\nNAMES.append(NAMES)", None),
        ("NAMES = [unknown()]", None),
        ("NAMES = list(range(1000))", None),
    ],
)
def test_constants(statement: str, expected: str | None, small_catalog: Catalog) -> None:
    found = _text(f"{statement}\nNAM|ES\n{MANY_WAYS}", small_catalog)
    assert found == (f"**NAMES** · constant\n\n```python\n{expected}\n```" if expected else None)


def test_an_input_of_a_class_that_makes_inputs_in_its_own_way(small_catalog: Catalog) -> None:
    text = f"""{MANY_WAYS.replace('"sample"', '"pixel_values"')}
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyVisionInputGenerator,)

    def _create_dummy_input_generator_classes(self, **kwargs):
        return make(self)
"""
    assert _text(marked(text, '"pixel|_values"'), small_catalog) == (
        "**pixel_values** · input\n\n"
        "The class may decide itself how inputs reach the model.\n\n"
        "Of the class's generators, `DummyVisionInputGenerator` can make it."
    )


def test_a_class_that_is_registered_for_nothing(small_catalog: Catalog) -> None:
    text = MANY_WAYS[MANY_WAYS.index("class") :]
    assert _text(marked(text, "class UNet|NeuronConfig"), small_catalog) == (
        "**UNetNeuronConfig** · config class\n\n```python\nclass UNetNeuronConfig(VisionNeuronConfig)\n```"
        "\n\nRegistered for no task."
    )


def test_tasks_that_can_not_be_told_are_told(small_catalog: Catalog) -> None:
    text = MANY_WAYS.replace('"semantic-segmentation"', '*tasks_of("unet")')
    found = _text(marked(text, "class UNet|NeuronConfig"), small_catalog) or ""
    assert "Not all of its tasks are known: " in found


def test_half_of_a_model_shows_the_whole_models_class(real_catalog: Catalog) -> None:
    text = MANY_WAYS.replace(
        '"unet", "semantic-segmentation", library_name="diffusers"', '"t5-encoder", "text2text-generation"'
    )
    found = _text(marked(text, "class UNet|NeuronConfig"), real_catalog) or ""
    assert "| `text2text-generation` | `T5ForConditionalGeneration` (of `t5`) |" in found


def test_types_and_texts_come_from_transformers(real_catalog: Catalog) -> None:
    text = _text(marked(CONFIGS, '"attention|_mask"'), real_catalog)
    assert text is not None
    assert text.startswith(
        "**attention_mask** · input\n\n```python\nattention_mask: torch.Tensor | None = None\n```"
    )
    assert "Mask to avoid performing attention on padding token indices." in text
    assert "](../" not in text, "a link that leads nowhere"


BOTH_DIALECTS = [
    ("from optimum.exporters.neuron.config import TextEncoderNeuronConfig", "optimum"),
    ("from neuron_core.configs import TextEncoderNeuronConfig", "neuron_core"),
]


@pytest.mark.parametrize("line", [each[0] for each in BOTH_DIALECTS], ids=[each[1] for each in BOTH_DIALECTS])
def test_both_dialects_say_the_same(line: str, small_catalog: Catalog) -> None:
    text = f"{line}\n{CONFIGS}"
    assert _text(marked(text, "class Esm|NeuronConfig"), small_catalog) == ESM
    base = _text(marked(text, "import TextEncoder|NeuronConfig"), small_catalog)
    assert base is not None
    assert base.startswith("**TextEncoderNeuronConfig** · Neuron base class, text encoder")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("line", "words", "name"),
    [
        ('        return ["😋", "input_ids"]', '"😋", "in|put_ids"', '"input_ids"'),
        ('        😋 = "😋"; return ["input_ids"]', '["in|put_ids"]', None),
        ('        return {"😋": ["attention_mask"]}["😋"]', '["attention|_mask"]', '"attention_mask"'),
    ],
    ids=["behind a string", "in a line that Python can't read", "within a dictionary"],
)
def test_encodings(encoding: str, line: str, words: str, name: str | None, small_catalog: Catalog) -> None:
    text = CONFIGS.replace('        return ["input_ids", "token_type_ids"]', line)
    cursor = at_cursor(marked(text, words), small_catalog, encoding=encoding)
    found = hover_at(cursor.document, cursor.place)
    assert (underlined(cursor.document, found.range) if found and found.range else None) == name


def test_a_client_without_markdown_gets_plain_text(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, '["input_ids", "token_type|_ids"]'), small_catalog, client=Client())
    found = hover_at(cursor.document, cursor.place)
    assert found is not None
    assert found.contents == types.MarkupContent(
        types.MarkupKind.PlainText,
        """\
token_type_ids · input

task  model class  takes it
text-classification  EsmForSequenceClassification  no: **kwargs swallows it
feature-extraction  EsmModel  no: **kwargs swallows it

Dummy inputs are made by DummyTextInputGenerator.""",
    )


BROKEN = [
    (
        "a bracket is open",
        '"attention_mask"]\n        return',
        '"attention_mask"\n        return',
        '"attention|_mask"\n',
        "**attention_mask** · input",
    ),
    (
        "the head of the class is broken",
        "(TextEncoderNeuronConfig):",
        "(TextEncoderNeuronConfig:",
        'DATION = {"fill|-mask"',
        "**fill-mask** · task",
    ),
    (
        "its name",
        "(TextEncoderNeuronConfig):",
        "(TextEncoderNeuronConfig:",
        "class Esm|NeuronConfig",
        "**EsmNeuronConfig** · config class",
    ),
    (
        "a class below it",
        "(TextEncoderNeuronConfig):",
        "(TextEncoderNeuronConfig:",
        "class Deberta|NeuronConfig",
        "**DebertaNeuronConfig** · config class",
    ),
    (
        "a name that was added with the fault",
        "    def inputs(self):\n        if",
        "    def inputs(self:\n        COMMON_TASKS\n        if",
        "        COMMON|_TASKS\n",
        "**COMMON_TASKS** · constant",
    ),
    (
        "a line was added",
        "        if self.task ==",
        "        x = (\n        if self.task ==",
        '["input|_ids", "attention_mask"]',
        "**input_ids** · input",
    ),
    (
        "a word that was never there",
        "        if self.task ==",
        '        x = ("nothing"\n        if self.task ==',
        '"noth|ing"',
        None,
    ),
]


@pytest.mark.parametrize(
    ("whole", "broken", "words", "first"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_while_a_statement_is_broken(
    whole: str, broken: str, words: str, first: str | None, small_catalog: Catalog
) -> None:
    analyser = Analyser(small_catalog, all_rules())
    uri = "file:///workspace/configs.py"
    analyser.analyse(uri, CONFIGS)
    cursor = at_cursor(marked(CONFIGS.replace(whole, broken, 1), words), small_catalog)
    analysis = analyser.analyse(uri, cursor.document.source.text)
    found = hover_at(OpenDocument(analysis, 1, "utf-16", EVERYTHING), cursor.place)
    assert (_value(found).partition("\n")[0] if found is not None else None) == first


@pytest.mark.parametrize(
    "text",
    [
        "|",
        "x = 1|\n",
        "class A(NeuronConfig|",
        "NeuronDefaultConfig|",
        "@|\nclass ANeuronConfig(",
        '"NeuronConfig|',
        "# neuron: ignore[NC1|01",
    ],
)
def test_nothing_is_known_and_nothing_breaks(text: str, small_catalog: Catalog) -> None:
    cursor = at_cursor(text, small_catalog)
    hover_at(cursor.document, cursor.place)
    hover_at(cursor.document, types.Position(99, 99))


def test_no_environment(empty_catalog: Catalog) -> None:
    assert _text(marked(CONFIGS, '"in|put_ids"'), empty_catalog) is None
    assert _text(marked(CONFIGS, '"fill|-mask"'), empty_catalog) is None
    text = _text(marked(CONFIGS, "class Esm|NeuronConfig"), empty_catalog)
    assert text is not None
    assert "| `fill-mask` | unknown | `input_ids`, `attention_mask` |" in text


def _text(text: str, catalog: Catalog) -> str | None:
    cursor = at_cursor(text, catalog)
    found = hover_at(cursor.document, cursor.place)
    return _value(found) if found is not None else None


def _value(hover: types.Hover) -> str:
    assert isinstance(hover.contents, types.MarkupContent)
    return hover.contents.value
