"""What the rules about registrations, and those about normalized configs, say of optimum-neuron's own file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import all_rules

CODES = (*(f"NC30{n}" for n in range(2, 10)), "NC310", "NC402", "NC403", "NC404", "NC405")
FOUND = {
    (
        "NC306",
        "ViTNeuronConfig",
        "masked-im",
        "none of the 13 registrations of ViTNeuronConfig and its subclasses names masked-im",
    ),
    (
        "NC308",
        "ModernBertNeuronConfig",
        "multiple-choice question-answering",
        "modeling_modernbert.py: ModernBertForMultipleChoice, ModernBertForQuestionAnswering",
    ),
    (
        "NC308",
        "DebertaV2NeuronConfig",
        "multiple-choice",
        "modeling_deberta_v2.py: DebertaV2ForMultipleChoice; its forward takes the three inputs",
    ),
    (
        "NC308",
        "DonutSwinNeuronConfig",
        "image-classification",
        "modeling_donut_swin.py: DonutSwinForImageClassification",
    ),
    (
        "NC308",
        "MobileNetV2NeuronConfig",
        "image-segmentation",
        "optimum tries AutoModelForSemanticSegmentation for it: MobileNetV2ForSemanticSegmentation",
    ),
    (
        "NC310",
        "MobileNetV2NeuronConfig",
        "semantic-segmentation",
        "TasksManager._infer_task_from_model_or_model_class gives image-segmentation for the class",
    ),
    (
        "NC405",
        "CLIPNeuronConfig",
        "num_channels",
        "optimum/utils/input_generators.py: DummyVisionInputGenerator.__init__ asks has_attribute first",
    ),
    (
        "NC405",
        "CLIPNeuronConfig",
        "width height",
        "optimum/utils/input_generators.py: DummyVisionInputGenerator.__init__ asks has_attribute first",
    ),
    (
        "NC405",
        "ASTNeuronConfig",
        "audio_sequence_length",
        "ASTDummyAudioInputGenerator.generate: shape = [batch_size, max_length, num_mel_bins]",
    ),
}
"""(code, class, what, proof)."""


@pytest.fixture(scope="module")
def catalog(optimum_neuron: Path) -> Catalog:
    environment = Environment.of_sys_path(Path(sys.executable), [*sys.path, str(optimum_neuron)], "a test")
    found = Catalog(environment)
    if found.missing:
        pytest.skip(f"not installed: {', '.join(found.missing)} (the extra [engine])")
    return found


@pytest.fixture(scope="module")
def file(catalog: Catalog, optimum_neuron: Path) -> ConfigFile:
    path = optimum_neuron / "optimum/exporters/neuron/model_configs.py"
    return read_config_file(path.read_text(encoding="utf-8"), catalog, path)


def test_exactly_the_known_faults_are_found(catalog: Catalog, file: ConfigFile) -> None:
    rules = [rule for rule in all_rules() if rule.code in CODES]
    assert len(rules) == len(CODES)
    said = {
        (each.code, each.class_name, _what(each.code, each.message, each.tasks))
        for rule in rules
        for each in rule.check(file, catalog)
    }
    assert said == {entry[:3] for entry in FOUND}


def _what(code: str, message: str, tasks: tuple[str, ...]) -> str:
    if code != "NC405":
        return " ".join(tasks)
    return message.partition(" change")[0].replace("`", "").replace(" and ", " ")


def test_optimum_itself_takes_the_model_for_another_task() -> None:
    """Proof of NC310."""
    tasks = pytest.importorskip("optimum.exporters.tasks")
    transformers = pytest.importorskip("transformers")
    inferred = tasks.TasksManager.infer_task_from_model(transformers.MobileNetV2ForSemanticSegmentation)
    assert inferred == "image-segmentation"


@pytest.mark.parametrize(
    ("class_name", "module"),
    [
        ("ModernBertForMultipleChoice", "modernbert"),
        ("ModernBertForQuestionAnswering", "modernbert"),
        ("DebertaV2ForMultipleChoice", "deberta-v2"),
        ("DonutSwinForImageClassification", "donut-swin"),
        ("MobileNetV2ForSemanticSegmentation", "mobilenet_v2"),
    ],
)
def test_the_models_of_available_tasks_are_there(class_name: str, module: str) -> None:
    """Proof of NC308, as far as it goes without an export."""
    transformers = pytest.importorskip("transformers")
    assert getattr(transformers, class_name).config_class.model_type == module
