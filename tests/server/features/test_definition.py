from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from opened import ENCODINGS, EVERYTHING, at_cursor, text_of, underlined
from pygls.uris import to_fs_path
from two_configs import CONFIGS, marked

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.client import Client
from neuron_config_server.features.definition import Answer, definition_at, type_definition_at
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.rules import all_rules

HERE = "file:///workspace/configs.py"
MODELS = "transformers/models"
BASE = "neuron_core/configs/base.py"

DEFINITIONS = [
    (
        "an input, in each forward of the tasks that declare it",
        'return ["in|put_ids", "attention_mask"]',
        [
            f"{MODELS}/esm/modeling_esm.py:34 input_ids",
            f"{MODELS}/esm/modeling_esm.py:40 input_ids",
            f"{MODELS}/esm/modeling_esm.py:23 input_ids",
        ],
    ),
    (
        "an input of one task",
        '"attention|_mask"]\n        return',
        [f"{MODELS}/esm/modeling_esm.py:34 attention_mask"],
    ),
    ("an input that no forward has", '["input_ids", "token_type|_ids"]', []),
    (
        "an input of a model that has no **kwargs",
        'append("token|_type_ids")',
        [f"{MODELS}/deberta/modeling_deberta.py:2 token_type_ids"],
    ),
    ("a task", 'TASKS = ["fill|-mask"', ["optimum/exporters/tasks.py:10 fill-mask"]),
    (
        "a task that is compared",
        '== "text|-classification"',
        ["optimum/exporters/tasks.py:18 text-classification"],
    ),
    ("a model type", '("deb|erta"', [f"{MODELS}/deberta/configuration_deberta.py:1 DebertaConfig"]),
    ("a model type without a config's source", '("e|sm"', []),
    ("an alias", 'class("be|rt")', ["optimum/utils/normalized_config.py:15 bert"]),
    ("an axis", '"batch|_size"', [f"{BASE} batch_size"]),
    (
        "a generator",
        "= (Dummy|Text",
        ["optimum/utils/input_generators.py:11 DummyTextInputGenerator"],
    ),
    (
        "a generator where it is imported",
        "import Dummy|Text",
        ["optimum/utils/input_generators.py:11 DummyTextInputGenerator"],
    ),
    ("a base", "(TextEncoder|NeuronConfig", ["neuron_core/configs/modality.py TextEncoderNeuronConfig"]),
    (
        "a class of normalized configs",
        "= Normalized|Seq2Seq",
        ["optimum/utils/normalized_config.py:8 NormalizedSeq2SeqConfig"],
    ),
    ("a class of the file", "(Esm|NeuronConfig", [f"{HERE}:7 EsmNeuronConfig"]),
    ("a class itself", "class Esm|NeuronConfig", [f"{HERE}:7 EsmNeuronConfig"]),
    ("a constant", "*COMMON|_TASKS", [f"{HERE}:3 COMMON_TASKS"]),
    ("an attribute that a base sets too", "ATOL|_FOR", [f"{BASE} ATOL_FOR_VALIDATION"]),
    (
        "an attribute that overrides one of the file",
        "NORMALIZED|_CONFIG_CLASS = NormalizedSeq",
        [f"{HERE}:8 NORMALIZED_CONFIG_CLASS"],
    ),
    ("what super() is asked for", "super().out|puts", [f"{BASE} outputs"]),
    ("an attribute of the instance", "self.ta|sk", [f"{BASE} task"]),
    (
        "an attribute of the model's config",
        "_config.type_vocab|_size",
        [f"{MODELS}/deberta/configuration_deberta.py:4 type_vocab_size"],
    ),
    (
        "what with_args names",
        '="vocab|_size"',
        [f"{MODELS}/deberta/configuration_deberta.py:4 vocab_size"],
    ),
    (
        "a name of the normalized config",
        "_normalized_config.hidden|_size",
        [f"{MODELS}/deberta/configuration_deberta.py:4 vocab_size"],
    ),
    ("a library", '"trans|formers"', []),
    ("a compiler option", '"--auto|-cast', []),
    ("a rule", "NC1|01", []),
    ("a local variable", "return nam|es", []),
    ("nothing", "return| names", []),
]
TYPES = [
    ("a task: its model", 'TASKS = ["fill|-mask"', [f"{MODELS}/esm/modeling_esm.py:28 EsmForMaskedLM"]),
    ("a synonym's model", 'TASKS = ["masked|-lm"', [f"{MODELS}/esm/modeling_esm.py:28 EsmForMaskedLM"]),
    (
        "an output: the class that has it",
        'append("hidden|_states")',
        [],
    ),
    (
        "a model type: its config",
        '("deb|erta"',
        [f"{MODELS}/deberta/configuration_deberta.py:1 DebertaConfig"],
    ),
    ("an input has none", 'return ["in|put_ids", "attention_mask"]', []),
]


