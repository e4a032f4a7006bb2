"""Inheritance, class attributes, constructors, and what code after a class does to it."""

import copy

from neuron_core.configs import (
    AudioNeuronConfig,
    TextEncoderNeuronConfig,
    TextSeq2SeqNeuronConfig,
    VisionNeuronConfig,
    register_in_tasks_manager,
)
from optimum.utils import (
    DummyTextInputGenerator,
    DummyVisionInputGenerator,
    NormalizedConfig,
    NormalizedConfigManager,
    NormalizedSeq2SeqConfig,
    NormalizedTextAndVisionConfig,
    NormalizedTextConfig,
)
from optimum.utils import DummyTimestepInputGenerator as Timestep

register = register_in_tasks_manager


class OneNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return ["one"]

    @property
    def outputs(self):
        return super().outputs + ["one"]


class TwoNeuronConfig(OneNeuronConfig):
    @property
    def inputs(self):
        return super().inputs + ["two"]


@register("bert", "fill-mask", "question-answering")
class ThreeNeuronConfig(TwoNeuronConfig):
    @property
    def inputs(self):
        return super(ThreeNeuronConfig, self).inputs + ["three"]

    @property
    def outputs(self):
        return ["three"] + super().outputs


@register("bert", "fill-mask")
class SkippingNeuronConfig(ThreeNeuronConfig):
    @property
    def inputs(self):
        return super(TwoNeuronConfig, self).inputs + ["skipped"]

    @property
    def outputs(self):
        return OneNeuronConfig.outputs.fget(self) + ["by hand"]


class LeftNeuronConfig(OneNeuronConfig):
    KIND = "left"

    @property
    def inputs(self):
        return super().inputs + ["left"]


class RightNeuronConfig(OneNeuronConfig):
    KIND = "right"
    ATOL_FOR_VALIDATION = 0.5

    @property
    def inputs(self):
        return super().inputs + ["right"]


@register("bert", "fill-mask")
class DiamondNeuronConfig(LeftNeuronConfig, RightNeuronConfig):
    @property
    def inputs(self):
        return super().inputs + ["bottom", self.KIND]


class TokenTypesMixin:
    MODEL_TYPE = "mixed"
    INPUT_ARGS = ("batch_size",)

    @property
    def inputs(self):
        return super().inputs + ["token_type_ids"]

    @property
    def outputs(self):
        return ["of the mixin"]


@register("bert", "fill-mask")
class MixinFirstNeuronConfig(TokenTypesMixin, TwoNeuronConfig):
    pass


@register("bert", "fill-mask")
class MixinLastNeuronConfig(TwoNeuronConfig, TokenTypesMixin):
    @property
    def outputs(self):
        return TokenTypesMixin.outputs.fget(self) + [str(self.MODEL_TYPE)]


@register("bert", "fill-mask")
class KindsNeuronConfig(ThreeNeuronConfig):
    @property
    def inputs(self):
        return [
            str(isinstance(self, TwoNeuronConfig)),
            str(isinstance(self, (LeftNeuronConfig, VisionNeuronConfig))),
            str(issubclass(type(self), OneNeuronConfig)),
            str(isinstance(self, TextEncoderNeuronConfig)),
        ]


@register("bert", "fill-mask")
class BodyNeuronConfig(OneNeuronConfig):
    NAMES = ["a", "b"]
    MORE = [name.upper() for name in NAMES]
    for letter in "cd":
        MORE.append(letter)
    if len(MORE) > 3:
        LAST = MORE[-1]
    else:
        LAST = "none"
    TABLE = {name: name * 2 for name in MORE}
    del letter

    class Inner:
        NAME = "inner"

    @property
    def inputs(self):
        return self.MORE + [self.LAST, self.TABLE["A"], self.Inner.NAME]

    @property
    def outputs(self):
        return [str(hasattr(self, "letter")), *self.NAMES]


@register("bert", "fill-mask")
class ChangedLaterNeuronConfig(OneNeuronConfig):
    NAMES = ["a"]
    ATOL_FOR_VALIDATION = 0.1

    @property
    def inputs(self):
        return [*self.NAMES, self.LATER]


ChangedLaterNeuronConfig.NAMES.append("b")
ChangedLaterNeuronConfig.LATER = "later"
ChangedLaterNeuronConfig.ATOL_FOR_VALIDATION = 0.25
ChangedLaterNeuronConfig.outputs = property(lambda self: ["replaced", self.task])
setattr(ChangedLaterNeuronConfig, "MODEL_TYPE", "set")


@register("bert", "fill-mask")
class InheritsTheChangeNeuronConfig(ChangedLaterNeuronConfig):
    NAMES = ChangedLaterNeuronConfig.NAMES + ["c"]


@register("bert", "fill-mask")
class CopiedNeuronConfig(ChangedLaterNeuronConfig):
    NAMES = copy.deepcopy(ChangedLaterNeuronConfig.NAMES)
    NAMES.append("own")


@register("bert", "fill-mask")
class ConstructedNeuronConfig(OneNeuronConfig):
    def __init__(self, *args, extra="extra", **kwargs):
        self.names = ["before"]
        super().__init__(*args, **kwargs)
        self.names += ["after", extra]
        self.flag = self.task == "fill-mask"

    @property
    def inputs(self):
        return self.names + (["flagged"] if self.flag else [])


@register("bert", "fill-mask")
class ConstructedAgainNeuronConfig(ConstructedNeuronConfig):
    def __init__(self, config, task, input_shapes, **kwargs):
        super().__init__(config, task, input_shapes, extra="again", **kwargs)
        self.names.insert(0, f"layers{config.num_hidden_layers}")


