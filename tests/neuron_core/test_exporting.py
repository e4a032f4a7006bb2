"""From a request to a validated artifact, in this process."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

from neuron_core.backends import get_backend
from neuron_core.configs import BertNeuronConfig, InputShapesArguments
from neuron_core.errors import (
    ArtifactError,
    DummyInputError,
    InputMatchError,
    InvalidShapeError,
    MissingMandatoryAxisDimension,
    ModelLoadError,
    NeuronCoreError,
    OutputMatchError,
    ToleranceError,
    UnsupportedTaskError,
)
from neuron_core.exporting import export, main_export
from neuron_core.protocol import ExportRequest, Stage, Verdict
from neuron_core.validate import validate_model_outputs

SHAPES = {"batch_size": 2, "sequence_length": 12}
CONFIG = """\
import torch
from neuron_core.configs import BertNeuronConfig, register_in_tasks_manager

@register_in_tasks_manager("bert", "text-classification", "feature-extraction")
class MyNeuronConfig(BertNeuronConfig):
    {body}
"""


@pytest.fixture
def request_for(tmp_path: Path):
    def make(body: str = "pass", task: str = "text-classification", **more: Any) -> ExportRequest:
        path = tmp_path / "config.py"
        path.write_text(CONFIG.format(body=body), encoding="utf-8")
        options: dict[str, Any] = {"shapes": SHAPES, "config_file": str(path), **more}
        return ExportRequest(task=task, output=str(tmp_path / "out"), **options)

    return make


@pytest.mark.parametrize(
    ("model_type", "task", "shapes", "outputs"),
    [
        ("bert", "feature-extraction", SHAPES, {"last_hidden_state": (2, 12, 32), "pooler_output": (2, 32)}),
        ("bert", "fill-mask", SHAPES, {"logits": (2, 12, 128)}),
        ("bert", "multiple-choice", {**SHAPES, "num_choices": 3}, {"logits": (2, 3)}),
        ("bert", "question-answering", SHAPES, {"start_logits": (2, 12), "end_logits": (2, 12)}),
        ("bert", "text-classification", SHAPES, {"logits": (2, 2)}),
        ("bert", "token-classification", SHAPES, {"logits": (2, 12, 2)}),
        ("esm", "feature-extraction", SHAPES, {"last_hidden_state": (2, 12, 32), "pooler_output": (2, 32)}),
        ("esm", "fill-mask", SHAPES, {"logits": (2, 12, 128)}),
        ("esm", "text-classification", SHAPES, {"logits": (2, 2)}),
        ("esm", "token-classification", SHAPES, {"logits": (2, 12, 2)}),
    ],
)
def test_every_built_in_config_exports_for_every_task(
    tmp_path: Path, model_type: str, task: str, shapes: dict[str, int], outputs: dict[str, tuple[int, ...]]
) -> None:
    told: list[tuple[Stage, float]] = []
    report = main_export(
        ExportRequest(task=task, output=str(tmp_path / "out"), model_type=model_type, shapes=shapes),
        lambda stage, message, fraction: told.append((stage, fraction)),
    )
    assert report.verdict is Verdict.PASS
    assert {output.name: output.shape for output in report.outputs} == outputs
    assert all(output.tolerance == 1e-3 for output in report.outputs)
    assert max(output.max_abs_diff or 0.0 for output in report.outputs) < 1e-5
    assert report.model.startswith("tiny random ")
    assert [stage for stage, _ in told] == [*Stage, Stage.VALIDATE]
    assert told[-1][1] == 1.0
    section = json.loads((tmp_path / "out" / "config.json").read_text())["neuron"]
    assert {key: section[key] for key in ("task", "model_type", "compiler_type")} == {
        "task": task,
        "model_type": model_type,
        "compiler_type": "cpu-torchscript",
    }
    assert {f"static_{axis}": size for axis, size in shapes.items()}.items() <= section.items()


def test_a_saved_model_is_exported_with_its_preprocessor(tmp_path: Path) -> None:
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=64,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            num_labels=5,
        )
    )
    model.save_pretrained(tmp_path / "model")
    (tmp_path / "model" / "vocab.txt").write_text("[PAD]\n")
    report = main_export(
        ExportRequest(
            task="text-classification",
            output=str(tmp_path / "out"),
            model=str(tmp_path / "model"),
            shapes=SHAPES,
        )
    )
    assert report.verdict is Verdict.PASS
    assert report.outputs[0].shape == (2, 5)
    assert report.model == str(tmp_path / "model")
    assert (tmp_path / "out" / "vocab.txt").is_file()


def test_the_same_seed_gives_the_same_artifact_and_another_seed_another(request_for, tmp_path: Path) -> None:
    def logits(seed: int) -> torch.Tensor:
        main_export(request_for(seed=seed, force=True))
        model = get_backend("cpu").load(tmp_path / "out" / "model.neuron")
        ids = torch.arange(24).reshape(2, 12)
        return model(ids, torch.ones_like(ids), torch.zeros_like(ids))[0]

    first = logits(0)
    assert torch.equal(first, logits(0))
    assert not torch.allclose(first, logits(1), atol=1e-2)


WRONG = """
    def patch_model_and_prepare_aliases(self, model, input_names=None, **more):
        wrapped, aliases = super().patch_model_and_prepare_aliases(model, input_names, **more)
        class Off(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = wrapped
            def forward(self, *inputs):
                return {change}
        return Off(), aliases
"""


@pytest.mark.parametrize(
    ("change", "task", "said"),
    [
        ("(self.inner(*inputs)[0] + 0.01,)", "text-classification", "differs from PyTorch by 0.01"),
        ("(self.inner(*inputs)[0] * float('nan'),)", "text-classification", "is NaN in 4 of 4 places"),
        ("(self.inner(*inputs)[0][:1],)", "text-classification", "its shape is (1, 2), PyTorch's is (2, 2)"),
        ("(self.inner(*inputs)[0].double(),)", "text-classification", "its type is float64"),
        ("(*self.inner(*inputs), inputs[0])", "text-classification", "returns 2 outputs"),
    ],
)
def test_a_model_that_computes_something_else_fails(request_for, change: str, task: str, said: str) -> None:
    report = main_export(request_for(WRONG.format(change=change), task=task))
    assert report.verdict is Verdict.FAIL
    assert said in report.outputs[0].reason


def test_without_validation_nothing_is_claimed(request_for) -> None:
    report = main_export(request_for(WRONG.format(change="(self.inner(*inputs)[0] + 1,)"), validate=False))
    assert (report.verdict, report.outputs) == (Verdict.SKIPPED, ())


def test_a_looser_tolerance_lets_a_small_difference_pass(request_for) -> None:
    body = WRONG.format(change="(self.inner(*inputs)[0] + 0.01,)")
    report = main_export(request_for(body, atol=0.1))
    assert report.verdict is Verdict.PASS
    assert report.outputs[0].max_abs_diff == pytest.approx(0.01, rel=1e-2)


@pytest.mark.parametrize(
    ("body", "more", "error", "said"),
    [
        ("inputs = property(lambda self: ['input_ids', 'langs'])", {}, DummyInputError, "makes 'langs'"),
        ("outputs = property(lambda self: ['logit'])", {}, OutputMatchError, "'logit'"),
        ("outputs = property(lambda self: [])", {}, OutputMatchError, "`outputs` of MyNeuronConfig is empty"),
        ("inputs = property(lambda self: 'input_ids')", {}, InputMatchError, "not a list"),
        ("pass", {"shapes": {"batch_size": 1}}, MissingMandatoryAxisDimension, "--sequence_length"),
        ("pass", {"shapes": {**SHAPES, "sequence_length": 0}}, InvalidShapeError, "--sequence_length"),
        ("pass", {"shapes": {**SHAPES, "depth": 3}}, InvalidShapeError, "no axis 'depth'"),
        ("pass", {"backend": "tpu"}, NeuronCoreError, "Unknown backend 'tpu'"),
        ("pass", {"model": "no/such-model"}, ModelLoadError, "no/such-model"),
        ("pass", {"atol": -1.0}, ToleranceError, "The tolerance is -1.0"),
        ("ATOL_FOR_VALIDATION = {'fill-mask': 1}", {}, ToleranceError, "no entry for the task text-class"),
        ("pass", {"config_file": None}, ModelLoadError, "Nothing says which model"),
        ("pass", {"config_file": None, "model_type": "gpt2"}, UnsupportedTaskError, "There are: bert, esm"),
    ],
)
def test_what_cannot_work_is_said_and_nothing_is_left(
    request_for, tmp_path: Path, body: str, more: dict[str, Any], error: type[Exception], said: str
) -> None:
    stages: list[Stage] = []
    with pytest.raises(error) as caught:
        main_export(request_for(body, **more), lambda stage, message, fraction: stages.append(stage))
    assert said in str(caught.value)
    assert (Stage.TRACE in stages) is (said == "'logit'")  # only tracing tells what a model returns
    assert [path.name for path in tmp_path.iterdir()] == ["config.py"]


def bert(number_of_labels: int = 2) -> BertConfig:
    return BertConfig(
        vocab_size=64,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=number_of_labels,
    )


@pytest.fixture
def masked_language_model(tmp_path: Path) -> str:
    """A checkpoint without a head for classification, and without BERT's pooler."""
    BertForMaskedLM(bert()).save_pretrained(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("text-classification", "bert.pooler.dense.bias, bert.pooler.dense.weight, classifier.bias, classif"),
        (
            "feature-extraction",
            "needs the weights pooler.dense.bias, pooler.dense.weight, which would be ran",
        ),
    ],
)
def test_a_checkpoint_without_a_head_is_refused(
    request_for, tmp_path: Path, masked_language_model: str, task: str, said: str
) -> None:
    with pytest.raises(ModelLoadError) as caught:
        main_export(request_for(task=task, model=masked_language_model))
    assert f"{masked_language_model} has no head for the task {task}" in caught.value.message
    assert said in caught.value.message
    assert "architectures (BertForMaskedLM)" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_a_missing_weight_that_no_output_depends_on_is_only_noted(
    request_for, masked_language_model: str
) -> None:
    body = "outputs = property(lambda self: ['last_hidden_state'])"
    report = main_export(request_for(body, task="feature-extraction", model=masked_language_model))
    assert report.verdict is Verdict.PASS
    (warning,) = report.warnings
    assert warning.endswith(
        "has no weights pooler.dense.bias, pooler.dense.weight; no declared output depends on them."
    )


