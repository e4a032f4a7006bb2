"""What an author is offered, case by case: a text with a cursor, and what should come up there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types
from opened import ENCODINGS, EVERYTHING, Cursor, applied, at_cursor

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.features.client import Client
from neuron_config_server.features.completion import completion
from neuron_config_server.features.completions.documentation import resolved

OPTIMUM = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig, VisionNeuronConfig
from optimum.exporters.tasks import TasksManager
from optimum.utils import DummyTextInputGenerator, NormalizedConfig

register_in_tasks_manager = TasksManager.create_register("neuron")

"""
OURS = """\
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager

"""
PLAIN = replace(EVERYTHING, takes_snippets=False, resolves_completion_docs=False)
"""A client that takes neither snippets nor documentation later."""
ESM_TASKS = '"feature-extraction", "fill-mask"'

TEXT_INPUTS = '@property\ndef inputs(self):\n    return ["input_ids", "attention_mask"]'
OTHER_GENERATORS = ["DummyBboxInputGenerator", "DummyTimestepInputGenerator", "DummyVisionInputGenerator"]
OTHER_AXES = [
    "text_batch_size",
    "image_batch_size",
    "num_choices",
    "width",
    "height",
    "image_size",
    "num_images_per_prompt",
    "patch_size",
    "num_channels",
    "audio_sequence_length",
    "num_beams",
    "feature_size",
    "nb_max_frames",
    "visual_seq_length",
    "point_batch_size",
    "nb_points_per_image",
    "vae_scale_factor",
    "encoder_hidden_size",
    "image_encoder_shapes",
    "rotary_axes_dim",
]
BASES = [
    "TextEncoderNeuronConfig",
    "VisionNeuronConfig",
    "TextAndVisionNeuronConfig",
    "AudioNeuronConfig",
    "TextSeq2SeqNeuronConfig",
    "NeuronDefaultConfig",
    "NeuronExportConfig",
]

Table = list[tuple[str, str, list[str]]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(Environment.discover(None, Path(__file__).parents[2] / "data/environment", {}))


def esm(body: str, tasks: str = ESM_TASKS, header: str = OPTIMUM) -> str:
    """A config class of ESM with some lines in its body."""
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))
    return f'{header}\n@register_in_tasks_manager("esm", {tasks})\nclass EsmNeuronConfig(TextEncoderNeuronConfig):\n{lines}'


def inputs(body: str, **more: str) -> str:
    return esm(_property("inputs", body), **more)


def outputs(body: str, **more: str) -> str:
    return esm(_property("outputs", body), **more)


def _property(name: str, body: str) -> str:
    indented = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
    return f"@property\ndef {name}(self) -> list[str]:\n{indented}"


def offered(cursor: Cursor, typed: str | None = None) -> list[types.CompletionItem]:
    found = completion(cursor.document, cursor.place, typed)
    return sorted(found.items, key=lambda each: each.sort_text or "") if found is not None else []


def labels(marked: str, catalog: Catalog, client: Client = EVERYTHING, typed: str | None = None) -> list[str]:
    return [each.label for each in offered(at_cursor(marked, catalog, client=client), typed)]


def chosen(
    marked: str, label: str, catalog: Catalog, client: Client = EVERYTHING, encoding: str = "utf-16"
) -> str:
    """The text once the author has taken an item."""
    cursor = at_cursor(marked, catalog, client=client, encoding=encoding)
    (item,) = [each for each in offered(cursor) if each.label == label]
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit)
    assert edit.range.start.line == edit.range.end.line == cursor.place.line
    assert edit.range.start.character <= cursor.place.character <= edit.range.end.character
    return applied(cursor.document, [edit, *(item.additional_text_edits or ())])


TASKS = [
    "feature-extraction",
    "fill-mask",
    "text-classification",
    "token-classification",
    "mask-generation",
]
"""Those that the small environment has an ESM for: with a head of their own first."""
OTHERS = ["image-classification", "image-to-text", "multiple-choice", "sentence-similarity"]
OF_CLASS = ["feature-extraction", "fill-mask"]
NOT_OF_CLASS = sorted({*TASKS, *OTHERS} - {*OF_CLASS})
TYPES = ["beit", "bert", "clip", "deberta", "esm", "tiny-vision"]

