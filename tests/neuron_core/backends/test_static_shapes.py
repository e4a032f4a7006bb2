from __future__ import annotations

from typing import Any

import pytest
import torch

from neuron_core.backends.base import InputSpec
from neuron_core.backends.static_shapes import StaticShapes

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")


class Scales(torch.nn.Module):
    """Uses its first two inputs."""

    def forward(self, x: torch.Tensor, scale: torch.Tensor, unused: torch.Tensor) -> tuple[torch.Tensor]:
        return (x * scale,)


SPECS = [InputSpec("x", (2, 3), "fp32"), InputSpec("scale", (), "fp32"), InputSpec("unused", (2,), "int64")]
INPUTS = {
    "x": torch.ones(2, 3),
    "scale": torch.tensor(2.0),
    "unused": torch.zeros(2, dtype=torch.int64),
}


def guarded() -> Any:
    return StaticShapes(Scales(), SPECS, [value.dtype for value in INPUTS.values()])


@pytest.fixture(scope="module")
def traced() -> Any:
    return torch.jit.trace(guarded(), tuple(INPUTS.values()), strict=False, check_trace=False)


def test_inputs_of_the_traced_shapes_are_let_through(traced: Any) -> None:
    (result,) = traced(3 * INPUTS["x"], torch.tensor(5.0), INPUTS["unused"])
    assert torch.equal(result, torch.full((2, 3), 15.0))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x", torch.ones(1, 3), r"input 'x': compiled for shape \[2, 3\], got \[1, 3\]"),
        ("x", torch.ones(4, 3), r"input 'x': compiled for shape \[2, 3\], got \[4, 3\]"),
        ("x", torch.ones(2, 4), r"input 'x': compiled for shape \[2, 3\], got \[2, 4\]"),
        ("x", torch.ones(2, 3, 1), r"input 'x': compiled for shape \[2, 3\], got \[2, 3, 1\]"),
        ("x", torch.ones(2, 3).half(), r"input 'x': compiled for fp32, got another type"),
        ("x", torch.ones(2, 3).long(), r"input 'x': compiled for fp32, got another type"),
        ("scale", torch.ones(1), r"input 'scale': compiled for shape \[\], got \[1\]"),
        ("unused", torch.zeros(3).long(), r"input 'unused': compiled for shape \[2\], got \[3\]"),
        ("unused", torch.zeros(2).int(), r"input 'unused': compiled for int64, got another type"),
    ],
)
@pytest.mark.parametrize("made", ["eager", "traced"])
def test_an_input_of_another_shape_or_type_is_refused_by_name(
    made: str, name: str, value: torch.Tensor, message: str, traced: Any
) -> None:
    module = guarded() if made == "eager" else traced
    # the scripted check raises torch.jit.Error, whose text holds ours
    with pytest.raises(torch.jit.Error, match=message):
        module(*{**INPUTS, name: value}.values())