@pytest.mark.parametrize(
    ("words", "expected"), [case[1:] for case in DEFINITIONS], ids=[case[0] for case in DEFINITIONS]
)
def test_definition(words: str, expected: list[str], small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, words), small_catalog)
    assert _places(definition_at(cursor.document, cursor.place)) == expected


@pytest.mark.parametrize(("words", "expected"), [case[1:] for case in TYPES], ids=[case[0] for case in TYPES])
def test_type_definition(words: str, expected: list[str], small_catalog: Catalog) -> None:
    text = CONFIGS.replace('TASKS = ["fill-mask"', 'TASKS = ["masked-lm"') if "masked" in words else CONFIGS
    cursor = at_cursor(marked(text, words), small_catalog)
    assert _places(type_definition_at(cursor.document, cursor.place)) == expected


def test_an_output_is_a_field(small_catalog: Catalog) -> None:
    text = CONFIGS.replace('self.task == "text-classification"', 'self.task == "fill-mask"')
    cursor = at_cursor(marked(text, 'append("hidden|_states")'), small_catalog)
    outputs = "transformers/modeling_outputs.py"
    assert _places(definition_at(cursor.document, cursor.place)) == [f"{outputs}:18 hidden_states"]
    assert _places(type_definition_at(cursor.document, cursor.place)) == [f"{outputs}:15 MaskedLMOutput"]


