"""A model with the weights of a checkpoint: random ones must not reach what is exported."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from neuron_core.errors import ModelLoadError
from neuron_core.inputs import seeded
from neuron_core.validate import reference_of

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig

    from neuron_core.configs.base import NeuronDefaultConfig

_FEW = 4
_logger = logging.getLogger(__name__)


def pretrained_model(
    source: str, model_class: Any, config: PretrainedConfig, seed: int
) -> tuple[torch.nn.Module, tuple[str, ...]]:
    """The model in eval mode, and its weights that the checkpoint has not; ``seed`` decides those.

    Raises:
        ModelLoadError: it can't be loaded.
    """
    import torch

    try:
        with seeded(seed):
            model, info = model_class.from_pretrained(
                source, config=config, dtype=torch.float32, output_loading_info=True
            )
    except Exception as error:
        raise not_loaded(source, error) from error
    return model.eval(), tuple(sorted(info["missing_keys"]))


def check_weights(
    source: str,
    model: torch.nn.Module,
    missing: Collection[str],
    config: NeuronDefaultConfig,
    inputs: Mapping[str, Any],
) -> None:
    """Refuse a model whose declared outputs depend on weights that the checkpoint doesn't have.

    Raises:
        ModelLoadError: names some of them.
    """
    if not missing:
        return
    names = _few(missing)
    if not _reach_outputs(model, missing, config, inputs):
        _logger.warning("%s has no weights %s; no declared output depends on them.", source, names)
        return
    known = ", ".join(getattr(model.config, "architectures", None) or ()) or "not said"
    raise ModelLoadError(
        f"{source} has no head for the task {config.task}: {type(model).__name__} needs the weights {names}, "
        "which would be random.",
        f"Choose a task of the checkpoint's architectures ({known}), declare outputs that do without these "
        "weights, or fine-tune the model for the task first.",
    )


def not_loaded(source: str, error: Exception) -> ModelLoadError:
    """What kept a model or its configuration from being loaded."""
    said, _, more = str(error).strip().partition("\n")
    return ModelLoadError(
        f"The model {source} cannot be loaded: {type(error).__name__}: {said}",
        "Pass --model with a directory that save_pretrained wrote or the id of a model on the hub; without "
        "--model, a tiny random one is exported.",
        more.strip(),
    )


def _few(names: Collection[str]) -> str:
    first = list(names)[:_FEW]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _reach_outputs(
    model: torch.nn.Module,
    names: Collection[str],
    config: NeuronDefaultConfig,
    inputs: Mapping[str, Any],
) -> bool:
    """Whether NaN in these weights shows in a declared output: nothing else is as sure to be handed on."""
    import torch

    weights = model.state_dict()
    if any(name not in weights for name in names):
        return True  # can't be told this way
    kept = {
        name: weights[name].clone() for name in names if weights[name].is_floating_point()
    }  # others count
    try:
        for name in kept:
            weights[name].fill_(float("nan"))
        outputs = reference_of(config, model, config.outputs)(inputs)
    finally:
        for name, value in kept.items():
            weights[name].copy_(value)
    return any(bool(torch.isnan(value).any()) for value in outputs.values())
