"""What is found after a change is what is found in a text that is read for the first time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fix_safety import Meanings
from neuron_config_server.reading.config_reader import ConfigReader, read_config_file
from neuron_config_server.rules import all_rules
from tests.server.reading.test_optimum_neuron import EDITS

REAL_FILE = "optimum/exporters/neuron/model_configs.py"
STRING = re.compile(r'"([^"\\\n]*)"')
REPLACED = (
    *EDITS,
    ('"input_ids"', '"input_idss"'),
    ('"pixel_values"', '"pixel_value"'),
    ('"fill-mask"', '"fill-masks"'),
    ('("bert", ', '("esm", '),
    ('"feature-extraction", ', ""),
    ("NORMALIZED_CONFIG_CLASS = ", "NORMALIZED_CONFIG_CLAS = "),
    ('NormalizedConfigManager.get_normalized_config_class("bert")', "NormalizedTextConfig"),
    ("MODEL_TYPE = ", "MODEL_TYP = "),
    ('["logits"]', '["logits", "hidden_states"]'),
    ("(DummyVisionInputGenerator,)", "(DummyTextInputGenerator,)"),
    ("num_channels=", "num_channel="),
    ("NeuronConfig):", "NeuronConfig:"),
    ("    @property", "    @property  # neuron: ignore[NC101]"),
    ("NormalizedSeq2SeqConfig.with_args", "NormalizedTextConfig.with_args"),
)
"""Texts that take the place of each other, in either direction."""
ADDED = (
    "\n",
    "import re\n",
    "# neuron: ignore-file[NC308]\n",
    '@register_in_tasks_manager("esm", "fill-mask")\nclass TypedNeuronConfig(TextEncoderNeuronConfig):\n    pass\n',
    '@register_in_tasks_manager("vit", "image-classification")\nclass ViTTwoNeuronConfig(ViTNeuronConfig):\n'
    '    @property\n    def inputs(self):\n        return ["pixel_values", "pixel_value"]\n',
    "class LonelyNeuronConfig(VisionNeuronConfig):\n    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig\n"
    '    @property\n    def inputs(self):\n        return ["pixel_values"]\n',
    'TASKS_OF_MINE = ["fill-mask"]\n',
    '@register_in_tasks_manager("esm", *["fill-mask", "feature-extraction"])\n',
    '    def get_compiler_args(self):\n        return "--auto-cast bf16 --optlevle 2"\n',
)
"""Statements that come, or go again."""


def replaced(text: str, chance: random.Random) -> str:
    old, new = chance.choice(REPLACED)
    if chance.random() < 0.4:
        old, new = new, old
    places = [place for place in range(len(text)) if text.startswith(old, place)]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + new + text[place + len(old) :]


def typed(text: str, chance: random.Random) -> str:
    """A character more or less in a string, somewhere, as if it were being typed."""
    found = chance.choice([*STRING.finditer(text)])
    place = chance.randint(found.start(1), found.end(1))
    if chance.random() < 0.3 and place > found.start(1):
        return text[: place - 1] + text[place:]
    return text[:place] + chance.choice("abs_é😀 ") + text[place:]


def with_statement(text: str, chance: random.Random) -> str:
    """A statement more, or if it is there already, less."""
    added = chance.choice(ADDED)
    if len(added) > 1 and added in text:
        return text.replace(added, "", 1)
    places = [place + 1 for place in range(len(text)) if text.startswith("\n@register", place)]
    place = chance.choice([0, *places, len(text)])
    return text[:place] + added + text[place:]


def without_class(text: str, chance: random.Random) -> str:
    """A registered class less, or two that change places."""
    parts = text.split("\n@register")
    if len(parts) < 3:
        return text
    place = chance.randrange(1, len(parts) - 1)
    if chance.random() < 0.5:
        parts[place], parts[place + 1] = parts[place + 1], parts[place]
    else:
        del parts[place]
    return "\n@register".join(parts)


def broken(text: str, chance: random.Random) -> str:
    """A bracket less somewhere, which the next text has again."""
    places = [place for place, character in enumerate(text) if character in "[]()"]
    place = chance.choice(places)
    return text[:place] + text[place + 1 :]


def compared(text: str, path: Path | None, catalog: Catalog, *, seed: int, edits: int) -> int:
    """Asserts that all findings are the same after each of many changes; how many were compared."""
    chance = random.Random(seed)
    reader, rules = ConfigReader(catalog), all_rules()
    ways: list[Callable[[str, random.Random], str]] = (
        [replaced] * 6 + [typed] * 8 + [with_statement] * 3 + [without_class]
    )
    count = 0
    check(reader.read(text, path), catalog, rules)
    for _ in range(edits):
        if chance.random() < 0.2:
            assert not check(reader.read(broken(text, chance), path), catalog, rules).crashed
        text = chance.choice(ways)(text, chance)
        again = reader.read(text, path)
        found = check(again, catalog, rules)
        assert not found.crashed
        if not again.faults:  # what is being typed has the meaning that it had before
            afresh = check(read_config_file(text, catalog, path), catalog, rules)
            assert found.findings == afresh.findings
            count += 1
    return count


@pytest.mark.parametrize("seed", [1, 2])
def test_in_optimum_neurons_file(seed: int, optimum_neuron: Path, real_catalog: Catalog) -> None:
    path = optimum_neuron / REAL_FILE
    assert compared(path.read_text(encoding="utf-8"), path, real_catalog, seed=seed, edits=20) > 6


def test_in_files_of_idioms(data: Path, small_catalog: Catalog) -> None:
    files = sorted((data / "idioms").glob("*.py"))
    found = [
        compared(each.read_text(encoding="utf-8"), each, small_catalog, seed=seed, edits=8)
        for seed, each in enumerate(files)
    ]
    assert sum(found) > len(files)


def test_while_strings_are_typed(data: Path, small_catalog: Catalog) -> None:
    """Nearly all of these are in functions, where only what has run them is asked again."""
    texts = [FILE, *(each.read_text(encoding="utf-8") for each in sorted((data / "idioms").glob("*.py")))]
    rules = all_rules()
    for seed, start in enumerate(texts):
        chance, text, reader = random.Random(seed), start, ConfigReader(small_catalog)
        for _ in range(12):
            text = typed(text, chance)
            file = reader.read(text)
            found = check(file, small_catalog, rules).findings
            if not file.faults:
                afresh = read_config_file(text, small_catalog)
                assert found == check(afresh, small_catalog, rules).findings
                assert Meanings().of(file) == Meanings().of(afresh)


FILE = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig


class DummyResidueInputGenerator(DummyTextInputGenerator):
    def __init__(self, task, normalized_config, batch_size, residues, **kwargs):
        super().__init__(task, normalized_config, batch_size)


GENERATORS = (DummyResidueInputGenerator,)


class LateMixin:
    @property
    def inputs(self):
        return ["input_ids"]


@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig, LateMixin):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    DUMMY_INPUT_GENERATOR_CLASSES = GENERATORS
    ATOL_FOR_VALIDATON = 1e-3

    @property
    def outputs(self):
        if self.task == "token-classification":
            return ["logits"]
        return ["logit"]


@register_in_tasks_manager("esm", "text-classification")
class SmallNeuronConfig(EsmNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids", "attention_masks"]


class LonelyNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("residues", "sequence_length", "NC507"),
        ("1e-3", "1e-3  # ATOL_FOR_VALIDATON", "NC503"),
        ("        if self.task", "        # LateMixin\n        if self.task", None),
        ('return ["input_ids", "attention_masks"]', "pass  # LonelyNeuronConfig", "NC305"),
        ('"text-classification"', '"token-classification"', "NC306"),
        ('"text-classification"', '"fill-mask"', "NC304"),
        ('"logit"]', '"logit"]  # neuron: ignore[NC201]', None),
        ('"attention_masks"', '"attention_mask"', "NC101"),
        ("\nclass LateMixin", "\n\n\nclass LateMixin", None),
        ("TextEncoderNeuronConfig\n", "TextEncoderNeuronConfig  # base\n", None),
    ],
)
def test_what_hangs_on_another_place_of_the_file(
    old: str, new: str, code: str | None, small_catalog: Catalog
) -> None:
    reader, rules = ConfigReader(small_catalog), all_rules()
    for one, other in ((FILE, FILE.replace(old, new, 1)), (FILE.replace(old, new, 1), FILE)):
        before = check(reader.read(one), small_catalog, rules).findings
        after = check(reader.read(other), small_catalog, rules).findings
        assert after == check(read_config_file(other, small_catalog), small_catalog, rules).findings
        codes = [[each.code for each in found].count(code or "") for found in (before, after)]
        assert code is None or codes[0] != codes[1]


def test_a_class_that_a_line_end_parts_from_its_decorator_is_what_stands_there(
    small_catalog: Catalog,
) -> None:
    reader, rules = ConfigReader(small_catalog), all_rules()
    check(reader.read(FILE), small_catalog, rules)
    text = FILE.replace(
        '@register_in_tasks_manager("esm", "text', '@regis\nter_in_tasks_manager("esm", "text'
    )
    found = check(reader.read(text), small_catalog, rules).findings
    assert found == check(read_config_file(text, small_catalog), small_catalog, rules).findings


def test_a_list_in_the_place_of_a_property_is_no_trouble(small_catalog: Catalog) -> None:
    text = FILE.replace(
        "class SmallNeuronConfig(EsmNeuronConfig):\n    @property\n    def inputs(self):\n        return",
        "class SmallNeuronConfig(EsmNeuronConfig):\n    inputs =",
    ).replace("    def outputs(self):\n        if", "    def inputs(self):\n        if")
    found = check(read_config_file(text, small_catalog), small_catalog, all_rules())
    assert text.count("inputs =") == 1
    assert not found.crashed
    assert "NC306" in [each.code for each in found.findings]