WHAT_IS_OFFERED: Table = [
    # Tasks, where a class is registered
    ("tasks of the model type first", esm("pass", '"|"'), TASKS + OTHERS),
    ("without quotes", esm("pass", "|"), TASKS + OTHERS),
    ("in the dialect of neuron_core", esm("pass", '"|"', OURS), TASKS + OTHERS),
    ("those there are left out", esm("pass", '"fill-mask", "|"'), [TASKS[0], *TASKS[2:], *OTHERS]),
    ("those behind the cursor too", esm("pass", '"|", "fill-mask"'), [TASKS[0], *TASKS[2:], *OTHERS]),
    ("in an unpacked list", esm("pass", '*["feature-extraction", "|"]'), [*TASKS[1:], *OTHERS]),
    ("the one under the cursor is no obstacle", esm("pass", '"fill|-mask"'), TASKS + OTHERS),
    (
        "those of a constant are there",
        esm("pass", '*COMMON, "|"').replace("\n@", '\nCOMMON = ["feature-extraction", "fill-mask"]\n\n\n@'),
        [*TASKS[2:], *OTHERS],
    ),
    ("an open string", f'{OPTIMUM}\n@register_in_tasks_manager("esm", "fi|', TASKS + OTHERS),
    ("an open call", f'{OPTIMUM}\n@register_in_tasks_manager("esm", |', TASKS + OTHERS),
    (
        "an open call above a class",
        f'{OPTIMUM}\n@register_in_tasks_manager("esm", |\nclass EsmNeuronConfig(TextEncoderNeuronConfig):\n    pass\n',
        TASKS + OTHERS,
    ),
    ("over several lines", esm("pass", '\n    "fill-mask",\n    "|",\n'), [TASKS[0], *TASKS[2:], *OTHERS]),
    ("in a condition of a list", esm("pass", '*[x for x in COMMON if x != "|"]'), TASKS + OTHERS),
    (
        "those of a comprehension are there, what it leaves out isn't",
        esm("pass", '*[x for x in COMMON if x != "fill-mask"], "|"').replace(
            "\n@", '\nCOMMON = ["feature-extraction", "fill-mask"]\n\n\n@'
        ),
        [*TASKS[1:], *OTHERS],
    ),
    (
        "a function of another name",
        f'{OPTIMUM}register = TasksManager.create_register("neuron")\n\n@register("esm", "|")\nclass A:\n    pass\n',
        TASKS + OTHERS,
    ),
    (
        "of a library",
        f'{OPTIMUM}\n@register_in_tasks_manager("clip", "|", library_name="timm")\nclass A: pass',
        ["image-classification", *sorted({*TASKS, *OTHERS} - {"image-classification"})],
    ),
    (
        "a constant that is unpacked",
        esm("pass", "*COMMON").replace("\n@", '\nCOMMON = ["fill-mask", "|"]\n\n\n@'),
        sorted({*TASKS, *OTHERS} - {"fill-mask"}),
    ),
    ("a constant that isn't", f'{OPTIMUM}\nNAMES = ["|"]\n', []),
    ("another decorator", f'{OPTIMUM}\n@register_something("esm", "|")\nclass A:\n    pass\n', []),
    ("behind the model type", esm("pass").replace(f'"esm", {ESM_TASKS}', '"esm"|'), TASKS + OTHERS),
    ("behind a library", esm("pass", '"fill-mask", library_name="timm"|'), []),
    # Model types and libraries
    ("model types", f'{OPTIMUM}\n@register_in_tasks_manager("|")\n', TYPES),
    (
        "registered ones last",
        f'{esm("pass")}\n\n@register_in_tasks_manager("|")\n',
        ["beit", "bert", "clip", "deberta", "tiny-vision", "esm"],
    ),
    ("model types without quotes", f"{OPTIMUM}\n@register_in_tasks_manager(|\n", TYPES),
    (
        "libraries",
        esm("pass", '"fill-mask", library_name="|"'),
        ["transformers", "diffusers", "sentence_transformers", "timm"],
    ),
    (
        "libraries without quotes",
        esm("pass", '"fill-mask", library_name=|'),
        ["transformers", "diffusers", "sentence_transformers", "timm"],
    ),
    # What the task is compared with
    ("the class's tasks first", inputs('if self.task == "|":\n    return []'), OF_CLASS + NOT_OF_CLASS),
    ("not equal", inputs('if self.task != "|":\n    return []'), OF_CLASS + NOT_OF_CLASS),
    ("without quotes", inputs("if self.task == |"), OF_CLASS + NOT_OF_CLASS),
    ("in an open string", inputs('if self.task == "fea|'), OF_CLASS + NOT_OF_CLASS),
    (
        "one of several",
        inputs('if self.task in ["fill-mask", "|"]:\n    return []'),
        ["feature-extraction", *NOT_OF_CLASS],
    ),
    ("none of several", inputs('if self.task not in ("|",):\n    return []'), OF_CLASS + NOT_OF_CLASS),
    ("the other way round", inputs('if "|" == self.task:\n    return []'), OF_CLASS + NOT_OF_CLASS),
    (
        "an elif",
        inputs('if self.x:\n    return []\nelif self.task == "|":\n    return []'),
        OF_CLASS + NOT_OF_CLASS,
    ),
    (
        "common outputs of a task",
        outputs('return self._TASK_TO_COMMON_OUTPUTS["|"]'),
        OF_CLASS + NOT_OF_CLASS,
    ),
    (
        "a tolerance for each task",
        esm('ATOL_FOR_VALIDATION = {"fill-mask": 1e-3, "|": 1e-4}'),
        ["feature-extraction", *NOT_OF_CLASS],
    ),
    ("in another class", f'{OPTIMUM}\nclass A:\n    def f(self):\n        return self.task == "|"\n', []),
    ("something else compared", inputs('if self.mode == "|":\n    return []'), []),
    # Inputs
    ("what the models take", inputs('return ["|"]'), ["input_ids", "attention_mask", "position_ids"]),
    ("in our dialect", inputs('return ["|"]', header=OURS), ["input_ids", "attention_mask", "position_ids"]),
    ("what is there is left out", inputs('return ["input_ids", "|"]'), ["attention_mask", "position_ids"]),
    ("what is there behind too", inputs('return ["|", "attention_mask"]'), ["input_ids", "position_ids"]),
    ("an open list", inputs('return ["input_ids", |'), ["attention_mask", "position_ids"]),
    (
        "an open string in an open list",
        inputs('return ["input_ids", "att|'),
        ["attention_mask", "position_ids"],
    ),
    ("an open string in a list", inputs('return ["input_ids", "att|]'), ["attention_mask", "position_ids"]),
    ("an open string before another", inputs('return ["|, "attention_mask"]'), ["input_ids", "position_ids"]),
    ("a list over lines", inputs('return [\n    "input_ids",\n    |\n]'), ["attention_mask", "position_ids"]),
    (
        "an open list over lines",
        inputs('return [\n    "input_ids",\n    "|'),
        ["attention_mask", "position_ids"],
    ),
    (
        "a list with a name",
        inputs('names = ["|"]\nreturn names'),
        ["input_ids", "attention_mask", "position_ids"],
    ),
    (
        "what is appended",
        inputs('names = ["input_ids"]\nnames.append("|")'),
        ["attention_mask", "position_ids"],
    ),
    (
        "what is extended",
        inputs('names = ["input_ids"]\nnames.extend(["|"])'),
        ["input_ids", "attention_mask", "position_ids"],
    ),
    (
        "what is inserted",
        inputs('names = []\nnames.insert(0, "|")'),
        ["input_ids", "attention_mask", "position_ids"],
    ),
    ("the place of what is inserted", inputs("names = []\nnames.insert(|)"), []),
    (
        "what is added",
        inputs('return super().inputs + ["|"]'),
        ["input_ids", "attention_mask", "position_ids"],
    ),
    (
        "what is added in place",
        inputs('names = ["input_ids"]\nnames += ["|"]'),
        ["attention_mask", "position_ids"],
    ),
    (
        "for the task of the branch",
        inputs('if self.task == "fill-mask":\n    return ["|"]\nreturn []'),
        ["input_ids", "attention_mask"],
    ),
    (
        "nothing that only training has",
        inputs('return ["|"]', tasks='"text-classification"'),
        ["input_ids", "attention_mask"],
    ),
    (
        "required first, flags never",
        inputs('return ["|"]', tasks='"feature-extraction"').replace('"esm"', '"beit"'),
        ["pixel_values"],
    ),
    (
        "without a model, what can be generated",
        inputs('return ["input_ids", "|"]').replace('"esm", ', '"nothing", '),
        ["attention_mask", "encoder_attention_mask", "token_type_ids", "position_ids"],
    ),
    (
        "of what inherits it",
        esm(_property("inputs", 'return ["|"]')).replace(
            '@register_in_tasks_manager("esm", "feature-extraction", "fill-mask")\n', ""
        )
        + '\n\n@register_in_tasks_manager("bert", "feature-extraction")\nclass BertNeuronConfig(EsmNeuronConfig):\n    pass\n',
        ["input_ids", "attention_mask", "token_type_ids", "position_ids"],
    ),
    (
        "of what it is mixed into",
        f'{OPTIMUM}\nclass Mixin:\n    @property\n    def inputs(self):\n        return ["|"]\n\n'
        '@register_in_tasks_manager("esm", "fill-mask")\nclass A(Mixin, TextEncoderNeuronConfig):\n    pass\n',
        ["input_ids", "attention_mask"],
    ),
    (
        "a constant of the file",
        inputs("return NAMES", tasks='"fill-mask"', header=f'{OPTIMUM}NAMES = ["input_ids", "|"]\n'),
        ["attention_mask"],
    ),
    (
        "lines that end as on Windows",
        inputs('return ["input_ids", "att|').replace("\n", "\r\n"),
        ["attention_mask", "position_ids"],
    ),
    ("a key", inputs('return self.names["|"]'), []),
    ("a docstring", inputs('"""|"""\nreturn []'), []),
    ("an f-string", inputs('return [f"|"]'), []),
    ("a string over lines", inputs('return ["in\\\n|put_ids"]'), []),
    ("a comment", inputs('return []  # ["|"]'), []),
    ("an argument", inputs('return list_of("|")'), []),
    ("another method", esm(_property("names", 'return ["|"]')), []),
    # Outputs
    ("what the models return", outputs('return ["|"]'), ["last_hidden_state", "pooler_output", "logits"]),
    ("for the branch's task", outputs('if self.task == "fill-mask":\n    return ["|"]'), ["logits"]),
    (
        "not in its else",
        outputs('if self.task == "fill-mask":\n    return []\nelse:\n    return ["|"]'),
        ["last_hidden_state", "pooler_output", "logits"],
    ),
    ("outputs that are there", outputs('return ["last_hidden_state", |]'), ["pooler_output", "logits"]),
    ("outputs of a broken line", outputs('return ["last_hidden_state", "po|'), ["pooler_output", "logits"]),
    ("outputs of a model that isn't followed", outputs('return ["|"]', tasks='"text-classification"'), []),
    # Normalized configs
    (
        "aliases",
        esm('NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("|")'),
        ["bert", "distilbert", "vit"],
    ),
    (
        "aliases without quotes",
        esm("NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class(|"),
        ["bert", "distilbert", "vit"],
    ),
    (
        "behind an alias",
        esm('NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert"|)'),
        [],
    ),
    (
        "that of the model type first",
        esm('NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("|")').replace(
            '"esm"', '"vit"'
        ),
        ["vit", "bert", "distilbert"],
    ),
    (
        "classes",
        esm("NORMALIZED_CONFIG_CLASS = |"),
        ["NormalizedConfig", "NormalizedSeq2SeqConfig", "NormalizedConfigManager"],
    ),
    (
        "classes in a word",
        esm("NORMALIZED_CONFIG_CLASS = Norm|"),
        ["NormalizedConfig", "NormalizedSeq2SeqConfig", "NormalizedConfigManager"],
    ),
    (
        "the model type's own alias first",
        esm("NORMALIZED_CONFIG_CLASS = |").replace('"esm"', '"bert"'),
        [
            'NormalizedConfigManager.get_normalized_config_class("bert")',
            "NormalizedConfig",
            "NormalizedSeq2SeqConfig",
            "NormalizedConfigManager",
        ],
    ),
    (
        "keywords",
        esm("NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(|)"),
        ["encoder_num_layers", "hidden_size", "allow_new"],
    ),
    (
        "keywords left",
        esm('NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(hidden_size="d_model", |'),
        ["encoder_num_layers", "allow_new"],
    ),
    (
        "what a keyword stands for",
        esm('NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(hidden_size="|")').replace(
            '"esm"', '"deberta"'
        ),
        ["vocab_size", "type_vocab_size", "model_type"],
    ),
    ("of another attribute", esm("OTHER = |"), []),
    # Axes, generators, wrappers, bases
    (
        "generators",
        esm(f"DUMMY_INPUT_GENERATOR_CLASSES = (|)\n{TEXT_INPUTS}"),
        ["DummyTextInputGenerator", "DummyDecisionTransformerInputGenerator", *OTHER_GENERATORS],
    ),
    (
        "more generators",
        esm(f"DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator, |\n{TEXT_INPUTS}"),
        ["DummyDecisionTransformerInputGenerator", *OTHER_GENERATORS],
    ),
    ("axes", esm('INPUT_ARGS = ("batch_size", "|")'), ["sequence_length", *OTHER_AXES]),
    ("axes of a task", esm('INPUT_ARGS = ("batch_size", "sequence_length", ("fill-mask", "|"))'), OTHER_AXES),
    ("bases", esm("pass").replace("(TextEncoderNeuronConfig)", "(|)"), BASES),
    ("bases of an open class", esm("pass").replace("(TextEncoderNeuronConfig):", "(|"), BASES),
    ("bases of a class without body", f"{OPTIMUM}\nclass EsmNeuronConfig(|", BASES),
    (
        "for images, that of images first",
        esm("pass").replace("(TextEncoderNeuronConfig)", "(|)").replace('"esm"', '"beit"'),
        ["VisionNeuronConfig", *(each for each in BASES if each != "VisionNeuronConfig")],
    ),
    ("classes of the file", f"{esm('pass')}\n\nclass BNeuronConfig(|", [*BASES, "EsmNeuronConfig"]),
    ("bases beside others", f"{OPTIMUM}\nclass BNeuronConfig(TextEncoderNeuronConfig, |", BASES[1:]),
    (
        "bases of a normalized config",
        f"{OPTIMUM}\nclass CLIPNormalizedConfig(|",
        ["NormalizedConfig", "NormalizedSeq2SeqConfig"],
    ),
    (
        "a task's axis: the task",
        esm('INPUT_ARGS = ("batch_size", ("|", "num_choices"))'),
        OF_CLASS + NOT_OF_CLASS,
    ),
    (
        "wrappers",
        esm("CUSTOM_MODEL_WRAPPER = |").replace(
            "\n@", "\nfrom .wrappers import EsmWrapper, helper\n\n\nclass OwnWrapper:\n    pass\n\n\n@"
        ),
        ["EsmWrapper", "OwnWrapper"],
    ),
    ("the model type", esm('MODEL_TYPE = "|"'), ["esm", "beit", "bert", "clip", "deberta", "tiny-vision"]),
    # Attributes
    (
        "of the model's config",
        inputs("if self._config.|").replace('"esm"', '"deberta"'),
        ["vocab_size", "type_vocab_size", "model_type"],
    ),
    (
        "in a word",
        inputs("if self._config.voc|ab:\n    return []").replace('"esm"', '"deberta"'),
        ["vocab_size", "type_vocab_size", "model_type"],
    ),
    (
        "by getattr",
        inputs('x = getattr(self._config, "|", None)').replace('"esm"', '"deberta"'),
        ["vocab_size", "type_vocab_size", "model_type"],
    ),
    (
        "of the normalized config",
        esm(
            "NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig\n\n@property\ndef inputs(self):\n    x = self._normalized_config.|"
        ).replace("NormalizedConfig\n\nreg", "NormalizedSeq2SeqConfig\n\nreg"),
        ["encoder_num_layers", "hidden_size"],
    ),
    ("of self", inputs("x = self.|"), []),
    ("of something else", inputs("x = self.other.|"), []),
    # The class's body
    (
        "what isn't set yet",
        esm("ATOL_FOR_VALIDATION = 1e-3\n|"),
        [
            "inputs",
            "outputs",
            "values_override",
            "NORMALIZED_CONFIG_CLASS",
            "DUMMY_INPUT_GENERATOR_CLASSES",
            "INPUT_ARGS",
            "MODEL_TYPE",
            "LIBRARY_NAME",
            "CUSTOM_MODEL_WRAPPER",
        ],
    ),
    ("in a method", inputs("|"), []),
    ("in a function of the file", f"{OPTIMUM}\ndef f():\n    |\n", []),
    ("in a class that is no config", f"{OPTIMUM}\nclass A:\n    |\n", []),
    ("at the top of the file", f"{OPTIMUM}\n|\n", []),
    ("in an ordinary file", 'names = ["|"]\n', []),
    ("a class in an ordinary file", "class Esm|\n", []),
    # A whole class
    ("a class of a model type", f"{OPTIMUM}\nclass Es|\n", ["EsmNeuronConfig"]),
    ("a class that is there", f"{esm('pass')}\n\nclass Es|\n", []),
    ("one letter", f"{OPTIMUM}\nclass E|\n", []),
    ("a class with bases", f"{OPTIMUM}\nclass Es|(object):\n    pass\n", []),
    # Options of the compiler
    (
        "values of an option",
        esm('def get_compiler_args(self):\n    return "--auto-cast |"'),
        ["none", "matmult", "all"],
    ),
    (
        "values behind =",
        esm('def get_compiler_args(self):\n    return "--auto-cast=|"'),
        ["none", "matmult", "all"],
    ),
    (
        "values in a list",
        esm('def get_compiler_args(self):\n    return ["--auto-cast", "|"]'),
        ["none", "matmult", "all"],
    ),
    (
        "values in an open string",
        esm('def get_compiler_args(self):\n    return "--auto-cast m|'),
        ["none", "matmult", "all"],
    ),
    (
        "an environment variable",
        f'{OPTIMUM}os.environ["NEURON_CC_FLAGS"] = "--auto-cast |"\n',
        ["none", "matmult", "all"],
    ),
    (
        "an instance type",
        esm('def get_compiler_args(self, t):\n    if t in ["trn1", "|"]:\n        return ""'),
        [],
    ),
    ("another environment variable", esm('def get_compiler_args(self):\n    os.environ["|"] = "2"'), []),
    ("another string", esm('def other(self):\n    return "--auto-cast |"'), []),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(t, e, id=i) for i, t, e in WHAT_IS_OFFERED])
