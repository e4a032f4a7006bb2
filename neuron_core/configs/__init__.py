"""Neuron config classes, compatible with ``optimum.exporters.neuron``: a class moves over by its imports.

Level 1 is :class:`NeuronDefaultConfig`, level 2 the classes per modality, level 3 the classes per model type.
"""

from neuron_core.configs.base import (
    ImageEncoderArguments,
    InputShapesArguments,
    NeuronDefaultConfig,
    NeuronExportConfig,
)
from neuron_core.configs.dtypes import DTYPE_MAPPER
from neuron_core.configs.modality import (
    AudioNeuronConfig,
    TextAndVisionNeuronConfig,
    TextEncoderNeuronConfig,
    TextSeq2SeqNeuronConfig,
    VisionNeuronConfig,
)
from neuron_core.configs.models import COMMON_TEXT_TASKS, BertNeuronConfig, EsmNeuronConfig
from neuron_core.configs.registry import register_in_tasks_manager, registration_for
from neuron_core.errors import MissingMandatoryAxisDimension

__all__ = [
    "COMMON_TEXT_TASKS",
    "DTYPE_MAPPER",
    "AudioNeuronConfig",
    "BertNeuronConfig",
    "EsmNeuronConfig",
    "ImageEncoderArguments",
    "InputShapesArguments",
    "MissingMandatoryAxisDimension",
    "NeuronDefaultConfig",
    "NeuronExportConfig",
    "TextAndVisionNeuronConfig",
    "TextEncoderNeuronConfig",
    "TextSeq2SeqNeuronConfig",
    "VisionNeuronConfig",
    "register_in_tasks_manager",
    "registration_for",
]