def test_a_checkpoint_that_has_its_head_is_exported_without_a_warning(request_for, tmp_path: Path) -> None:
    model = BertForSequenceClassification(bert()).eval()
    model.save_pretrained(tmp_path / "model")
    assert main_export(request_for(model=str(tmp_path / "model"))).warnings == ()
    ids = torch.arange(24).reshape(2, 12)
    exported = get_backend("cpu").load(tmp_path / "out" / "model.neuron")
    with torch.no_grad():
        expected = model(ids).logits
    torch.testing.assert_close(exported(ids, torch.ones_like(ids), torch.zeros_like(ids))[0], expected)


def test_a_model_that_cannot_be_loaded_is_told_once(request_for) -> None:
    with pytest.raises(ModelLoadError) as caught:
        main_export(request_for(model="no/such-model"))
    first = caught.value.message.partition(": ")[2].partition(": ")[2]
    assert first
    assert first not in caught.value.detail


def test_what_the_engine_warns_of_is_reported(request_for) -> None:
    body = "pass\n\nregister_in_tasks_manager('bert', 'text-classification')(type('Second', (MyNeuronConfig,), {}))"
    (warning,) = main_export(request_for(body)).warnings
    assert "Second replaces" in warning


def test_two_dots_are_gone_from_the_report(request_for, tmp_path: Path) -> None:
    request = replace(request_for(validate=False), output=str(tmp_path / "a" / ".." / "out"))
    assert main_export(request).output == str(tmp_path.resolve() / "out")
    assert not (tmp_path / "a").exists()


