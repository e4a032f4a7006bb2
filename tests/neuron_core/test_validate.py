from __future__ import annotations

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig

from neuron_core.configs import BertNeuronConfig, InputShapesArguments
from neuron_core.errors import AtolError, InputMatchError, OutputMatchError, ShapeError, ToleranceError
from neuron_core.inputs import InputVariant
from neuron_core.protocol import OutputComparison, Verdict
from neuron_core.validate import compare_outputs, reference_of, tolerance_for, validate_model_outputs

VARIANTS = [InputVariant("fresh draw", seed, {"x": torch.full((2, 3), float(seed))}) for seed in (1, 2, 3)]
"""Inputs as large as their seed."""


def reference(inputs: Any) -> dict[str, torch.Tensor]:
    return {"double": 2 * inputs["x"], "square": inputs["x"] ** 2}


def compare(exported: Callable[..., Any], tolerance: float = 1e-3) -> tuple[OutputComparison, ...]:
    return compare_outputs(reference, exported, VARIANTS, ["double", "square"], tolerance)


def test_equal_outputs_pass() -> None:
    double, square = compare(lambda x: (2 * x, x**2), tolerance=0.0)
    assert double == OutputComparison(
        name="double",
        verdict=Verdict.PASS,
        reason="",
        shape=(2, 3),
        reference_shape=(2, 3),
        dtype="float32",
        max_abs_diff=0.0,
        tolerance=0.0,
        seed=1,
    )
    assert (square.name, square.verdict) == ("square", Verdict.PASS)


@pytest.mark.parametrize(("tolerance", "verdict"), [(0.25, Verdict.PASS), (0.2, Verdict.FAIL)])
def test_a_difference_passes_up_to_the_tolerance(tolerance: float, verdict: Verdict) -> None:
    double, square = compare(lambda x: (2 * x - 0.25, x**2), tolerance)
    assert (double.verdict, double.max_abs_diff) == (verdict, 0.25)
    assert square.verdict is Verdict.PASS


def test_one_value_beyond_the_tolerance_fails() -> None:
    def one_is_off(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        square = x**2
        square[1, 2] += 0.5
        return 2 * x, square

    double, square = compare(one_is_off)
    assert double.verdict is Verdict.PASS
    assert square.verdict is Verdict.FAIL
    assert square.reason == "differs from PyTorch by 0.5 with seed 1, more than 0.001"


def test_the_largest_difference_of_all_inputs_is_reported_with_its_seed() -> None:
    double, _ = compare(lambda x: (2 * x + (x == 2) * 0.75 + (x == 3) * 0.5, x**2))
    assert (double.max_abs_diff, double.seed) == (0.75, 2)


def test_the_reason_is_about_the_largest_difference() -> None:
    double, _ = compare(lambda x: (2 * x + (x == 1) * 0.25 + (x == 3) * 0.75, x**2))
    assert (double.max_abs_diff, double.seed) == (0.75, 3)
    assert double.reason == "differs from PyTorch by 0.75 with seed 3, more than 0.001"


def test_a_fault_on_some_inputs_alone_fails() -> None:
    double, _ = compare(lambda x: (2 * x if x[0, 0] < 3 else x, x**2))
    assert (double.verdict, double.seed) == (Verdict.FAIL, 3)


@pytest.mark.parametrize(
    ("exported", "reason"),
    [
        (lambda x: (2 * x, x**2 * math.nan), "it is NaN in 6 of 6 places"),
        (lambda x: (2 * x, x**2 / 0), "it is infinite where PyTorch's output is not, or the other way round"),
        (lambda x: (2 * x, (x**2)[:, :2]), "its shape is (2, 2), PyTorch's is (2, 3)"),
        (lambda x: (2 * x, (x**2)[:1]), "its shape is (1, 3), PyTorch's is (2, 3)"),
        (lambda x: (2 * x, (x**2).double()), "its type is float64, PyTorch's is float32"),
        (lambda x: (2 * x, (x**2).long()), "its type is int64, PyTorch's is float32"),
        (lambda x: (2 * x, [x**2]), "the exported model returns a list, not a tensor"),
        (lambda x: (2 * x, None), "the exported model returns a NoneType, not a tensor"),
    ],
)
def test_what_is_wrong_with_an_output_is_said(exported: Callable[..., Any], reason: str) -> None:
    double, square = compare(exported, tolerance=1e9)
    assert double.verdict is Verdict.PASS
    assert (square.verdict, square.reason) == (Verdict.FAIL, reason)


@pytest.mark.parametrize(
    ("exported", "count"),
    [
        (lambda x: (2 * x,), 1),
        (lambda x: 2 * x, 1),
        (lambda x: (2 * x, x**2, x), 3),
        (lambda x: {"double": 2 * x}, 1),
    ],
)
def test_too_few_or_too_many_outputs_are_counted(exported: Callable[..., Any], count: int) -> None:
    for output in compare(exported):
        assert output.verdict is Verdict.FAIL
        assert output.reason == f"the exported model returns {count} outputs, the config declares 2"
        assert output.max_abs_diff is None


def test_swapped_outputs_are_called_so() -> None:
    double, square = compare(lambda x: (x**2, 2 * x))
    assert "it holds the values of 'square': the outputs are swapped" in double.reason
    assert "it holds the values of 'double': the outputs are swapped" in square.reason


def compare_one(expected: torch.Tensor, actual: torch.Tensor, tolerance: float = 0.0) -> OutputComparison:
    (output,) = compare_outputs(lambda inputs: {"y": expected}, lambda x: actual, VARIANTS, ["y"], tolerance)
    return output


def test_a_nan_of_pytorch_itself_fails_and_is_said_to_be_pytorchs() -> None:
    output = compare_one(torch.tensor([math.nan, 1.0]), torch.tensor([math.nan, 1.0]))
    assert (output.verdict, output.reason) == (Verdict.FAIL, "PyTorch's output is NaN in 1 of 2 places")


@pytest.mark.parametrize(
    ("actual", "verdict"), [(-math.inf, Verdict.PASS), (math.inf, Verdict.FAIL), (-1e30, Verdict.FAIL)]
)
def test_an_infinity_is_equal_to_itself_alone(actual: float, verdict: Verdict) -> None:
    output = compare_one(torch.tensor([-math.inf, 1.0]), torch.tensor([actual, 1.0]), tolerance=1e38)
    assert output.verdict is verdict


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (torch.tensor([True]), torch.tensor([False])),
        (torch.tensor([3]), torch.tensor([4])),
        (torch.tensor([1.0], dtype=torch.float16), torch.tensor([2.0], dtype=torch.float16)),
        (torch.tensor([1 + 1j]), torch.tensor([1 + 2j])),
    ],
    ids=["bool", "int", "half", "complex"],
)
def test_outputs_of_every_type_are_compared(expected: torch.Tensor, actual: torch.Tensor) -> None:
    assert compare_one(expected, expected.clone()).verdict is Verdict.PASS
    output = compare_one(expected, actual)
    assert (output.verdict, output.max_abs_diff) == (Verdict.FAIL, 1.0)