def test_what_is_offered(text: str, expected: list[str], catalog: Catalog) -> None:
    assert labels(text, catalog) == expected


WHAT_IS_WRITTEN: list[tuple[str, str, str, str]] = [
    ("an empty string", 'return ["|"]', "input_ids", 'return ["input_ids"]'),
    ("part of a name", 'return ["inp|"]', "input_ids", 'return ["input_ids"]'),
    ("all of a name", 'return ["inp|ut_idz"]', "input_ids", 'return ["input_ids"]'),
    ("single quotes", "return ['|']", "input_ids", "return ['input_ids']"),
    ("without quotes", "return [|]", "input_ids", 'return ["input_ids"]'),
    ("a word without quotes", "return [inp|]", "input_ids", 'return ["input_ids"]'),
    (
        "in the list's quotes",
        "return ['input_ids', |]",
        "attention_mask",
        "return ['input_ids', 'attention_mask']",
    ),
    ("behind a comma", 'return ["input_ids",|]', "attention_mask", 'return ["input_ids", "attention_mask"]'),
    ("behind a string", 'return ["input_ids"|]', "attention_mask", 'return ["input_ids", "attention_mask"]'),
    ("before a string", 'return [|"attention_mask"]', "input_ids", 'return ["input_ids", "attention_mask"]'),
    ("before a name", "return [|NAME]", "input_ids", 'return ["input_ids"]'),
    ("an open string", 'return ["inp|', "input_ids", 'return ["input_ids"'),
    ("an open string in a list", 'return ["inp|]', "input_ids", 'return ["input_ids"]'),
    ("an open string before another", 'return ["inp|, "x"]', "input_ids", 'return ["input_ids", "x"]'),
    ("behind 😋", 'x = "😋"; return ["😋", "inp|"]', "input_ids", 'x = "😋"; return ["😋", "input_ids"]'),
    (
        "behind 😋, without quotes",
        'x = "😋"; return ["😋", inp|]',
        "input_ids",
        'x = "😋"; return ["😋", "input_ids"]',
    ),
    (
        "behind 😋, in an open string",
        'x = "😋"; return ["😋", "in|',
        "input_ids",
        'x = "😋"; return ["😋", "input_ids"',
    ),
    (
        "a comparison",
        "if self.task == |:\n    return []",
        "fill-mask",
        'if self.task == "fill-mask":\n    return []',
    ),
    ("an attribute", "x = self._config.voc|ab", "vocab_size", "x = self._config.vocab_size"),
]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("line", "label", "expected"), [pytest.param(*rest, id=i) for i, *rest in WHAT_IS_WRITTEN]
)
def test_what_is_written(line: str, label: str, expected: str, encoding: str, catalog: Catalog) -> None:
    model_type = '"deberta"' if "_config" in line else '"esm"'
    text, wanted = (inputs(each).replace('"esm"', model_type) for each in (line, expected))
    assert chosen(text, label, catalog, encoding=encoding) == wanted


