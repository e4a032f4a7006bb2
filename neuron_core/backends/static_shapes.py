"""A guard that makes a traced model refuse every shape and type but the traced ones, as a Neuron model does.

A plain TorchScript trace runs with other shapes too, and a user would meet the refusal only on the device.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, List  # noqa: UP035 - TorchScript wants List

import torch

from neuron_core.backends.base import InputSpec


class StaticShapes(torch.nn.Module):
    """Calls ``inner`` with its inputs, each checked first; the checks are part of a trace of this module."""

    def __init__(
        self, inner: torch.nn.Module, specs: Sequence[InputSpec], dtypes: Sequence[torch.dtype]
    ) -> None:
        super().__init__()
        self.inner = inner
        self.specs = tuple(specs)
        self.dtypes = tuple(dtypes)
        self.check = _scripted_check()

    def forward(self, *inputs: torch.Tensor) -> Any:
        checked = [
            self.check(value, spec.name, list(spec.shape), dtype, spec.dtype)
            for value, spec, dtype in zip(inputs, self.specs, self.dtypes)
        ]
        return self.inner(*checked)


def _check(value: torch.Tensor, name: str, shape: List[int], dtype: int, dtype_name: str) -> torch.Tensor:  # noqa: UP006
    if list(value.shape) != shape:
        raise ValueError(
            "input '{}': compiled for shape {}, got {}".format(name, shape, list(value.shape))  # noqa: UP032
        )
    if value.dtype != dtype:
        raise ValueError("input '{}': compiled for {}, got another type".format(name, dtype_name))  # noqa: UP032
    return value


@functools.cache
def _scripted_check() -> Callable[..., torch.Tensor]:
    return torch.jit.script(_check)
