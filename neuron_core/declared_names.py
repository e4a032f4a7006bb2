"""Checks of the names that a config declares, before anything is traced with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuron_core.errors import InputMatchError, NeuronCoreError, OutputMatchError

if TYPE_CHECKING:
    from neuron_core.configs.base import NeuronDefaultConfig


def check_declared_names(config: NeuronDefaultConfig) -> None:
    """Refuse ``inputs`` and ``outputs`` that are no lists of distinct names.

    Raises:
        InputMatchError: ``inputs`` isn't one.
        OutputMatchError: ``outputs`` isn't one.
    """
    _check(config, "inputs", config.inputs, InputMatchError)
    _check(config, "outputs", config.outputs, OutputMatchError)


def _check(config: NeuronDefaultConfig, attribute: str, names: Any, error: type[NeuronCoreError]) -> None:
    problem = _problem(names)
    if problem is not None:
        raise error(
            f"`{attribute}` of {type(config).__name__} {problem}.",
            f"Return a list of distinct names from `{attribute}`, one or more.",
        )


def _problem(names: Any) -> str | None:
    if not isinstance(names, (list, tuple)):
        return f"is {names!r}, not a list"
    if not names:
        return "is empty"
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        return f"holds {strange[0]!r}, which is no name"
    repeated = next((name for name in names if names.count(name) > 1), None)
    return None if repeated is None else f"names {repeated!r} more than once"
