"""Level 3 of the config classes: one per model type, with the tasks that optimum-neuron 0.4.5 gives it."""

from __future__ import annotations

from optimum.utils import NormalizedConfigManager

from neuron_core.configs.modality import TextEncoderNeuronConfig
from neuron_core.configs.registry import register_in_tasks_manager

COMMON_TEXT_TASKS = [
    "feature-extraction",
    "fill-mask",
    "multiple-choice",
    "question-answering",
    "text-classification",
    "token-classification",
]
"""The tasks that nearly every text encoder has a head for."""


@register_in_tasks_manager("bert", *COMMON_TEXT_TASKS)
class BertNeuronConfig(TextEncoderNeuronConfig):
    """BERT."""

    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ATOL_FOR_VALIDATION = 1e-3

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask", "token_type_ids"]


@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    """ESM, the protein language model; its config normalizes like BERT's."""

    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ATOL_FOR_VALIDATION = 1e-3

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