MEMBERS = {
    "inputs": """\
@property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
""",
    "outputs": """\
@property
    def outputs(self) -> list[str]:
        return super().outputs
""",
    "values_override": """\
@property
    def values_override(self) -> dict[str, bool]:
        return {"return_dict": False}
""",
    "NORMALIZED_CONFIG_CLASS": "NORMALIZED_CONFIG_CLASS = NormalizedConfig\n",
    "ATOL_FOR_VALIDATION": "ATOL_FOR_VALIDATION = 1e-3\n",
    "DUMMY_INPUT_GENERATOR_CLASSES": "DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)\n",
    "INPUT_ARGS": 'INPUT_ARGS = ("batch_size", "sequence_length")\n',
    "MODEL_TYPE": 'MODEL_TYPE = "esm"\n',
    "LIBRARY_NAME": 'LIBRARY_NAME = "transformers"\n',
    "CUSTOM_MODEL_WRAPPER": "CUSTOM_MODEL_WRAPPER = \n",
}


@pytest.mark.parametrize("header", [OPTIMUM, OURS])
@pytest.mark.parametrize("name", MEMBERS)
def test_members_for_a_client_without_snippets(name: str, header: str, catalog: Catalog) -> None:
    head = esm("", header=header).removesuffix("\n")
    assert chosen(f"{head}    {name[:2]}|\n", name, catalog, PLAIN) == f"{head}    {MEMBERS[name]}"