def test_an_output_that_cannot_be_written_is_refused_before_the_config_is_loaded(
    request_for, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neuron_core.artifact.os.access", lambda path, mode: False)
    with pytest.raises(ArtifactError, match="cannot be written"):
        main_export(request_for("raise RuntimeError('loaded')"))


def test_a_generator_that_fails_does_so_while_building(request_for) -> None:
    stages: list[Stage] = []
    body = "generate_dummy_inputs = lambda self, **axes: 1 / 0"
    with pytest.raises(ZeroDivisionError):
        main_export(request_for(body), lambda stage, message, fraction: stages.append(stage))
    assert stages[-1] is Stage.BUILD


def test_values_override_reaches_the_model(request_for) -> None:
    body = "values_override = property(lambda self: {'output_hidden_states': True})\n    outputs = property(lambda self: ['logits'])"
    assert main_export(request_for(body)).verdict is Verdict.PASS


def test_export_and_validate_as_a_library(tmp_path: Path) -> None:
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
        )
    ).eval()
    config = BertNeuronConfig(
        model.config, "text-classification", InputShapesArguments(batch_size=1, sequence_length=8)
    )
    names = export(model, config, tmp_path / "model.neuron")
    assert names == (["input_ids", "attention_mask", "token_type_ids"], ["logits"])
    (compared,) = validate_model_outputs(config, model, tmp_path / "model.neuron", names[1])
    assert compared.verdict is Verdict.PASS
    assert compared.max_abs_diff == pytest.approx(0.0, abs=1e-6)
