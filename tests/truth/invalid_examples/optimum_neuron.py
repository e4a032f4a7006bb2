"""optimum-neuron's own exporter on the CPU: its code as it is, with TorchScript in the compiler's place."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from executed_configs import Placeholder, import_optimum_neuron

KEEPS_COMPILED_FILES = (
    "optimum.neuron.cache",
    "optimum.neuron.cache.entries",
    "optimum.neuron.cache.entries.multi_model",
    "optimum.neuron.cache.entries.single_model",
    "optimum.neuron.cache.traced",
)
"""The cache of compiled files, which needs transformers 4 and isn't asked here."""


class TorchScriptCompiler:
    """What the exporter calls of ``torch_neuronx``; keeps the compiler's arguments that it is given."""

    def __init__(self) -> None:
        self.arguments: list[Any] = []

    def trace(self, model: torch.nn.Module, inputs: tuple[Any, ...], compiler_args: Any, **_: Any) -> Any:
        self.arguments.append(compiler_args)
        return torch.jit.trace(model, inputs, strict=False, check_trace=False)


def imported(root: str) -> ModuleType:
    """``optimum.exporters.neuron.convert``, ready to export."""
    import_optimum_neuron(root)
    for name in KEEPS_COMPILED_FILES:
        sys.modules[name] = Placeholder(name)
    convert: Any = importlib.import_module("optimum.exporters.neuron.convert")
    convert.is_neuronx_available = lambda: True
    convert.get_neuron_major = lambda: -1
    convert.neuronx = TorchScriptCompiler()
    convert.NEURON_COMPILER_TYPE, convert.NEURON_COMPILER_VERSION = "neuronx-cc", "0"
    return convert


def sizes(config: Any) -> Mapping[str, int]:
    """The axes as ``export_neuronx`` asks the config for them.

    Raises:
        AttributeError: the config has no such axis.
    """
    return {axis: getattr(config, axis) for axis in config.mandatory_axes}


def exported(convert: Any, config: Any, model: torch.nn.Module, folder: Path) -> Path:
    """The traced model's file."""
    target = folder / "model.neuron"
    convert.export(model_or_path=model, config=config, output=target, instance_type="inf2")
    return target


def validated(convert: Any, config: Any, model: torch.nn.Module, file: Path) -> None:
    """As optimum-neuron does it, which only warns of values; these are raised here.

    Raises:
        ValueError: it warned.
    """
    warnings: list[str] = []
    convert.logger.warning, before = warnings.append, convert.logger.warning
    try:
        convert.validate_model_outputs(config, model, file, list(config.outputs))
    finally:
        convert.logger.warning = before
    if warnings:
        raise ValueError(" ".join(warnings))
