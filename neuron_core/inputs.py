"""Inputs to trace and to validate with, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuron_core.configs.base import NeuronDefaultConfig

_FRESH_DRAWS = 3
_MASK = "attention_mask"


@dataclass(frozen=True)
class InputVariant:
    """One set of inputs to compare the exported model with PyTorch on."""

    name: str
    seed: int
    inputs: dict[str, Any]


@contextmanager
def seeded(seed: int) -> Generator[None]:
    """Seed every source of chance that dummy inputs and models draw from; put their states back afterwards.

    optimum's generators draw ids from PyTorch and masks from Python's ``random`` (optimum 2.0-2.3).
    """
    import numpy
    import torch

    python_state, numpy_state, torch_state = (
        random.getstate(),
        numpy.random.get_state(),
        torch.get_rng_state(),
    )
    try:
        random.seed(seed)
        numpy.random.seed(seed % 2**32)
        torch.manual_seed(seed)
        yield
    finally:
        random.setstate(python_state)
        numpy.random.set_state(numpy_state)
        torch.set_rng_state(torch_state)


def dummy_inputs(config: NeuronDefaultConfig, seed: int) -> dict[str, Any]:
    """The config's dummy inputs for ``seed``, flat, in the order of its inputs."""
    axes: dict[str, Any] = {axis: getattr(config, axis, None) for axis in config.mandatory_axes}
    with seeded(seed):
        return config.flatten_inputs(config.generate_dummy_inputs(**axes))


def validation_inputs(config: NeuronDefaultConfig, seed: int) -> tuple[InputVariant, ...]:
    """Several sets of inputs, none of them the one of ``seed`` itself, which the model was traced with."""
    seeds = range(seed + 1, seed + 1 + _FRESH_DRAWS)
    fresh = [InputVariant("fresh draw", one, dummy_inputs(config, one)) for one in seeds]
    masked = [name for name in fresh[0].inputs if name.endswith(_MASK)]
    return (*fresh, *(_mask_variants(config, seed + 1 + _FRESH_DRAWS, masked) if masked else ()))


def _mask_variants(config: NeuronDefaultConfig, seed: int, masks: list[str]) -> tuple[InputVariant, ...]:
    full = dummy_inputs(config, seed)
    ragged = dummy_inputs(config, seed + 1)
    with seeded(seed + 1):
        ragged.update({name: _ragged_mask(ragged[name]) for name in masks})
    full.update({name: full[name].new_ones(full[name].shape) for name in masks})
    return InputVariant("full mask", seed, full), InputVariant("ragged mask", seed + 1, ragged)


def _ragged_mask(mask: Any) -> Any:
    """A right-padded mask, a length per row, none of them 0 (softmax of nothing is NaN)."""
    import torch

    length = mask.shape[-1]
    lengths = torch.randint(1, length + 1, (*mask.shape[:-1], 1))
    return (torch.arange(length) < lengths).to(mask.dtype)
