from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from neuron_core.backends.base import InputSpec, Signature, TracedModel
from neuron_core.backends.cpu import CpuBackend
from neuron_core.errors import ArtifactError, InputMatchError, OutputMatchError, TraceError
from neuron_core.wrappers import KeywordModelWrapper

X = {"x": torch.arange(6.0).reshape(2, 3)}


class Doubles(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor]:
        return (2 * x,)


class Branches(torch.nn.Module):
    """What torch.export refuses and torch.jit.trace takes: it asks for the value of a tensor."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor]:
        return (2 * x,) if x.sum() > 0 else (x,)


class Raises(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor]:
        raise LookupError("this model cannot run\nand here is why")


def by_name(model: Any, inputs: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    outputs = model(**inputs)
    return [outputs["start_logits"], outputs["end_logits"]]


def test_a_trace_computes_what_the_model_computes(
    bert: Any, traced_bert: TracedModel, bert_inputs: dict[str, torch.Tensor]
) -> None:
    for traced, expected in zip(traced_bert(*bert_inputs.values()), by_name(bert, bert_inputs)):
        torch.testing.assert_close(traced, expected, rtol=0, atol=1e-5)
        assert not traced.requires_grad


def test_a_trace_says_how_it_was_made(traced_bert: TracedModel) -> None:
    assert traced_bert.route == "torch.export -> decompositions -> TorchScript"


def test_a_saved_trace_is_loaded_as_it_was(
    traced_bert: TracedModel, bert_file: Path, bert_inputs: dict[str, torch.Tensor]
) -> None:
    loaded = CpuBackend().load(bert_file)
    for got, expected in zip(loaded(*bert_inputs.values()), traced_bert(*bert_inputs.values())):
        assert torch.equal(got, expected)
    assert (
        loaded.signature
        == traced_bert.signature
        == Signature(
            inputs=tuple(
                InputSpec(name, (2, 16), "int64")
                for name in ("input_ids", "attention_mask", "token_type_ids")
            ),
            outputs=("start_logits", "end_logits"),
        )
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda value: value[:1], r"compiled for shape \[2, 16\], got \[1, 16\]"),
        (lambda value: value.repeat(2, 1), r"compiled for shape \[2, 16\], got \[4, 16\]"),
        (lambda value: value[:, :8], r"compiled for shape \[2, 16\], got \[2, 8\]"),
        (lambda value: value.repeat(1, 2), r"compiled for shape \[2, 16\], got \[2, 32\]"),
        (lambda value: value.int(), r"compiled for int64, got another type"),
    ],
    ids=["smaller batch", "larger batch", "shorter", "longer", "another type"],
)
@pytest.mark.parametrize("name", ["input_ids", "attention_mask", "token_type_ids"])
def test_a_loaded_model_refuses_what_it_was_not_compiled_for(
    bert_file: Path,
    bert_inputs: dict[str, torch.Tensor],
    name: str,
    change: Callable[[torch.Tensor], torch.Tensor],
    message: str,
) -> None:
    loaded = CpuBackend().load(bert_file)
    with pytest.raises(torch.jit.Error, match=rf"input '{name}': {message}"):
        loaded(*{**bert_inputs, name: change(bert_inputs[name])}.values())


def test_an_input_that_the_model_does_not_use_is_guarded_too(tmp_path: Path) -> None:
    class Ignores(torch.nn.Module):
        def forward(self, x: torch.Tensor, unused: torch.Tensor) -> tuple[torch.Tensor]:
            return (2 * x,)

    CpuBackend().trace(Ignores(), {**X, "unused": torch.ones(2)}, ["y"]).save(tmp_path / "model")
    loaded = CpuBackend().load(tmp_path / "model")
    assert torch.equal(loaded(X["x"], torch.zeros(2))[0], 2 * X["x"])
    with pytest.raises(torch.jit.Error, match=r"input 'unused': compiled for shape \[2\], got \[3\]"):
        loaded(X["x"], torch.ones(3))


def test_a_model_that_torch_export_refuses_is_traced_directly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "neuron_core"), pytest.warns(torch.jit.TracerWarning):
        traced = CpuBackend().trace(Branches(), X, ["y"])
    assert traced.route.startswith("TorchScript directly (torch.export failed: ")
    assert "torch.export failed, tracing directly instead" in caplog.text

    traced.save(tmp_path / "model")
    loaded = CpuBackend().load(tmp_path / "model")
    assert torch.equal(loaded(X["x"])[0], 2 * X["x"])
    with pytest.raises(torch.jit.Error, match=r"input 'x': compiled for shape \[2, 3\], got \[1, 3\]"):
        loaded(X["x"][:1])


def test_a_model_that_cannot_run_is_told_with_what_it_said() -> None:
    with pytest.raises(TraceError) as caught:
        CpuBackend().trace(Raises(), X, ["y"])
    assert caught.value.message == "The model cannot be traced: LookupError: this model cannot run"
    assert caught.value.hint.startswith("torch.export failed before it: ")


@pytest.mark.parametrize(
    ("wrapper", "error", "message"),
    [
        (KeywordModelWrapper(Doubles(), ["y"], [0]), InputMatchError, "does not take 'y'"),
        (KeywordModelWrapper(Doubles(), ["x"], [1]), OutputMatchError, "does not return 1"),
    ],
)
def test_a_mistake_of_the_config_is_told_as_it_is_and_at_once(
    wrapper: Any, error: type, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(error, match=message):
        CpuBackend().trace(wrapper, X, ["y"])
    assert "tracing directly instead" not in caplog.text


@pytest.mark.parametrize(
    "value",
    [
        (torch.ones(2), None),
        None,
        torch.ones(2, dtype=torch.float64),
    ],
    ids=["tuple", "None", "float64"],
)
def test_an_input_that_cannot_be_compiled_for_is_named(value: Any) -> None:
    with pytest.raises(TraceError, match=r"The input 'cache' is"):
        CpuBackend().trace(Doubles(), {**X, "cache": value}, ["y"])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"no traced model at .*model\.neuron.*neuron-config export"):
        CpuBackend().load(tmp_path / "model.neuron")
    with pytest.raises(ArtifactError, match="no traced model at"):
        CpuBackend().load(tmp_path)


def compressed_code_damaged(data: bytes) -> bytes:
    at = data.index(b"static_shapes.py") + 120
    return data[:at] + b"\xff" * 20 + data[at + 20 :]


def last_entry_said_to_be_huge(data: bytes) -> bytes:
    sizes = data.rindex(b"PK\x01\x02") + 20  # of the last entry in the archive's directory
    return data[:sizes] + b"\xff\xff\xff\x0f" * 2 + data[sizes + 8 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"not a model",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"constants.pkl", b"\xff" * 13),
        lambda data: data.replace(b'{"inputs"', b"\xff" * 9),
        lambda data: data.replace(b'{"inputs"', b'{"inputs '),
        lambda data: data.replace(b"\x00\x00\x80?", b"\x00\x00\x80@"),
        compressed_code_damaged,
        last_entry_said_to_be_huge,
    ],
    ids=[
        "empty",
        "text",
        "half",
        "entry",
        "signature not UTF-8",
        "signature not JSON",
        "weights",
        "code",
        "sizes",
    ],
)
def test_a_damaged_file_is_told_to_be_damaged(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    class Weighted(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(2, 3))

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor]:
            return (x * self.weight,)

    path = tmp_path / "model.neuron"
    CpuBackend().trace(Weighted(), X, ["y"]).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArtifactError, match=r"model\.neuron cannot be loaded.*damaged.*--force"):
        CpuBackend().load(path)


def test_weights_alone_are_no_traced_model(tmp_path: Path, bert: Any) -> None:
    torch.save(bert.state_dict(), tmp_path / "model.neuron")
    with pytest.raises(ArtifactError, match=r"model\.neuron cannot be loaded"):
        CpuBackend().load(tmp_path / "model.neuron")


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
def test_a_file_of_another_exporter_has_no_signature(tmp_path: Path) -> None:
    torch.jit.save(torch.jit.trace(Doubles(), (X["x"],)), str(tmp_path / "model"))
    loaded = CpuBackend().load(tmp_path / "model")
    assert loaded.signature is None
    assert torch.equal(loaded(X["x"])[0], 2 * X["x"])


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, traced_bert: TracedModel) -> None:
    with pytest.raises(ArtifactError, match=r"model\.neuron could not be written to .*nowhere"):
        traced_bert.save(tmp_path / "nowhere/model.neuron")


def test_a_trace_warns_of_nothing_that_a_user_could_change(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    CpuBackend().trace(Doubles(), X, ["y"]).save(tmp_path / "model")
    CpuBackend().load(tmp_path / "model")
    assert [str(warning.message) for warning in recwarn] == []
