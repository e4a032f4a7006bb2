"""What the children inherit and import."""

from neuron_core.configs import TextEncoderNeuronConfig
from neuron_core.configs import register_in_tasks_manager as registered
from optimum.utils import NormalizedTextConfig

SHARED = ["fill-mask", "question-answering"]
NAMES = ["of the parents"]


def joined(*names):
    return ".".join(names)


class Mixin:
    @property
    def inputs(self):
        return super().inputs + ["mixin"]


@registered("bert", *SHARED)
class ParentNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return NAMES + [joined("a", "b")]
