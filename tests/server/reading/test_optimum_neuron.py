"""optimum-neuron's own ``model_configs.py``, with every idiom that its authors use."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import ConfigReader, read_config_file

UNKNOWN: dict[tuple[str, str], str] = {}
"""(class, property) that can't be told -> why. Nothing of this file."""

PROPERTIES = (
    "inputs",
    "outputs",
    "axes",
    "generators",
    "normalized_config",
    "tolerance",
    "exported_model_type",
    "wrapper",
    "values_override",
)


@pytest.fixture(scope="module")
def path(optimum_neuron: Path) -> Path:
    return optimum_neuron / "optimum/exporters/neuron/model_configs.py"


@pytest.fixture(scope="module")
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def file(path: Path, text: str, real_catalog: Catalog) -> ConfigFile:
    return read_config_file(text, real_catalog, path)


def test_every_registration_is_found(file: ConfigFile) -> None:
    effective = list(file.effective)
    assert len({each.config.name for each in effective}) == 54
    assert Counter(each.library for each in effective) == {
        "transformers": 156,
        "diffusers": 10,
        "sentence_transformers": 4,
    }


def test_everything_is_told(file: ConfigFile) -> None:
    unknown = {
        (each.config.name, name): possible.unknown
        for each in file.effective
        for name in PROPERTIES
        if (possible := getattr(each, name)).unknown is not None
    }
    assert unknown == UNKNOWN


def test_a_default_decides_a_condition_that_stays_beside_the_answer(file: ConfigFile) -> None:
    deberta = next(each for each in file.effective if each.model_type == "deberta")
    by_default, otherwise = deberta.inputs.variants
    assert by_default.when == "self._config.type_vocab_size == 0"
    assert by_default.is_default
    assert by_default.value is not None
    assert by_default.value.values == ("input_ids", "attention_mask")
    assert otherwise.when == "self._config.type_vocab_size != 0"
    assert not otherwise.is_default
    assert otherwise.value is not None
    assert otherwise.value.values == ("input_ids", "attention_mask", "token_type_ids")


def told(file: ConfigFile) -> list[tuple[object, ...]]:
    """Everything that a file says, positions included."""
    classes = [
        (config.name, config.name_range, config.range, [base.name for base in config.order])
        for config in file.classes
    ]
    effective = [
        (each.config.name, each.registration, each.task, *(repr(getattr(each, name)) for name in PROPERTIES))
        for each in file.effective
    ]
    return [*classes, *effective, file.faults, file.alias_lookups]


EDITS = (
    ('"attention_mask"', '"attention_masks"'),
    ("1e-3", "1e-4"),
    ("TextEncoderNeuronConfig)", "VisionNeuronConfig)"),
    ("BertNeuronConfig)", "EsmNeuronConfig)"),
    ("return [", "return ["),
    ('self.task == "feature-extraction"', 'self.task != "feature-extraction"'),
    ("class ViTNeuronConfig", "class VitNeuronConfig"),
    ("@property\n    def outputs", "@property\n    def output"),
    ("    pass\n", "    pass\n\n"),
    ("*COMMON_TEXT_TASKS", "*COMMON_TEXT_TASKS[1:]"),
    ("DUMMY_INPUT_GENERATOR_CLASSES = (", "DUMMY_INPUT_GENERATOR_CLASSES = (("),
    ("INPUT_ARGS = (", 'INPUT_ARGS = ("num_beams", '),
)


def test_what_is_read_again_after_a_change_is_what_a_fresh_reading_says(
    path: Path, text: str, real_catalog: Catalog
) -> None:
    chance = random.Random(0)
    reader = ConfigReader(real_catalog)
    current = text
    compared = 0
    for _ in range(40):
        old, new = chance.choice(EDITS)
        if chance.random() < 0.4:
            old, new = new, old
        places = [place for place in range(len(current)) if current.startswith(old, place)]
        if not places:
            continue
        place = chance.choice(places)
        current = current[:place] + new + current[place + len(old) :]
        again, afresh = reader.read(current, path), read_config_file(current, real_catalog, path)
        assert again.faults == afresh.faults
        if not again.faults:  # what is being typed has the meaning that it had before
            compared += 1
            assert told(again) == told(afresh)
    assert compared > 10


def test_a_character_in_a_class_costs_that_class(path: Path, text: str, real_catalog: Catalog) -> None:
    reader = ConfigReader(real_catalog)
    before = reader.read(text, path)
    bert = {config.name: config for config in before.classes}
    after = reader.read(text.replace("ATOL_FOR_VALIDATION = 1e-3", "ATOL_FOR_VALIDATION = 1e-4", 1), path)
    same = {config.name for config in after.classes if bert[config.name] is config}
    assert "BertNeuronConfig" not in same  # it changed
    assert "AlbertNeuronConfig" not in same  # it inherits from what changed
    assert "EsmNeuronConfig" in same
    tolerances = {each.config.name: each.tolerance.only for each in after.effective}
    assert (tolerances["BertNeuronConfig"], tolerances["AlbertNeuronConfig"]) == (1e-4, 1e-4)
    assert tolerances["EsmNeuronConfig"] == 1e-3