INSTANCE = """\
class ANeuronConfig(TextEncoderNeuronConfig):
    def prepare(self, sdxl):
        self._is_sdxl = sdxl

    @property
    def outputs(self):
        return ["sample"] if self._is_sdxl and self.output_hidden_states and self.nothing else self.batch_size
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("if self._is|_sdxl", f"{HERE}:3 _is_sdxl"),
        ("self.output_hid|den_states", f"{BASE} output_hidden_states"),
        ("self.noth|ing", None),
        ("self.batch|_size", None),  # set in a loop
    ],
)
def test_what_methods_set(words: str, expected: str | None, small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(INSTANCE, words), small_catalog)
    (found,) = definition_at(cursor.document, cursor.place) or [None]
    assert isinstance(found, types.LocationLink) is (expected is not None)
    if isinstance(found, types.LocationLink):
        assert _place(found.target_uri, found.target_selection_range, INSTANCE) == expected


def test_a_base_is_the_one_that_is_imported(small_catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "optimum/exporters/neuron"
    folder.mkdir(parents=True)
    (folder / "config.py").write_text("class TextEncoderNeuronConfig(NeuronDefaultConfig):\n    pass\n")
    text = f"from .config import TextEncoderNeuronConfig\n{CONFIGS}"
    uri = (folder / "model_configs.py").as_uri()
    cursor = at_cursor(marked(text, "(TextEncoder|NeuronConfig"), small_catalog, uri=uri)
    (found,) = definition_at(cursor.document, cursor.place) or ()
    assert isinstance(found, types.LocationLink)
    assert found.target_uri == (folder / "config.py").as_uri()


def test_a_class_of_a_neighbouring_file(small_catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "bases.py").write_text(f"# 😋\n{CONFIGS}")
    text = "from .bases import EsmNeuronConfig\n\n\nclass OtherNeuronConfig(Esm|NeuronConfig):\n    pass\n"
    (tmp_path / "__init__.py").touch()
    cursor = at_cursor(text, small_catalog, uri=(tmp_path / "others.py").as_uri())
    assert _places(definition_at(cursor.document, cursor.place)) == ["bases.py:8 EsmNeuronConfig"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_ranges_are_in_the_clients_units(encoding: str, small_catalog: Catalog) -> None:
    text = CONFIGS.replace("COMMON_TASKS = [", '😋s = "😋"; COMMON_TASKS = ["😋", ').replace("😋s", "faces")
    text = text.replace('("esm", *', '("esm", "😋", *')
    cursor = at_cursor(marked(text, "*COMMON|_TASKS"), small_catalog, encoding=encoding)
    (found,) = definition_at(cursor.document, cursor.place) or ()
    assert isinstance(found, types.LocationLink)
    assert found.origin_selection_range is not None
    assert underlined(cursor.document, found.origin_selection_range) == "COMMON_TASKS"
    assert underlined(cursor.document, found.target_selection_range) == "COMMON_TASKS"
    assert found.target_range.start.line == 2


def test_a_client_without_links_gets_locations(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, "*COMMON|_TASKS"), small_catalog, client=Client())
    place = types.Range(types.Position(2, 0), types.Position(2, 12))
    assert definition_at(cursor.document, cursor.place) == [types.Location(HERE, place)]


def test_without_libraries_there_is_nowhere_to_go(empty_catalog: Catalog) -> None:
    for words in (
        '["in|put_ids", "attention',
        'TASKS = ["fill|-mask"',
        '("e|sm"',
        'class("be|rt")',
        "= (Dummy|Text",
    ):
        cursor = at_cursor(marked(CONFIGS, words), empty_catalog)
        assert definition_at(cursor.document, cursor.place) is None
        assert type_definition_at(cursor.document, cursor.place) is None


BROKEN = [
    (
        "an input",
        "(TextEncoderNeuronConfig:",
        '["input|_ids", "attention',
        f"{MODELS}/esm/modeling_esm.py:34 input_ids",
    ),
    ("the class", "(TextEncoderNeuronConfig:", "class Esm|NeuronConfig", f"{HERE}:7 EsmNeuronConfig"),
    ("its subclass's base", "(TextEncoderNeuronConfig:", "(Esm|NeuronConfig", f"{HERE}:7 EsmNeuronConfig"),
    ("a constant", "(TextEncoderNeuronConfig:", "*COMMON|_TASKS", f"{HERE}:3 COMMON_TASKS"),
    ("what it inherits", "(TextEncoderNeuronConfig:", "super().out|puts", f"{BASE} outputs"),
]


@pytest.mark.parametrize(
    ("broken", "words", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_while_a_statement_is_broken(broken: str, words: str, expected: str, small_catalog: Catalog) -> None:
    analyser = Analyser(small_catalog, all_rules())
    analyser.analyse(HERE, CONFIGS)
    cursor = at_cursor(marked(CONFIGS.replace("(TextEncoderNeuronConfig):", broken), words), small_catalog)
    analysis = analyser.analyse(HERE, cursor.document.source.text)
    document = OpenDocument(analysis, 1, "utf-16", EVERYTHING)
    assert _places(definition_at(document, cursor.place))[0] == expected


def test_real_transformers(real_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, '"attention|_mask"'), real_catalog)
    found = definition_at(cursor.document, cursor.place) or []
    shown = [each.partition(":")[0] + each[each.rindex(" ") :] for each in _places(found)]
    assert shown == [f"{MODELS}/esm/modeling_esm.py attention_mask"]
    cursor = at_cursor(marked(CONFIGS, 'TASKS = ["fill|-mask"'), real_catalog)
    (model,) = _places(type_definition_at(cursor.document, cursor.place))
    assert model.endswith(" EsmForMaskedLM")


def test_a_config_within_the_config_has_a_class(real_catalog: Catalog) -> None:
    text = CONFIGS.replace('("deberta"', '("clip"').replace(
        "type_vocab_size > 0", "text_config.vocab_size > 0"
    )
    cursor = at_cursor(marked(text, "_config.text|_config"), real_catalog)
    (class_,) = _places(type_definition_at(cursor.document, cursor.place))
    assert class_.endswith(" CLIPTextConfig")
    cursor = at_cursor(marked(text, "text_config.vocab|_size"), real_catalog)
    (attribute,) = _places(definition_at(cursor.document, cursor.place))
    assert attribute.startswith(f"{MODELS}/clip/configuration_clip.py:")
    assert type_definition_at(cursor.document, cursor.place) is None


def _places(answer: Answer | None) -> list[str]:
    return [
        _place(each.target_uri, each.target_selection_range)
        if isinstance(each, types.LocationLink)
        else _place(each.uri, each.range)
        for each in answer or []
    ]


def _place(uri: str, range_: types.Range, text: str = CONFIGS) -> str:
    """``file:line text``, lines from 1; the file without the folders that it is installed in.

    Files of neuron_core come without the line: they change with every commit.
    """
    line = range_.start.line + 1
    if uri == HERE:
        return f"{HERE}:{line} {text_of(text, range_, 'utf-16')}"
    path = Path(to_fs_path(uri) or "")
    name = path.as_posix()
    for root in ("transformers/", "optimum/", "neuron_core/"):
        if f"/{root}" in name:
            name = root + name.rpartition(f"/{root}")[2]
    name = name if name != path.as_posix() else path.name
    place = name if name.startswith("neuron_core/") else f"{name}:{line}"
    return f"{place} {text_of(path.read_text(encoding='utf-8'), range_, 'utf-16')}"