def test_members_are_snippets(catalog: Catalog) -> None:
    (item,) = [each for each in offered(at_cursor(esm("inp|"), catalog)) if each.label == "inputs"]
    assert item.insert_text_format is types.InsertTextFormat.Snippet
    assert item.text_edit is not None
    assert item.text_edit.new_text == (
        '@property\ndef inputs(self) -> list[str]:\n    return ["input_ids", "attention_mask"$0]'
    )


def test_outputs_that_differ_from_the_common_ones_stand_in_the_snippet(catalog: Catalog) -> None:
    text = esm("out|", '"feature-extraction"').replace('"esm"', '"clip"')
    assert "def outputs" in chosen(text, "outputs", catalog, PLAIN)


WHOLE_CLASS = """
@register_in_tasks_manager("esm", "feature-extraction", "fill-mask", "text-classification", "token-classification")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfig
    ATOL_FOR_VALIDATION = 1e-3

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


def test_a_whole_class(catalog: Catalog) -> None:
    assert chosen(f"{OPTIMUM}\nclass Esm|\n", "EsmNeuronConfig", catalog, PLAIN) == OPTIMUM + WHOLE_CLASS


def test_a_whole_class_in_our_dialect(catalog: Catalog) -> None:
    assert chosen(f"{OURS}\nclass Esm|\n", "EsmNeuronConfig", catalog, PLAIN) == OURS + WHOLE_CLASS


def test_a_class_below_its_registration(catalog: Catalog) -> None:
    head = f'{OPTIMUM}\n@register_in_tasks_manager("esm", "fill-mask")\n'
    _, _, written = WHOLE_CLASS[1:].partition("\n")
    assert chosen(f"{head}class |\n", "EsmNeuronConfig", catalog, PLAIN) == head + written
    assert chosen(f"{head}class Es|\n", "EsmNeuronConfig", catalog, PLAIN) == head + written


def test_a_class_with_outputs_of_its_own(real_catalog: Catalog) -> None:
    written = chosen(f"{OPTIMUM}\nclass Sew|\n", "SEWNeuronConfig", real_catalog, PLAIN)
    assert written.partition("\n\n@")[2] == SEW


SEW = """\
register_in_tasks_manager("sew", "audio-classification", "automatic-speech-recognition", "feature-extraction")
class SEWNeuronConfig(AudioNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfig
    ATOL_FOR_VALIDATION = 1e-3

    @property
    def inputs(self) -> list[str]:
        return ["input_values"]

    @property
    def outputs(self) -> list[str]:
        if self.task == "feature-extraction":
            return ["last_hidden_state"]
        return super().outputs
"""


IMPORTS: list[tuple[str, str, str, str]] = [
    (
        "a generator beside another",
        "from optimum.utils import DummyTextInputGenerator, NormalizedConfig",
        "DUMMY_INPUT_GENERATOR_CLASSES = (|,)",
        "from optimum.utils import DummyTextInputGenerator, DummyVisionInputGenerator, NormalizedConfig",
    ),
    (
        "before others",
        "from optimum.utils import DummyVisualThing as X, NormalizedConfig, DummyBboxInputGenerator",
        "DUMMY_INPUT_GENERATOR_CLASSES = (|,)",
        "from optimum.utils import DummyVisionInputGenerator, DummyVisualThing as X, NormalizedConfig, DummyBboxInputGenerator",
    ),
    (
        "each on its line",
        "from optimum.utils import (\n    DummyTextInputGenerator,\n    NormalizedConfig,\n)",
        "DUMMY_INPUT_GENERATOR_CLASSES = (|,)",
        "from optimum.utils import (\n    DummyTextInputGenerator,\n    DummyVisionInputGenerator,\n    NormalizedConfig,\n)",
    ),
    (
        "the last on its line",
        "from optimum.utils import (\n    DummyTextInputGenerator,\n)",
        "DUMMY_INPUT_GENERATOR_CLASSES = (|,)",
        "from optimum.utils import (\n    DummyTextInputGenerator,\n    DummyVisionInputGenerator,\n)",
    ),
    (
        "behind one that is renamed",
        "from optimum.utils import DummyTextInputGenerator as Text",
        "DUMMY_INPUT_GENERATOR_CLASSES = (|,)",
        "from optimum.utils import DummyTextInputGenerator as Text, DummyVisionInputGenerator",
    ),
    (
        "without a sibling, none",
        "from optimum.utils import logging",
        "DUMMY_INPUT_GENERATOR_CLASSES = (|,)",
        "from optimum.utils import logging",
    ),
]


@pytest.mark.parametrize(
    ("imported", "line", "expected"), [pytest.param(*rest, id=i) for i, *rest in IMPORTS]
)
def test_what_is_imported(imported: str, line: str, expected: str, catalog: Catalog) -> None:
    registered = '\n\nregister_in_tasks_manager = TasksManager.create_register("neuron")\n\n'
    text = esm(line, header=imported + registered)
    wanted = esm(line.replace("|", "DummyVisionInputGenerator"), header=expected + registered)
    assert chosen(text, "DummyVisionInputGenerator", catalog) == wanted


CODES: list[tuple[str, str, list[str]]] = [
    ("found here first", 'return ["input_ids", "nothing"]  # neuron: ignore[|]', ["NC101", "NC002", "NC003"]),
    ("an open list", 'return ["input_ids", "nothing"]  # neuron: ignore[|', ["NC101", "NC002", "NC003"]),
    (
        "behind a comma",
        'return ["input_ids", "nothing"]  # neuron: ignore[NC101, |]',
        ["NC002", "NC003", "NC102"],
    ),
    (
        "above the line",
        '# neuron: ignore[|]\n    return ["input_ids", "nothing"]',
        ["NC101", "NC002", "NC003"],
    ),
    ("of the file", 'return ["input_ids"]  # neuron: ignore-file[|]', ["NC308", "NC403", "NC002"]),
    ("in a string", 'return f("# neuron: ignore[|")', []),
    ("behind the list", "return []  # neuron: ignore[NC101] |", []),
    ("another comment", "return []  # ignore[|", []),
]


@pytest.mark.parametrize(("line", "first"), [pytest.param(line, first, id=i) for i, line, first in CODES])
def test_codes(line: str, first: list[str], catalog: Catalog) -> None:
    assert labels(inputs(line), catalog)[:3] == first


def test_a_code_takes_the_place_of_what_is_typed(catalog: Catalog) -> None:
    text = inputs('return ["a"]  # neuron: ignore[NC101, NC1|, NC103]')
    assert chosen(text, "NC102", catalog) == inputs('return ["a"]  # neuron: ignore[NC101, NC102, NC103]')


TRIGGERS: list[tuple[str, str, str, bool]] = [
    ("a quote opens a string", '"', inputs('return ["|"]'), True),
    ("a quote closes a string", '"', inputs('return ["input_ids"|]'), False),
    ("a quote closes a compared string", '"', inputs('if self.task in ["fill-mask"|'), False),
    (
        "a quote closes an alias",
        '"',
        esm('NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert"|'),
        False,
    ),
    ("a space behind a comma", " ", inputs('return ["input_ids", |]'), True),
    ("a space behind =", " ", esm("NORMALIZED_CONFIG_CLASS = |"), True),
    ("a space at a line's start", " ", esm("pass\n|"), False),
    ("a space in a string", " ", inputs('return ["a |"]'), False),
    ("a comma", ",", inputs('return ["input_ids",|]'), False),
    ("a bracket", "[", inputs("return [|]"), False),
    ("a parenthesis of a registration", "(", f"{OPTIMUM}\n@register_in_tasks_manager(|\n", False),
    ("a parenthesis of a class", "(", f"{OPTIMUM}\nclass ANeuronConfig(|\n", True),
    ("a dash in a task", "-", esm("pass", '"fill-|"'), True),
    ("a dash in code", "-", inputs("return [x -|]"), False),
    ("a dash in options", "-", esm('def get_compiler_args(self):\n    return "-|"'), True),
    ("a dot", ".", inputs("x = self._config.|").replace('"esm"', '"deberta"'), True),
    ("a dot in a string", ".", inputs('return ["a.|"]'), False),
    ("a list of codes", "[", inputs("return []  # neuron: ignore[|"), True),
    ("a comma in a list of codes", ",", inputs("return []  # neuron: ignore[NC101,|"), True),
]


@pytest.mark.parametrize(("typed", "text", "comes"), [pytest.param(*rest, id=i) for i, *rest in TRIGGERS])
def test_what_brings_it_up(typed: str, text: str, comes: bool, catalog: Catalog) -> None:
    assert bool(labels(text, catalog, typed=typed)) is comes


def test_details(catalog: Catalog) -> None:
    items = offered(at_cursor(esm("pass", '"|"'), catalog))
    assert [(each.label, each.detail) for each in items[:2]] == [
        ("feature-extraction", "EsmModel"),
        ("fill-mask", "EsmForMaskedLM"),
    ]
    assert items[-1].detail == "no esm model"


def test_bases_are_those_of_the_dialect(catalog: Catalog) -> None:
    ours = offered(at_cursor(f"{OURS}\nclass ANeuronConfig(|\n", catalog))
    theirs = offered(at_cursor(f"{OPTIMUM}\nclass ANeuronConfig(|\n", catalog))
    assert {each.label: each.detail for each in ours}["VisionNeuronConfig"] == "neuron_core.configs.modality"
    assert {each.detail for each in theirs} == {None}, "optimum-neuron isn't installed there"


def test_documentation_is_told_when_it_is_asked_for(catalog: Catalog) -> None:
    cursor = at_cursor(inputs('return ["|"]'), catalog)
    item = offered(cursor)[0]
    assert item.documentation is None
    assert item.data == {**item.data, "topic": "input", "name": "input_ids"}
    found = resolved(item, cursor.document).documentation
    assert isinstance(found, types.MarkupContent)
    assert found.kind is types.MarkupKind.Markdown
    assert "input_ids" in found.value


@pytest.mark.parametrize(
    "data", [None, 1, {}, {"uri": "x"}, {"line": "1"}, {"line": 999, "column": 1, "topic": "x", "name": "y"}]
)
def test_what_carries_no_identity_stays_as_it_is(data: object, catalog: Catalog) -> None:
    cursor = at_cursor(inputs('return ["|"]'), catalog)
    item = types.CompletionItem("input_ids", data=data)
    assert resolved(item, cursor.document).documentation is None


DOCUMENTED = [
    (esm("pass", '"|"'), "fill-mask", "fill-mask"),
    (esm("INP|"), "INPUT_ARGS", "INPUT_ARGS"),
    (esm('INPUT_ARGS = ("|")'), "batch_size", "batch_size"),
    (esm("DUMMY_INPUT_GENERATOR_CLASSES = (|)"), "DummyTextInputGenerator", "DummyTextInputGenerator"),
    (f"{OPTIMUM}\nclass A(|", "VisionNeuronConfig", "VisionNeuronConfig"),
    (f'{OPTIMUM}\n@register_in_tasks_manager("|', "clip", "clip"),
    (esm("pass", '"fill-mask", library_name="|"'), "timm", "timm"),
    (esm('X = NormalizedConfigManager.get_normalized_config_class("|")'), "bert", "bert"),
    (
        esm("NORMALIZED_CONFIG_CLASS = |"),
        "NormalizedSeq2SeqConfig",
        "- `hidden_size`: `hidden_size` of the model's config",
    ),
    (esm('def get_compiler_args(self):\n    return "-|"'), "--auto-cast", "--auto-cast"),
    (esm('def get_compiler_args(self):\n    return "--auto-cast |"'), "none", "--auto-cast"),
    (inputs("return []  # neuron: ignore[|"), "NC101", "NC101"),
]


@pytest.mark.parametrize(("text", "label", "expected"), DOCUMENTED)
def test_what_is_offered_is_described(text: str, label: str, expected: str, catalog: Catalog) -> None:
    cursor = at_cursor(text, catalog)
    item = next(each for each in offered(cursor) if each.label == label)
    found = resolved(item, cursor.document).documentation
    assert isinstance(found, types.MarkupContent)
    assert expected in found.value


def test_attributes_are_described_by_transformers(real_catalog: Catalog) -> None:
    cursor = at_cursor(inputs("x = self._config.|"), real_catalog)
    item = next(each for each in offered(cursor) if each.label == "mask_token_id")
    found = resolved(item, cursor.document).documentation
    assert isinstance(found, types.MarkupContent)
    assert "mask token" in found.value


def test_documentation_comes_along_for_a_client_that_does_not_ask(catalog: Catalog) -> None:
    item = offered(at_cursor(inputs('return ["|"]'), catalog, client=PLAIN))[0]
    assert item.data is None
    assert isinstance(item.documentation, types.MarkupContent)


def test_nothing_is_offered_without_packages(empty_catalog: Catalog) -> None:
    for _, text, _ in WHAT_IS_OFFERED:
        labels(text, empty_catalog)


def test_no_place_of_a_file_makes_it_fail(catalog: Catalog) -> None:
    text = inputs(
        'names = ["input_ids", \'a\']\nif self.task in ["fill-mask"]:\n    names.append("x")\nreturn names'
    )
    for cut in range(len(text)):
        labels(f"{text[:cut]}|", catalog)


def test_of_many_model_types_those_that_may_be_meant_are_sent(real_catalog: Catalog) -> None:
    for typed, complete in (("", False), ("bert", False)):
        cursor = at_cursor(f'{OPTIMUM}\n@register_in_tasks_manager("{typed}|")\n', real_catalog)
        found = completion(cursor.document, cursor.place)
        assert found is not None
        assert found.is_incomplete is not complete
        assert len(found.items) <= 100
        assert typed == "" or "bert" in [each.label for each in found.items]
