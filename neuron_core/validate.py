"""Holds an exported model against PyTorch: number, shapes, types and values of its outputs.

Stricter than optimum-neuron 0.4.5: a value beyond the tolerance fails, and the tolerance is absolute alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuron_core.errors import AtolError, NeuronCoreError, OutputMatchError, ShapeError, ToleranceError
from neuron_core.inputs import InputVariant, validation_inputs
from neuron_core.protocol import OutputComparison, Verdict
from neuron_core.wrappers import call_by_name, select_outputs

if TYPE_CHECKING:
    import torch

    from neuron_core.configs.base import NeuronDefaultConfig

Reference = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Takes named inputs, returns PyTorch's outputs by name."""

_FIX_OUTPUTS = "Correct `outputs` of the config, or its CUSTOM_MODEL_WRAPPER."


@dataclass(frozen=True)
class _Fault:
    kind: type[NeuronCoreError]
    reason: str
    size: float = math.inf
    """The difference, where that is what is wrong."""


@dataclass(frozen=True)
class _Check:
    """What is known of one output so far."""

    name: str
    tolerance: float
    shape: tuple[int, ...] | None = None
    reference_shape: tuple[int, ...] | None = None
    dtype: str = ""
    max_abs_diff: float | None = None
    seed: int | None = None
    faults: tuple[_Fault, ...] = field(default=())

    @property
    def worst(self) -> _Fault | None:
        """What is wrong with it: the first fault that is no mere difference, else the largest difference."""
        return max(self.faults, key=lambda fault: fault.size, default=None)

    def to_comparison(self) -> OutputComparison:
        return OutputComparison(
            name=self.name,
            verdict=Verdict.FAIL if self.faults else Verdict.PASS,
            reason=self.worst.reason if self.worst else "",
            shape=self.shape,
            reference_shape=self.reference_shape,
            dtype=self.dtype,
            max_abs_diff=self.max_abs_diff,
            tolerance=self.tolerance,
            seed=self.seed,
        )


def validate_model_outputs(
    config: NeuronDefaultConfig,
    reference_model: torch.nn.Module,
    neuron_model_path: str | Path,
    neuron_named_outputs: Sequence[str],
    atol: float | None = None,
) -> tuple[OutputComparison, ...]:
    """Check that the exported file computes what the model computes; gives what was measured per output.

    Args:
        neuron_named_outputs: names of the exported model's outputs, in its order.
        atol: absolute tolerance; None takes the config's ATOL_FOR_VALIDATION.

    Raises:
        OutputMatchError: number, names or types of the outputs differ.
        ShapeError: a shape differs.
        AtolError: a value differs by more than the tolerance, or is not finite where PyTorch's is.
    """
    from neuron_core.backends import get_backend

    tolerance = tolerance_for(config, atol)
    exported = get_backend("cpu").load(Path(neuron_model_path))
    variants = validation_inputs(config, seed=0)
    reference = reference_of(config, reference_model, neuron_named_outputs)
    checks = _check_all(reference, exported, variants, neuron_named_outputs, tolerance)
    _raise_first_fault(checks)
    return tuple(check.to_comparison() for check in checks)


def compare_outputs(
    reference: Reference,
    exported: Callable[..., Any],
    variants: Iterable[InputVariant],
    names: Sequence[str],
    tolerance: float,
) -> tuple[OutputComparison, ...]:
    """Compare the exported model's outputs with the reference's on every variant of the inputs."""
    checks = _check_all(reference, exported, variants, names, tolerance)
    return tuple(check.to_comparison() for check in checks)


def reference_of(config: NeuronDefaultConfig, model: torch.nn.Module, names: Sequence[str]) -> Reference:
    """PyTorch's own outputs, taken from the model that was exported, by name."""
    import torch

    def reference(inputs: Mapping[str, Any]) -> dict[str, Any]:
        model.eval()
        with torch.no_grad():
            outputs = select_outputs(_call_reference(config, model, inputs), names, type(model).__name__)
        return dict(zip(names, outputs))

    return reference


def tolerance_for(config: NeuronDefaultConfig, atol: float | None = None) -> float:
    """The absolute tolerance: ``atol``, or the config's for its task.

    Raises:
        ToleranceError: the config gives none for the task, or it is no number of 0 or more.
    """
    declared = config.ATOL_FOR_VALIDATION if atol is None else atol
    if isinstance(declared, Mapping):
        if config.task not in declared:
            raise ToleranceError(
                f"ATOL_FOR_VALIDATION of {type(config).__name__} has no entry for the task {config.task}.",
                f"Add one, or pass --atol. It has: {', '.join(sorted(declared)) or 'none'}.",
            )
        declared = declared[config.task]
    if isinstance(declared, bool) or not isinstance(declared, (int, float)) or not 0 <= declared < math.inf:
        raise ToleranceError(f"The tolerance is {declared!r}.", "Use a number of 0 or more, such as 1e-3.")
    return float(declared)


def _call_reference(config: NeuronDefaultConfig, model: torch.nn.Module, inputs: Mapping[str, Any]) -> Any:
    if config.CUSTOM_MODEL_WRAPPER is not None:
        wrapped, _ = config.patch_model_and_prepare_aliases(model, list(inputs))
        return wrapped(*inputs.values())
    options = {"output_hidden_states": True} if config.output_hidden_states else {}
    if config.output_attentions:
        options["output_attentions"] = True
    return call_by_name(model, inputs, options)


