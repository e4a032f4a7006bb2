"""What the catalog reads of every model class, held against the class itself."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment

pytestmark = pytest.mark.truth
transformers = pytest.importorskip("transformers")

_NOT_IMPORTABLE = {
    "HiggsAudioV2TokenizerModel": "needs torchaudio",
    "PerceptionEncoder": "in the table of 4.57.6, but in none of its files",
    "VoxtralRealtimeTextModel": "in the table of 5.23.0; its module doesn't export it from the package",
}


def reachable_classes() -> list[tuple[str, str]]:
    """Every (model type, class) of transformers' auto mappings."""
    from transformers.models.auto import modeling_auto

    pairs: dict[tuple[str, str], None] = {}
    for name, table in vars(modeling_auto).items():
        if name.endswith("_MAPPING_NAMES") and name != "CONFIG_MAPPING_NAMES":
            for model_type, classes in table.items():
                pairs.update({(model_type, each): None for each in _names(classes)})
    return list(pairs)


def _names(classes: str | tuple[str, ...]) -> Iterator[str]:
    yield from [classes] if isinstance(classes, str) else classes


def real_class(model_type: str, name: str) -> Any:
    """The imported class; None where transformers itself can't give it."""
    try:
        return getattr(transformers, name)
    except (AttributeError, ImportError):
        pass
    auto = importlib.import_module("transformers.models.auto.configuration_auto")
    folder = auto.model_type_to_module_name(model_type)
    try:
        return getattr(importlib.import_module(f"transformers.models.{folder}.modeling_{folder}"), name, None)
    except ImportError:
        return None


def real_forward(model_type: str, name: str) -> Any:
    """The class's forward; None where the class can't be imported."""
    real = real_class(model_type, name)
    has_one = real is not None and inspect.getattr_static(real, "forward", None) is not None
    return real.forward if has_one else None


def real_parameters(forward: Any) -> list[tuple[str, str, bool]]:
    parameters = inspect.signature(inspect.unwrap(forward)).parameters.values()
    kinds = inspect.Parameter
    return [
        (each.name, each.kind.name, each.default is kinds.empty and each.kind is not kinds.VAR_POSITIONAL)
        for each in parameters
        if each.name != "self" and each.kind is not kinds.VAR_KEYWORD
    ]


def test_every_parameter_of_every_model_class() -> None:
    import torch

    catalog = Catalog(Environment.own())
    wrong: list[str] = []
    compared = 0
    for model_type, name in reachable_classes():
        found = catalog.forward_signature(model_type, name)
        forward = real_forward(model_type, name)
        if forward is None:
            if name not in _NOT_IMPORTABLE:
                wrong.append(f"{model_type} {name}: can't be imported")
            continue
        compared += 1
        if forward is torch.nn.Module.forward:  # a placeholder: the class defines none
            wrong += [f"{model_type} {name}: has no forward"] if found is not None else []
        elif found is None:
            wrong.append(f"{model_type} {name}: not found")
        elif [(each.name, each.kind, each.required) for each in found.parameters] != real_parameters(forward):
            wrong.append(f"{model_type} {name}: {found.parameters} is not {real_parameters(forward)}")
    assert wrong == []
    assert compared > 1000


def test_every_parameter_default_that_is_a_constant() -> None:
    catalog = Catalog(Environment.own())
    wrong: list[str] = []
    for model_type, name in reachable_classes():
        found, forward = catalog.forward_signature(model_type, name), real_forward(model_type, name)
        if found is None or forward is None:
            continue
        real_defaults = inspect.signature(inspect.unwrap(forward)).parameters
        for parameter in found.parameters:
            default = real_defaults[parameter.name].default
            if isinstance(default, (int, float, str, bool, type(None))) and parameter.default != repr(
                default
            ):
                wrong.append(f"{model_type} {name} {parameter.name}: {parameter.default} is not {default!r}")
    assert wrong == []
