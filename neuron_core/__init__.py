"""The engine: exports and validates what a Neuron config class describes.

Importing it loads neither torch nor transformers; the names below are looked up when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuron_core.configs import NeuronDefaultConfig, register_in_tasks_manager
    from neuron_core.exporting import export, main_export
    from neuron_core.inference import NeuronModelForFeatureExtraction, NeuronModelForSequenceClassification
    from neuron_core.validate import validate_model_outputs

__all__ = [
    "NeuronDefaultConfig",
    "NeuronModelForFeatureExtraction",
    "NeuronModelForSequenceClassification",
    "export",
    "main_export",
    "register_in_tasks_manager",
    "validate_model_outputs",
]

_HOME = {
    "NeuronDefaultConfig": "neuron_core.configs",
    "NeuronModelForFeatureExtraction": "neuron_core.inference",
    "NeuronModelForSequenceClassification": "neuron_core.inference",
    "export": "neuron_core.exporting",
    "main_export": "neuron_core.exporting",
    "register_in_tasks_manager": "neuron_core.configs",
    "validate_model_outputs": "neuron_core.validate",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
