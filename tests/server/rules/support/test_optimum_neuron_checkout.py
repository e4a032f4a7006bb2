from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.following import RecordingModules
from neuron_config_server.reading.config_reader import ConfigReader, read_config_file
from neuron_config_server.rules.nc901_not_in_exporter_tests import NotInExporterTests
from neuron_config_server.rules.nc903_not_in_docs_table import NotInDocsTable
from neuron_config_server.rules.support.optimum_neuron_checkout import DOCS_TABLE, EXPORTER_TESTS

CONFIGS = "optimum/exporters/neuron/model_configs.py"
TEXT = (
    '@register_in_tasks_manager("{model_type}", "feature-extraction"{library})\n'
    "class {name}NeuronConfig(TextEncoderNeuronConfig):\n    pass\n"
)
TABLE = "| Architecture | Task |\n|---|---|\n| {name} | feature-extraction |\n"


def text_of(model_type: str, name: str = "A", library: str = "") -> str:
    return TEXT.format(model_type=model_type, name=name, library=library)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("entry", "is_found"),
    [
        ('"esm": "a-model",', False),
        ('# "esm": "a-model",  # fails', False),
        ("'esm': 'a-model',", False),
        ('"esm2": "a-model",', True),
    ],
)
def test_a_model_is_tested_or_left_out_on_purpose(
    small_catalog: Catalog, tmp_path: Path, entry: str, is_found: bool
) -> None:
    write(tmp_path / EXPORTER_TESTS, f"EXPORT_MODELS_TINY = {{\n    {entry}\n}}\n")
    file = read_config_file(text_of("esm"), small_catalog, tmp_path / CONFIGS)
    assert bool(list(NotInExporterTests().check(file, small_catalog))) is is_found


@pytest.mark.parametrize(
    ("row", "model_type", "name"),
    [
        ("AST", "audio-spectrogram-transformer", "AST"),
        ("DeBERTa-v2 (INF2 only)", "deberta-v2", "DebertaV2"),
        ("MobileNetV2", "mobilenet_v2", "MobileNet"),
        ("Llama, Llama 2, Llama 3", "llama", "Any"),
        ("T5", "t5-encoder", "T5EncoderForTransformers"),
    ],
)
def test_a_row_is_found_under_either_name(
    small_catalog: Catalog, tmp_path: Path, row: str, model_type: str, name: str
) -> None:
    write(tmp_path / DOCS_TABLE, TABLE.format(name=row))
    file = read_config_file(text_of(model_type, name), small_catalog, tmp_path / CONFIGS)
    assert list(NotInDocsTable().check(file, small_catalog)) == []


def test_other_libraries_and_other_places_are_left_alone(small_catalog: Catalog, tmp_path: Path) -> None:
    write(tmp_path / DOCS_TABLE, TABLE.format(name="BERT"))
    of_diffusers = text_of("unet", library=', library_name="diffusers"')
    for text, path in ((of_diffusers, tmp_path / CONFIGS), (text_of("esm"), tmp_path / "mine.py")):
        assert list(NotInDocsTable().check(read_config_file(text, small_catalog, path), small_catalog)) == []


def test_a_result_depends_on_the_files_that_were_read(small_catalog: Catalog, tmp_path: Path) -> None:
    modules = RecordingModules(small_catalog)
    file = ConfigReader(small_catalog, modules).read(text_of("esm"), tmp_path / CONFIGS)
    list(NotInDocsTable().check(file, small_catalog))
    assert (tmp_path / DOCS_TABLE) in modules.depended_on(tmp_path / CONFIGS)
