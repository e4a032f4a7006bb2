"""A tiny model with random weights of any model type, without a download.

Its weights are drawn so that no output is degenerate: with transformers' own initialisation many outputs of a
tiny model hardly vary, and then every tolerance passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from neuron_core.errors import ModelLoadError, UnsupportedTaskError
from neuron_core.inputs import seeded

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig

_HEADS = 4
_HIDDEN = 32
_SIZES = {
    "hidden": (
        _HIDDEN,
        ("hidden_size", "d_model", "dim", "embed_dim", "n_embd", "emb_dim", "embedding_size"),
    ),
    "heads": (
        _HEADS,
        (
            "num_attention_heads",
            "num_heads",
            "n_head",
            "n_heads",
            "num_key_value_heads",
            "encoder_attention_heads",
            "decoder_attention_heads",
        ),
    ),
    "head": (_HIDDEN // _HEADS, ("head_dim", "d_kv", "attention_head_size")),
    "layers": (
        2,
        (
            "num_hidden_layers",
            "num_layers",
            "n_layer",
            "n_layers",
            "encoder_layers",
            "decoder_layers",
            "num_decoder_layers",
        ),
    ),
    "intermediate": (
        2 * _HIDDEN,
        (
            "intermediate_size",
            "hidden_dim",
            "ffn_dim",
            "d_ff",
            "n_inner",
            "encoder_ffn_dim",
            "decoder_ffn_dim",
        ),
    ),
    "vocabulary": (128, ("vocab_size",)),
}
_SMALL = {name: size for size, names in _SIZES.values() for name in names}
_PER_STAGE = ("depths", "hidden_sizes", "embed_dims")
_POSITIONS = ("max_position_embeddings", "n_positions")
_FEWEST_POSITIONS = 64
_POSITION_OFFSET = 4
"""RoBERTa-like models number positions from the padding id + 1."""

_AS_PUBLISHED: dict[str, dict[str, Any]] = {
    "esm": {
        "position_embedding_type": "rotary",
        "token_dropout": True,
        "emb_layer_norm_before": False,
        "pad_token_id": 1,
        "mask_token_id": 127,
    },
}
"""What published checkpoints have and the config's defaults have not (ESM: facebook/esm2_t6_8M_UR50D)."""


def tiny_config(model_type: str, shapes: Mapping[str, int] | None = None) -> PretrainedConfig:
    """The configuration of a tiny model of ``model_type`` that takes inputs of ``shapes``.

    Raises:
        ModelLoadError: transformers has no such model type, or its configuration refuses to be tiny.
    """
    from transformers import CONFIG_MAPPING, AutoConfig

    if model_type not in CONFIG_MAPPING:
        raise ModelLoadError(
            f"transformers has no model type {model_type!r}.",
            "Pass --model_type with one that it has, or --model with a directory.",
        )
    try:
        default = AutoConfig.for_model(model_type)
        overrides = {**_small_values(default.to_dict(), shapes or {}), **_AS_PUBLISHED.get(model_type, {})}
        config = AutoConfig.for_model(model_type, **overrides)
    except Exception as error:
        raise ModelLoadError(
            f"The configuration of {model_type} cannot be made tiny: {error}", "Pass --model with a real one."
        ) from error
    config.architectures = []  # AutoModel of some types (deit, levit) iterates it
    return config


def tiny_model(
    config: PretrainedConfig, task: str, seed: int = 0, library_name: str = "transformers"
) -> torch.nn.Module:
    """A model of ``config`` with a head for ``task``, in eval mode; ``seed`` alone decides its weights.

    Raises:
        UnsupportedTaskError: transformers has no such head for the model type.
        ModelLoadError: the model cannot be built.
    """
    model_class = model_class_for(config.model_type, task, library_name)
    try:
        with seeded(seed):
            model = model_class.from_config(config)
    except Exception as error:
        raise _not_built(model_class, config.model_type, task, error) from error
    enliven(model, seed)
    return model.eval()


def model_class_for(model_type: str, task: str, library_name: str = "transformers") -> Any:
    """The auto class that holds models of the type with a head for ``task``."""
    from optimum.exporters.tasks import TasksManager

    try:
        return TasksManager.get_model_class_for_task(
            task, framework="pt", model_type=model_type, library=library_name
        )
    except (KeyError, ValueError, AttributeError) as error:
        raise UnsupportedTaskError(
            f"transformers has no model class for {model_type} and the task {task}.", str(error)
        ) from error