def test_a_difference_too_small_for_half_precision_is_seen() -> None:
    expected = torch.tensor([2048.0], dtype=torch.float16)
    output = compare_one(expected, torch.tensor([2050.0], dtype=torch.float16), tolerance=1.5)
    assert (output.verdict, output.max_abs_diff) == (Verdict.FAIL, 2.0)


def config_with(tolerance: Any) -> BertNeuronConfig:
    class Config(BertNeuronConfig):
        ATOL_FOR_VALIDATION = tolerance

    shapes = InputShapesArguments(batch_size=1, sequence_length=8)
    return Config(BertConfig(), task="fill-mask", input_shapes=shapes)


@pytest.mark.parametrize(
    ("declared", "atol", "tolerance"),
    [
        (1e-4, None, 1e-4),
        (0, None, 0.0),
        ({"fill-mask": 1e-4, "text-classification": 1e-2}, None, 1e-4),
        (1e-4, 0.5, 0.5),
        ({"text-classification": 1e-2}, 0.5, 0.5),
    ],
)
def test_the_tolerance_is_the_callers_or_the_configs(declared: Any, atol: Any, tolerance: float) -> None:
    assert tolerance_for(config_with(declared), atol) == tolerance


def test_a_task_without_a_tolerance_is_answered_with_those_that_have_one() -> None:
    config = config_with({"text-classification": 1e-2, "feature-extraction": 1e-3})
    with pytest.raises(
        ToleranceError, match=r"no entry for the task fill-mask.*feature-extraction, text-classification"
    ):
        tolerance_for(config)


@pytest.mark.parametrize("value", [True, False, -1e-3, math.nan, math.inf, "1e-3", None, [1e-3]])
def test_a_tolerance_is_a_number_of_0_or_more(value: Any) -> None:
    with pytest.raises(ToleranceError, match="Use a number of 0 or more"):
        tolerance_for(config_with(value))
    with pytest.raises(ToleranceError, match="Use a number of 0 or more"):
        tolerance_for(config_with({"fill-mask": value}))


def test_the_reference_is_the_model_by_names(bert: Any, bert_config: Any, bert_inputs: Any) -> None:
    outputs = reference_of(bert_config, bert, ["end_logits", "start_logits"])(bert_inputs)
    assert list(outputs) == ["end_logits", "start_logits"]
    assert torch.equal(outputs["start_logits"], bert(**bert_inputs).start_logits)


def test_the_reference_is_not_in_training(bert: Any, bert_config: Any, bert_inputs: Any) -> None:
    model = copy.deepcopy(bert).train()
    reference = reference_of(bert_config, model, ["start_logits"])
    assert torch.equal(reference(bert_inputs)["start_logits"], reference(bert_inputs)["start_logits"])


