"""What a caller gives an exported model -> tensors of the static shapes, or refused where padding shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from neuron_core.backends.base import InputSpec, Signature
from neuron_core.configs.dtypes import DTYPE_MAPPER
from neuron_core.errors import InferenceInputError

_IDS, _MASK, _TYPES = "input_ids", "attention_mask", "token_type_ids"


def given_tensors(signature: Signature, given: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Every input of the model as it was given, ``attention_mask`` and ``token_type_ids`` if they were not.

    Raises:
        InferenceInputError: an input is unknown, missing, or not of the type or size that it needs.
    """
    _refuse_unknown(signature, given)
    known = {spec.name: _tensor(spec, given[spec.name]) for spec in signature.inputs if spec.name in given}
    complete = {spec.name: known.get(spec.name, _default(spec, known)) for spec in signature.inputs}
    tensors = {spec.name: _present(spec, complete[spec.name]) for spec in signature.inputs}
    for spec in signature.inputs:
        _check_size(spec, tensors[spec.name])
    _check_padding(signature, tensors)
    return tensors


def is_short(spec: InputSpec, value: torch.Tensor) -> bool:
    """Whether it must be padded within an example, not only with further examples."""
    return any(have < most for have, most in zip(value.shape[1:], spec.shape[1:]))


def padded(spec: InputSpec, value: torch.Tensor, fill: int) -> torch.Tensor:
    """The value in a corner of a tensor of the static shape, ``fill`` around it."""
    dtype = DTYPE_MAPPER.pt(spec.dtype)
    whole = torch.full(spec.shape, fill, dtype=dtype)
    whole[tuple(slice(size) for size in value.shape)] = value.to(dtype)
    return whole


def _refuse_unknown(signature: Signature, given: Mapping[str, Any]) -> None:
    names = [spec.name for spec in signature.inputs]
    unknown = [name for name in given if name not in names]
    if unknown:
        raise InferenceInputError(
            f"The model was exported without the input {', '.join(unknown)}.",
            f"It takes: {', '.join(names)}.",
        )


def _tensor(spec: InputSpec, value: Any) -> torch.Tensor:
    try:
        tensor = torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InferenceInputError(
            f"The input {spec.name} is no tensor and can't be made one: {error}",
            f"Pass a tensor of shape {list(spec.shape)}.",
        ) from error
    takes_fractions = DTYPE_MAPPER.pt(spec.dtype).is_floating_point
    if not takes_fractions and (tensor.is_floating_point() or tensor.is_complex()):
        raise InferenceInputError(
            f"The input {spec.name} is of {tensor.dtype}; the model was exported for {spec.dtype}.",
            "Pass whole numbers, such as the tokenizer gives.",
        )
    return tensor


def _default(spec: InputSpec, known: Mapping[str, torch.Tensor]) -> torch.Tensor | None:
    like = known.get(_IDS)
    if like is not None and spec.name == _MASK:
        return torch.ones_like(like)
    if like is not None and spec.name == _TYPES:
        return torch.zeros_like(like)
    return None


def _present(spec: InputSpec, value: torch.Tensor | None) -> torch.Tensor:
    if value is None:
        raise InferenceInputError(
            f"The input {spec.name} is missing.", f"Pass a tensor of shape {list(spec.shape)}."
        )
    return value


def _check_size(spec: InputSpec, value: torch.Tensor) -> None:
    has = f"The input {spec.name} has the shape {list(value.shape)}"
    if value.dim() != len(spec.shape):
        raise InferenceInputError(
            f"{has}; it needs {len(spec.shape)} dimensions, as {list(spec.shape)} has.",
            "Pass a batch, also of one example: value.unsqueeze(0).",
        )
    if any(have > most for have, most in zip(value.shape, spec.shape)):
        raise InferenceInputError(
            f"{has}; the model was exported for {list(spec.shape)} and takes nothing larger.",
            "Split or truncate it, or export the model with larger static shapes.",
        )


def _check_padding(signature: Signature, tensors: Mapping[str, torch.Tensor]) -> None:
    """Padding is harmless only where the mask covers it."""
    specs = {spec.name: spec for spec in signature.inputs}
    mask = specs.get(_MASK)
    for spec in signature.inputs:
        value = tensors[spec.name]
        if mask is not None and spec.shape == mask.shape:
            _check_same_size(spec.name, value, tensors[_MASK])
        elif is_short(spec, value):
            raise InferenceInputError(
                f"The input {spec.name} has the shape {list(value.shape)}, and the model was exported for "
                f"{list(spec.shape)} without an attention_mask for it: padding would be attended to.",
                f"Pass examples of {list(spec.shape[1:])}, or export with attention_mask in `inputs`.",
            )


def _check_same_size(name: str, value: torch.Tensor, other: torch.Tensor) -> None:
    if value.shape != other.shape:
        raise InferenceInputError(
            f"The input {name} has the shape {list(value.shape)}, attention_mask has {list(other.shape)}.",
            "Pass both in the same shape, as the tokenizer gives them.",
        )