def enliven(model: torch.nn.Module, seed: int) -> None:
    """Redraw every weight so that signals stay alive: matrices by fan-in, norms around 1, small biases."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            _redraw(name, parameter, generator)
        for name, buffer in model.named_buffers():
            if name.endswith("running_var"):
                buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))
            elif name.endswith("running_mean"):
                buffer.copy_(0.1 * torch.randn(buffer.shape, generator=generator))


def _redraw(name: str, parameter: Any, generator: Any) -> None:
    import torch

    noise = torch.randn(parameter.shape, generator=generator)
    if "embedding" in name and parameter.dim() == 2:
        parameter.copy_(noise)
    elif parameter.dim() >= 2:
        gain = (
            2.0 if parameter.dim() == 4 else 1.0
        )  # convolutions stand behind activations that halve the signal
        parameter.copy_(noise * (gain / parameter[0].numel()) ** 0.5)
    elif name.endswith("bias"):
        parameter.copy_(0.1 * noise)
    else:
        parameter.copy_(1 + 0.2 * noise)


def _small_values(defaults: Mapping[str, Any], shapes: Mapping[str, int]) -> dict[str, Any]:
    small: dict[str, Any] = {} if _has_sizes_per_stage(defaults) else dict(_small_sizes(defaults))
    small.update(_narrow_embedding(defaults))
    small.update(_enough_positions(defaults, shapes))
    small.update(_tokens_in_vocabulary(defaults, small.get("vocab_size")))
    small.update(_image_sizes(defaults, shapes))
    nested = {
        name: value
        for name, value in defaults.items()
        if name.endswith("_config") and isinstance(value, dict)
    }
    small.update({name: {**value, **_small_values(value, shapes)} for name, value in nested.items() if value})
    return small


def _small_sizes(defaults: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, size in _SMALL.items():
        value = defaults.get(name)
        if isinstance(value, int):
            yield name, min(size, value)
        elif value is None and name == "vocab_size" and name in defaults:
            yield name, size  # ESM's default; elsewhere None means "derived from the others"


def _narrow_embedding(defaults: Mapping[str, Any]) -> dict[str, int]:
    """An embedding that is narrower than the hidden states stays so (MobileBERT's head relies on it)."""
    embedding, hidden = defaults.get("embedding_size"), defaults.get("hidden_size")
    is_narrow = isinstance(embedding, int) and isinstance(hidden, int) and embedding < hidden
    return {"embedding_size": _HIDDEN // 2} if is_narrow else {}


def _has_sizes_per_stage(defaults: Mapping[str, Any]) -> bool:
    """Whether sizes grow from stage to stage, as Swin's do, and are derived from one another."""
    return any(isinstance(defaults.get(name), (list, tuple)) for name in _PER_STAGE)


def _image_sizes(defaults: Mapping[str, Any], shapes: Mapping[str, int]) -> dict[str, int]:
    """The axes of images that the model's config fixes, as they were asked for."""
    asked = {
        "image_size": shapes.get("image_size", shapes.get("height")),
        "num_channels": shapes.get("num_channels"),
    }
    return {
        name: size for name, size in asked.items() if size is not None and isinstance(defaults.get(name), int)
    }


def _enough_positions(defaults: Mapping[str, Any], shapes: Mapping[str, int]) -> dict[str, int]:
    needed = max(_FEWEST_POSITIONS, shapes.get("sequence_length", 0) + _POSITION_OFFSET)
    return {name: needed for name in _POSITIONS if isinstance(defaults.get(name), int)}


def _tokens_in_vocabulary(defaults: Mapping[str, Any], vocabulary: int | None) -> dict[str, int]:
    """Special tokens that the small vocabulary still has."""
    if vocabulary is None:
        return {}
    tokens = {name: value for name, value in defaults.items() if name.endswith("_token_id")}
    small = {
        name: vocabulary - 1
        for name, value in tokens.items()
        if isinstance(value, int) and value >= vocabulary
    }
    if "pad_token_id" in tokens and tokens["pad_token_id"] is None:
        small["pad_token_id"] = 0  # without one, some classifiers (Phi's) take a batch of 1 only
    return small


def _not_built(model_class: Any, model_type: str, task: str, error: Exception) -> Exception:
    if "Unrecognized configuration class" in str(error):
        return UnsupportedTaskError(
            f"transformers has no {model_class.__name__} for {model_type}, so no head for the task {task}.",
            "Choose another task.",
        )
    return ModelLoadError(
        f"A tiny {model_type} cannot be built for {task}: {type(error).__name__}: {error}",
        "Pass --model with a directory that holds a real one.",
    )