@register("bert", "fill-mask")
class SettersNeuronConfig(OneNeuronConfig):
    _kind = "default"

    @property
    def kind(self):
        return self._kind

    @kind.setter
    def kind(self, value):
        self._kind = value.upper()

    @property
    def inputs(self):
        before = self.kind
        self.kind = "set"
        return [before, self.kind, type(self)._kind]


@register("bert", "fill-mask", "multiple-choice", "question-answering")
class AxesNeuronConfig(OneNeuronConfig):
    INPUT_ARGS = (
        "batch_size",
        (("fill-mask", "question-answering"), "sequence_length"),
        ("multiple-choice", "num_choices"),
    ) + (("fill-mask", "width"),)


@register("bert", "fill-mask", "multiple-choice")
class MoreAxesNeuronConfig(OneNeuronConfig):
    INPUT_ARGS = TextEncoderNeuronConfig.INPUT_ARGS + ("num_beams",)


@register("bert", "fill-mask", "multiple-choice")
class ComputedAxesNeuronConfig(OneNeuronConfig):
    @classmethod
    def get_mandatory_axes_for_task(cls, task):
        axes = super().get_mandatory_axes_for_task(task)
        return axes + ("num_beams",) if task == "fill-mask" else axes[:1]


@register("bert", "fill-mask", "question-answering", "feature-extraction")
class ToleranceNeuronConfig(OneNeuronConfig):
    ATOL_FOR_VALIDATION = {"fill-mask": 1e-2, "question-answering": 5e-4}


@register("vit", "image-classification")
class GeneratorsNeuronConfig(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("vit")
    DUMMY_INPUT_GENERATOR_CLASSES = VisionNeuronConfig.DUMMY_INPUT_GENERATOR_CLASSES + (Timestep,)

    @property
    def inputs(self):
        return ["pixel_values"]


class LocalGenerator(DummyTextInputGenerator):
    SUPPORTED_INPUT_NAMES = ("local_ids",)


@register("t5", "text2text-generation")
class Seq2SeqNeuronConfig(TextSeq2SeqNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(
        encoder_num_layers="num_layers", decoder_num_layers="num_decoder_layers", key_value_dim="d_kv", allow_new=True
    )
    DUMMY_INPUT_GENERATOR_CLASSES = (LocalGenerator, *TextSeq2SeqNeuronConfig.DUMMY_INPUT_GENERATOR_CLASSES[1:])
    INPUT_ARGS = ("batch_size", "sequence_length", "num_beams")

    @property
    def inputs(self):
        return ["input_ids", "decoder_input_ids"]

    @property
    def outputs(self):
        beams = ["scores", "tokens"] if self.num_beams > 1 else ["tokens"]
        return beams + [f"past.{i}.{kind}" for kind in ("key", "value") for i in range(self._config.num_decoder_layers)]

    @property
    def values_override(self):
        return {"use_cache": self.num_beams > 1, "return_dict": False}


class LocalNormalizedConfig(NormalizedTextConfig):
    NUM_LAYERS = "n_layer"
    EXTRA = "hidden_act"


class LocalVisionNormalizedConfig(NormalizedTextAndVisionConfig):
    TEXT_CONFIG = "text_config"
    VISION_CONFIG = "vision_config"


@register("gpt2", "feature-extraction")
class NormalizedNeuronConfig(OneNeuronConfig):
    NORMALIZED_CONFIG_CLASS = LocalNormalizedConfig

    @property
    def outputs(self):
        return [f"{self._normalized_config.num_layers}"]


@register("clip", "feature-extraction")
class TextAndVisionNeuronConfig(OneNeuronConfig):
    NORMALIZED_CONFIG_CLASS = LocalVisionNormalizedConfig
    DUMMY_INPUT_GENERATOR_CLASSES = [DummyTextInputGenerator, DummyVisionInputGenerator]

    @property
    def outputs(self):
        size = self._config.text_config.hidden_size
        return [f"{size}.{self._config.vision_config.patch_size}"]


@register("gpt2", "feature-extraction")
class WithArgsNeuronConfig(OneNeuronConfig):
    NORMALIZED_CONFIG_CLASS = LocalNormalizedConfig.with_args(hidden_size="n_embd", heads="n_head", allow_new=True)


@register("wav2vec2", "audio-classification", "audio-xvector")
class SoundNeuronConfig(AudioNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfig

    @property
    def inputs(self):
        return ["input_values"]

    @property
    def outputs(self):
        names = super().outputs
        if self.task == "audio-xvector":
            names.append("embeddings")
        return names

    @property
    def values_override(self):
        return {"output_hidden_states": True} if self.task == "audio-xvector" else None


class Wrapper:
    def __init__(self, model, input_names):
        self.model = model


@register("bert", "fill-mask")
class WrappedNeuronConfig(OneNeuronConfig):
    CUSTOM_MODEL_WRAPPER = Wrapper
    MODEL_TYPE = f"{'bert'}-wrapped"


@register("bert", "fill-mask")
class UnwrappedNeuronConfig(WrappedNeuronConfig):
    CUSTOM_MODEL_WRAPPER = MODEL_TYPE = None


@register("bert", "feature-extraction")
class StackedNeuronConfig(OneNeuronConfig):
    _TASK_TO_COMMON_OUTPUTS = {**OneNeuronConfig._TASK_TO_COMMON_OUTPUTS, "feature-extraction": ["last_hidden_state"]}


def with_position_ids(class_):
    class_.POSITIONS = ["position_ids"]
    return class_


@register("bert", "fill-mask")
@with_position_ids
class DecoratedNeuronConfig(OneNeuronConfig):
    @property
    def inputs(self):
        return super().inputs + self.POSITIONS
