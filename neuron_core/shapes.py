"""Checks of the static shapes, before anything heavy happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from neuron_core.errors import InvalidShapeError, MissingMandatoryAxisDimension

if TYPE_CHECKING:
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


def check_shapes(config: NeuronDefaultConfig) -> None:
    """Refuse sizes that the config's model or its dummy input generators cannot work with.

    Raises:
        MissingMandatoryAxisDimension: an axis that the task needs has no size.
        InvalidShapeError: a size is out of range.
    """
    for axis in config.mandatory_axes:
        size = getattr(config, axis, None)
        if size is None:
            raise MissingMandatoryAxisDimension.of(axis, config.task)
    length = getattr(config, "sequence_length", None)
    if length is not None:
        _check_mask_fits(config, length)
        _check_positions(config._config, length)


def _check_mask_fits(config: NeuronDefaultConfig, length: int) -> None:
    if length == 1 and any(name.endswith("attention_mask") for name in config.inputs):
        raise InvalidShapeError(
            "A sequence_length of 1 leaves optimum's mask generator nothing to mask.",
            "Pass --sequence_length 2 or more.",
        )


def _check_positions(model_config: Any, length: int) -> None:
    positions = getattr(model_config, "max_position_embeddings", None)
    if isinstance(positions, int) and 0 < positions < length and _has_absolute_positions(model_config):
        raise InvalidShapeError(
            f"A sequence_length of {length} is more than the {positions} positions of the model "
            "(max_position_embeddings).",
            f"Pass --sequence_length {positions} or less.",
        )


def _has_absolute_positions(model_config: Any) -> bool:
    """False for rotary and relative positions, which have no table to run out of."""
    kind = getattr(model_config, "position_embedding_type", None) or "absolute"
    rotary = any(
        getattr(model_config, name, None) for name in ("rope_theta", "rope_parameters", "rotary_value")
    )
    return kind == "absolute" and not rotary