def test_the_reference_goes_through_the_configs_wrapper(bert: Any, bert_inputs: Any) -> None:
    class Doubles(torch.nn.Module):
        def __init__(self, model: Any, input_names: list[str]) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> tuple[torch.Tensor]:
            return (2 * self.model(*inputs).start_logits,)

    class Wrapped(BertNeuronConfig):
        CUSTOM_MODEL_WRAPPER = Doubles

    shapes = InputShapesArguments(batch_size=2, sequence_length=16)
    config = Wrapped(bert.config, task="question-answering", input_shapes=shapes)
    outputs = reference_of(config, bert, ["doubled"])(bert_inputs)
    assert torch.equal(outputs["doubled"], 2 * bert(**bert_inputs).start_logits)


@pytest.mark.parametrize("option", ["output_hidden_states", "output_attentions"])
def test_the_reference_is_asked_for_what_the_config_asks_for(option: str, bert: Any) -> None:
    class OnRequest(torch.nn.Module):
        def forward(self, **inputs: Any) -> dict[str, Any]:
            return {"extra": torch.ones(1)} if inputs.get(option) else {}

    shapes = InputShapesArguments(batch_size=2, sequence_length=16)
    asks = BertNeuronConfig(bert.config, "question-answering", shapes, **{option: True})
    assert reference_of(asks, OnRequest(), ["extra"])({})["extra"] == 1

    does_not = BertNeuronConfig(bert.config, "question-answering", shapes)
    with pytest.raises(OutputMatchError, match="does not return 'extra'"):
        reference_of(does_not, OnRequest(), ["extra"])({})


def test_an_input_that_the_model_does_not_take_is_named(
    bert: Any, bert_config: Any, bert_inputs: Any
) -> None:
    reference = reference_of(bert_config, torch.nn.Identity(), ["start_logits"])
    with pytest.raises(InputMatchError, match="does not take 'input_ids'"):
        reference(bert_inputs)


OUTPUTS = ["start_logits", "end_logits"]


def test_an_exported_model_is_validated(bert: Any, bert_config: Any, bert_file: Path) -> None:
    for output in validate_model_outputs(bert_config, bert, bert_file, OUTPUTS):
        assert (output.verdict, output.shape, output.tolerance) == (Verdict.PASS, (2, 16), 1e-3)
        assert output.max_abs_diff is not None
        assert output.max_abs_diff < 1e-5


def test_outputs_in_the_wrong_order_are_found(bert: Any, bert_config: Any, bert_file: Path) -> None:
    with pytest.raises(AtolError, match=r"'start_logits': the outputs are swapped"):
        validate_model_outputs(bert_config, bert, bert_file, OUTPUTS[::-1])


def test_an_output_that_the_model_has_not_is_found(bert: Any, bert_config: Any, bert_file: Path) -> None:
    with pytest.raises(OutputMatchError, match=r"does not return 'logits'.*start_logits"):
        validate_model_outputs(bert_config, bert, bert_file, ["start_logits", "logits"])


def test_another_model_than_the_exported_one_is_found(bert: Any, bert_config: Any, bert_file: Path) -> None:
    other = copy.deepcopy(bert)
    other.qa_outputs.bias.data[0] += 0.5
    with pytest.raises(AtolError, match=r"start_logits: differs from PyTorch by 0\.5 .*rounding"):
        validate_model_outputs(bert_config, other, bert_file, OUTPUTS)
    with pytest.raises(AtolError):
        validate_model_outputs(bert_config, other, bert_file, OUTPUTS, atol=0.49)
    validate_model_outputs(bert_config, other, bert_file, OUTPUTS, atol=0.51)


class Spoilt(torch.nn.Module):
    """An exported model with something done to its outputs."""

    def __init__(self, model: Any, spoil: Callable[[Any], Any]) -> None:
        super().__init__()
        self.model, self.spoil = model, spoil

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        return self.spoil(self.model(input_ids, attention_mask, token_type_ids))


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (
            lambda out: out[:1],
            OutputMatchError,
            r"returns 1 outputs, the config declares 2.*Correct `outputs`",
        ),
        (lambda out: (out[0], out[1].long()), OutputMatchError, r"end_logits: its type is int64"),
        (lambda out: (out[0], out[1][:, :8]), ShapeError, r"end_logits: its shape is \(2, 8\).*\(2, 16\)"),
        (lambda out: (out[0] + 1, out[1][:, :8]), ShapeError, r"PyTorch's\. end_logits: its shape is"),
        (lambda out: (out[0], out[1] * math.nan), AtolError, r"end_logits: it is NaN in 32 of 32 places"),
    ],
)
def test_each_kind_of_fault_has_its_error(
    bert: Any,
    bert_config: Any,
    bert_file: Path,
    bert_inputs: Any,
    tmp_path: Path,
    spoil: Any,
    error: type,
    message: str,
) -> None:
    spoilt = Spoilt(torch.jit.load(str(bert_file)), spoil)
    traced = torch.jit.trace(spoilt, tuple(bert_inputs.values()), check_trace=False)
    torch.jit.save(traced, str(tmp_path / "model.neuron"))
    with pytest.raises(error, match=message):
        validate_model_outputs(bert_config, bert, tmp_path / "model.neuron", OUTPUTS)
