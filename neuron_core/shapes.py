"""Checks of the static shapes, before anything heavy happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from neuron_core.errors import InvalidShapeError, MissingMandatoryAxisDimension

if TYPE_CHECKING:
    import torch

    from neuron_core.configs.base import InputShapesArguments, NeuronDefaultConfig


def input_shapes(shapes: Mapping[str, int]) -> InputShapesArguments:
    """The sizes as the config classes take them.

    Raises:
        InvalidShapeError: an axis is unknown, or its size is no positive integer.
    """
    from neuron_core.configs.base import InputShapesArguments

    known = [field.name for field in fields(InputShapesArguments) if field.name != "image_encoder_shapes"]
    for axis, size in shapes.items():
        if axis not in known:
            raise InvalidShapeError(f"There is no axis {axis!r}.", f"Axes are: {', '.join(known)}.")
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise InvalidShapeError(
                f"The axis {axis} has the size {size!r}.", f"Pass --{axis} with 1 or more."
            )
    sizes: dict[str, Any] = dict(shapes)
    return InputShapesArguments(**sizes)


def check_shapes(config: NeuronDefaultConfig, model: torch.nn.Module) -> None:
    """Refuse sizes that the model or the config's dummy input generators cannot work with.

    Raises:
        MissingMandatoryAxisDimension: an axis that the task needs has no size.
        InvalidShapeError: a size is out of range.
    """
    for axis in config.mandatory_axes:
        if getattr(config, axis, None) is None:
            raise MissingMandatoryAxisDimension.of(axis, config.task)
    if "sequence_length" in config.mandatory_axes:
        _check_mask_fits(config, config.sequence_length)
        _check_positions(model, config.sequence_length)
    if {"height", "width"} <= set(config.mandatory_axes):
        _check_image_size(config, (config.height, config.width))


def _check_mask_fits(config: NeuronDefaultConfig, length: int) -> None:
    if length == 1 and any(name.endswith("attention_mask") for name in config.inputs):
        raise InvalidShapeError(
            "A sequence_length of 1 leaves optimum's mask generator nothing to mask.",
            "Pass --sequence_length 2 or more.",
        )


def _check_positions(model: torch.nn.Module, length: int) -> None:
    """The model's own table of positions tells; with rotary and relative positions there is none."""
    import torch

    for name, module in model.named_modules():
        if name.rpartition(".")[2] != "position_embeddings" or not isinstance(module, torch.nn.Embedding):
            continue
        skipped = 0 if module.padding_idx is None else module.padding_idx + 1  # RoBERTa counts from there
        usable = module.num_embeddings - skipped
        if length > usable:
            raise InvalidShapeError(
                f"A sequence_length of {length} is more than the {usable} positions that the model has.",
                f"Pass --sequence_length {usable} or less.",
            )


def _check_image_size(config: NeuronDefaultConfig, asked: tuple[int, int]) -> None:
    """optimum's generator makes images of the model's own image_size, whatever was asked for."""
    size = getattr(config._config, "image_size", None)
    fixed = (size, size) if isinstance(size, int) else tuple(size) if size else asked
    if fixed != asked:
        height, width = fixed
        raise InvalidShapeError(
            f"The model takes images of {height} x {width} (its image_size), not {asked[0]} x {asked[1]}.",
            f"Pass --height {height} --width {width}.",
        )
