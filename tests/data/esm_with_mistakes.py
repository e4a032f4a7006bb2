"""The config that optimum-neuron's contribution guide writes for ESM, with three mistakes in it."""

from optimum.exporters.neuron.config import TextEncoderNeuronConfig
from optimum.exporters.tasks import TasksManager
from optimum.utils import NormalizedConfigManager

register_in_tasks_manager = TasksManager.create_register("neuron")


@register_in_tasks_manager("esm", *["feature-extraction", "fill-mask", "sequence-classification", "token-classification"])
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("esm")
    ATOL_FOR_VALIDATION = 1e-3

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask", "token_type_ids"]
