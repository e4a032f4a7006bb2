"""Exported models, called as transformers' own are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from neuron_core import NeuronModelForFeatureExtraction, NeuronModelForSequenceClassification
from neuron_core.errors import ArtifactError, InferenceInputError
from neuron_core.exporting import main_export
from neuron_core.protocol import ExportRequest
from neuron_core.tiny import tiny_config, tiny_model

SHAPES = {"batch_size": 2, "sequence_length": 12}


def exported(folder: Path, model_type: str, task: str) -> Path:
    main_export(ExportRequest(task=task, output=str(folder / "out"), model_type=model_type, shapes=SHAPES))
    return folder / "out"


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(tmp_path_factory.mktemp("classifier"), "bert", "text-classification")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(tmp_path_factory.mktemp("encoder"), "esm", "feature-extraction")


@pytest.fixture
def damaged(classifier: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(classifier, tmp_path / "copy"))


def ids(batch: int, length: int) -> torch.Tensor:
    return torch.randint(4, 120, (batch, length), generator=torch.Generator().manual_seed(length))


@pytest.mark.parametrize(("batch", "length"), [(2, 12), (1, 12), (2, 7), (1, 1)])
def test_a_smaller_batch_gives_what_the_model_itself_gives(classifier: Path, batch: int, length: int) -> None:
    reference = tiny_model(tiny_config("bert", SHAPES), "text-classification", seed=0)
    model = NeuronModelForSequenceClassification.from_pretrained(classifier)
    given = ids(batch, length)
    with torch.no_grad():
        expected = reference(input_ids=given, attention_mask=torch.ones_like(given)).logits
    output = model(input_ids=given)
    assert output.logits.shape == (batch, 2)
    torch.testing.assert_close(output.logits, expected, atol=1e-5, rtol=1e-5)


def test_hidden_states_are_cut_to_the_batch_that_was_given(encoder: Path) -> None:
    reference = tiny_model(tiny_config("esm", SHAPES), "feature-extraction", seed=0)
    given = ids(1, 5)
    mask = torch.tensor([[1, 1, 1, 1, 0]])
    with torch.no_grad():
        expected = reference(input_ids=given, attention_mask=mask)
    output = NeuronModelForFeatureExtraction.from_pretrained(encoder)(input_ids=given, attention_mask=mask)
    assert output.last_hidden_state.shape == (1, 5, 32)
    torch.testing.assert_close(
        output.last_hidden_state[:, :4], expected.last_hidden_state[:, :4], atol=1e-5, rtol=1e-5
    )
    torch.testing.assert_close(output.pooler_output, expected.pooler_output, atol=1e-5, rtol=1e-5)


def test_int32_inputs_are_taken_as_the_type_that_was_compiled(classifier: Path) -> None:
    model = NeuronModelForSequenceClassification.from_pretrained(classifier)
    given = ids(2, 12)
    assert torch.equal(model(input_ids=given.int()).logits, model(input_ids=given).logits)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"input_ids": ids(3, 12)}, "input_ids has the shape [3, 12]; the model was exported for [2, 12]"),
        ({"input_ids": ids(2, 13)}, "Split or truncate it, or export the model with larger static shapes"),
        ({"input_ids": torch.tensor([1, 2])}, "has the shape [2]; it needs 2 dimensions, as [2, 12] has"),
        (
            {"input_ids": ids(2, 12).float()},
            "input_ids is of torch.float32; the model was exported for int64",
        ),
        ({"input_ids": [[1, 2], [3]]}, "input_ids is no tensor and can't be made one"),
        ({"input_ids": "text"}, "input_ids is no tensor and can't be made one"),
        (
            {"input_ids": ids(2, 7), "attention_mask": ids(2, 12)},
            "input_ids has the shape [2, 7], attention_mask has [2, 12]",
        ),
        (
            {"input_ids": ids(2, 7), "token_type_ids": ids(1, 7)},
            "token_type_ids has the shape [1, 7], attention_mask has [2, 7]",
        ),
        ({"attention_mask": ids(2, 12)}, "The input input_ids is missing. Pass a tensor of shape [2, 12]"),
        ({}, "The input input_ids is missing"),
        ({"input_ids": ids(2, 12), "langs": ids(2, 12)}, "exported without the input langs"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(classifier: Path, inputs: dict, said: str) -> None:
    model = NeuronModelForSequenceClassification.from_pretrained(str(classifier))
    with pytest.raises(InferenceInputError) as caught:
        model(**inputs)
    assert said in str(caught.value)


@pytest.mark.parametrize("convert", [torch.Tensor.tolist, torch.Tensor.numpy], ids=["list", "array"])
def test_lists_and_arrays_are_taken(classifier: Path, convert: Callable[[torch.Tensor], Any]) -> None:
    model = NeuronModelForSequenceClassification.from_pretrained(classifier)
    given = ids(2, 7)
    assert torch.equal(model(input_ids=convert(given)).logits, model(input_ids=given).logits)


def test_without_a_padding_token_a_short_text_is_refused(classifier: Path) -> None:
    model = NeuronModelForSequenceClassification.from_pretrained(classifier)
    model.config.pad_token_id = None
    with pytest.raises(InferenceInputError, match=r"no pad_token_id .* Set config\.pad_token_id"):
        model(input_ids=ids(2, 7))
    assert model(input_ids=ids(1, 12)).logits.shape == (1, 2)


def test_without_a_mask_a_short_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(
        "from neuron_core.configs import BertNeuronConfig, register_in_tasks_manager\n"
        "@register_in_tasks_manager('bert', 'text-classification')\n"
        "class MyNeuronConfig(BertNeuronConfig):\n"
        "    inputs = ['input_ids']\n"
    )
    task, config = "text-classification", str(tmp_path / "config.py")
    main_export(ExportRequest(task=task, output=str(tmp_path / "out"), config_file=config, shapes=SHAPES))
    model = NeuronModelForSequenceClassification.from_pretrained(tmp_path / "out")
    with pytest.raises(
        InferenceInputError, match=r"without an attention_mask .* padding would be attended to"
    ):
        model(input_ids=ids(2, 7))
    assert model(input_ids=ids(1, 12)).logits.shape == (1, 2)


def test_the_config_says_what_was_exported(classifier: Path) -> None:
    config = NeuronModelForSequenceClassification.from_pretrained(classifier).config
    assert config.model_type == "bert"
    assert config.neuron["static_sequence_length"] == 12


def test_a_model_of_another_task_is_refused(classifier: Path) -> None:
    with pytest.raises(
        ArtifactError, match="exported for text-classification, NeuronModelForFeatureExtraction"
    ):
        NeuronModelForFeatureExtraction.from_pretrained(classifier)


def test_a_model_compiled_for_neuron_is_refused(damaged: Path) -> None:
    config = json.loads((damaged / "config.json").read_text())
    config["neuron"]["compiler_type"] = "neuronx-cc"
    (damaged / "config.json").write_text(json.dumps(config))
    with pytest.raises(ArtifactError, match="compiled by neuronx-cc"):
        NeuronModelForSequenceClassification.from_pretrained(damaged)


@pytest.mark.parametrize("file", ["config.json", "model.neuron"])
def test_what_is_missing_or_damaged_is_said(damaged: Path, file: str) -> None:
    (damaged / file).write_bytes((damaged / file).read_bytes()[:50])
    with pytest.raises(ArtifactError, match=file.replace(".", r"\.")):
        NeuronModelForSequenceClassification.from_pretrained(damaged)
    (damaged / file).unlink()
    with pytest.raises(ArtifactError, match=file.replace(".", r"\.")):
        NeuronModelForSequenceClassification.from_pretrained(damaged)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="There is no directory"):
        NeuronModelForSequenceClassification.from_pretrained(tmp_path / "nowhere")