def _check_all(
    reference: Reference,
    exported: Callable[..., Any],
    variants: Iterable[InputVariant],
    names: Sequence[str],
    tolerance: float,
) -> tuple[_Check, ...]:
    checks = tuple(_Check(name, tolerance) for name in names)
    for variant in variants:
        expected = reference(variant.inputs)
        actual = _as_tuple(exported(*variant.inputs.values()))
        if len(actual) != len(names):
            return tuple(
                _wrong_count(check, expected[check.name], len(actual), len(names)) for check in checks
            )
        checks = tuple(
            _check_one(check, expected, value, variant.seed) for check, value in zip(checks, actual)
        )
    return checks


def _check_one(check: _Check, expected: Mapping[str, Any], actual: Any, seed: int) -> _Check:
    import torch

    reference = expected[check.name]
    seen = replace(
        check,
        shape=tuple(actual.shape) if isinstance(actual, torch.Tensor) else None,
        reference_shape=tuple(reference.shape),
        dtype=_dtype_name(reference),
    )
    fault = _structural_fault(reference, actual)
    if fault is not None:
        return replace(seen, max_abs_diff=None, seed=seed, faults=(*seen.faults, fault))
    return _compare_values(seen, expected, actual, seed)


def _structural_fault(reference: torch.Tensor, actual: Any) -> _Fault | None:
    import torch

    if not isinstance(actual, torch.Tensor):
        return _Fault(OutputMatchError, f"the exported model returns a {type(actual).__name__}, not a tensor")
    if actual.shape != reference.shape:
        shapes = f"{tuple(actual.shape)}, PyTorch's is {tuple(reference.shape)}"
        return _Fault(ShapeError, f"its shape is {shapes}")
    if actual.dtype != reference.dtype:
        return _Fault(
            OutputMatchError, f"its type is {_dtype_name(actual)}, PyTorch's is {_dtype_name(reference)}"
        )
    return None


def _compare_values(check: _Check, expected: Mapping[str, Any], actual: Any, seed: int) -> _Check:
    reference = expected[check.name]
    difference = _largest_difference(reference, actual)
    fault = _non_finite_fault(reference, actual) or _value_fault(check, expected, actual, difference, seed)
    if (check.max_abs_diff is None and not check.faults) or difference > (check.max_abs_diff or 0.0):
        check = replace(check, max_abs_diff=difference, seed=seed)
    return replace(check, faults=(*check.faults, fault)) if fault else check


def _value_fault(
    check: _Check, expected: Mapping[str, Any], actual: Any, difference: float, seed: int
) -> _Fault | None:
    if difference <= check.tolerance:
        return None
    reason = f"differs from PyTorch by {difference:.3g} with seed {seed}, more than {check.tolerance:g}"
    twin = _name_of_equal(check, expected, actual)
    if twin is not None:
        reason += f"; it holds the values of {twin!r}: the outputs are swapped"
    return _Fault(AtolError, reason, difference)


def _non_finite_fault(reference: torch.Tensor, actual: torch.Tensor) -> _Fault | None:
    import torch

    for tensor, whose in ((reference, "PyTorch's output"), (actual, "it")):
        count = int(torch.isnan(tensor).sum())
        if count:
            return _Fault(AtolError, f"{whose} is NaN in {count} of {tensor.numel()} places")
    infinite = torch.isinf(reference) | torch.isinf(actual)
    if not torch.equal(reference[infinite], actual[infinite]):
        return _Fault(AtolError, "it is infinite where PyTorch's output is not, or the other way round")
    return None


def _largest_difference(reference: torch.Tensor, actual: torch.Tensor) -> float:
    """Over the places where both are finite; the others have their own check."""
    import torch

    wide = torch.complex128 if reference.is_complex() else torch.float64
    expected, got = reference.to(wide), actual.to(wide)
    finite = torch.isfinite(expected) & torch.isfinite(got)
    differences = (expected - got)[finite].abs()
    return float(differences.max()) if differences.numel() else 0.0


def _name_of_equal(check: _Check, expected: Mapping[str, Any], actual: torch.Tensor) -> str | None:
    for name, other in expected.items():
        same_kind = name != check.name and other.shape == actual.shape and other.dtype == actual.dtype
        if same_kind and _largest_difference(other, actual) <= check.tolerance:
            return name
    return None


def _wrong_count(check: _Check, reference: torch.Tensor, got: int, wanted: int) -> _Check:
    reason = f"the exported model returns {got} outputs, the config declares {wanted}"
    fault = _Fault(OutputMatchError, reason)
    return replace(
        check, reference_shape=tuple(reference.shape), dtype=_dtype_name(reference), faults=(fault,)
    )


def _raise_first_fault(checks: Iterable[_Check]) -> None:
    """Structure before values: a wrong shape explains a wrong value, not the other way round."""
    faults = [(check.name, check.worst) for check in checks if check.worst is not None]
    for kind in (OutputMatchError, ShapeError, AtolError):
        of_kind = [f"{name}: {fault.reason}" for name, fault in faults if fault.kind is kind]
        if of_kind:
            hint = (
                "Raise ATOL_FOR_VALIDATION only if the difference is rounding."
                if kind is AtolError
                else _FIX_OUTPUTS
            )
            raise kind(f"The exported model is not the same as PyTorch's. {'; '.join(of_kind)}.", hint)


def _as_tuple(outputs: Any) -> tuple[Any, ...]:
    import torch

    if isinstance(outputs, torch.Tensor):
        return (outputs,)
    return tuple(outputs.values()) if isinstance(outputs, Mapping) else tuple(outputs)


def _dtype_name(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
