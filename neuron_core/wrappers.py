"""Modules around a model: called with a positional tuple, they return a tuple of the declared outputs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from neuron_core.errors import InputMatchError, OutputMatchError


class KeywordModelWrapper(torch.nn.Module):
    """Passes inputs to the model by name, and returns its outputs by name.

    Args:
        input_names: name of each position of the tuple.
        outputs: names of the outputs to return, or indices where the model returns a tuple.
        options: further keyword arguments of the model's forward.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        input_names: Sequence[str],
        outputs: Sequence[str | int],
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.input_names = tuple(input_names)
        self.output_keys = tuple(outputs)
        self.options = dict(options or {})

    def forward(self, *inputs: Any) -> tuple[torch.Tensor, ...]:
        _check_count(self.input_names, inputs)
        result = call_by_name(self.model, dict(zip(self.input_names, inputs)), self.options)
        return select_outputs(result, self.output_keys, type(self.model).__name__)


class PositionalModelWrapper(torch.nn.Module):
    """Passes inputs to the model by position, and returns its outputs by name."""

    def __init__(
        self, model: torch.nn.Module, input_names: Sequence[str], outputs: Sequence[str | int]
    ) -> None:
        super().__init__()
        self.model = model
        self.input_names = tuple(input_names)
        self.output_keys = tuple(outputs)

    def forward(self, *inputs: Any) -> tuple[torch.Tensor, ...]:
        _check_count(self.input_names, inputs)
        return select_outputs(self.model(*inputs), self.output_keys, type(self.model).__name__)


def wrap_model(
    model: torch.nn.Module,
    input_names: Sequence[str],
    outputs: Sequence[str | int],
    options: Mapping[str, Any],
    *,
    by_position: bool,
) -> torch.nn.Module:
    """The wrapper that calls ``model`` by position or by name."""
    if by_position:
        return PositionalModelWrapper(model, input_names, outputs)
    return KeywordModelWrapper(model, input_names, outputs, options)


def call_by_name(
    model: Callable[..., Any], inputs: Mapping[str, Any], options: Mapping[str, Any] | None = None
) -> Any:
    """Call a model with keyword arguments, asking for outputs by name.

    Raises:
        InputMatchError: its forward does not take one of the inputs.
    """
    parameters = inspect.signature(getattr(model, "forward", model)).parameters
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    unknown = [name for name in inputs if name not in parameters]
    if unknown and not takes_any:
        raise InputMatchError(
            f"{type(model).__name__}.forward does not take {', '.join(map(repr, unknown))}.",
            f"Remove it from the config's inputs. It takes: {', '.join(parameters)}.",
        )
    named = {"return_dict": True} if takes_any or "return_dict" in parameters else {}
    return model(**inputs, **named, **(options or {}))


def select_outputs(result: Any, keys: Sequence[str | int], model_name: str) -> tuple[torch.Tensor, ...]:
    """The outputs that ``keys`` name, in that order.

    Raises:
        OutputMatchError: one of them is not there, or is no tensor.
    """
    available = named_outputs(result, keys)
    missing = [key for key in keys if key not in available]
    if missing:
        raise OutputMatchError(
            f"{model_name} does not return {', '.join(map(repr, missing))}.",
            f"It returns: {_describe(available)}. Declare outputs among these.",
        )
    for key in keys:
        if not isinstance(available[key], torch.Tensor):
            raise OutputMatchError(
                f"The output {key!r} of {model_name} is {_kind(available[key])}, not a tensor.",
                f"It returns: {_describe(available)}. Declare outputs that are tensors.",
            )
    return tuple(available[key] for key in keys)


def named_outputs(result: Any, keys: Sequence[str | int]) -> dict[str | int, Any]:
    """What a model returned, by name where it gives names and by position where it gives none.

    A dictionary is addressed by name only: its names are checked, never assumed from the order.
    """
    if isinstance(result, Mapping):
        return dict(result)
    values = tuple(result) if isinstance(result, (tuple, list)) else (result,) if result is not None else ()
    by_index: dict[str | int, Any] = dict(enumerate(values))
    names = [key for key in keys if isinstance(key, str)]
    return {**by_index, **dict(zip(names, values))}


def _check_count(names: Sequence[str], inputs: Sequence[Any]) -> None:
    if len(names) != len(inputs):
        raise InputMatchError(
            f"The model takes {len(names)} inputs ({', '.join(names)}); {len(inputs)} were given."
        )


def _describe(available: Mapping[str | int, Any]) -> str:
    return ", ".join(f"{name} ({_kind(value)})" for name, value in available.items()) or "nothing"


def _kind(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"tensor {tuple(value.shape)}"
    return "None" if value is None else type(value).__name__
