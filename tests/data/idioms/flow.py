"""Conditions, tasks, functions and exceptions."""

from functools import cached_property, lru_cache, partial, reduce

from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils import NormalizedConfigManager

CLASSIFYING = {"text-classification", "token-classification"}
TWO_TASKS = ("fill-mask", "text-classification")


class Text(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]


@register_in_tasks_manager("bert", *TWO_TASKS, "feature-extraction")
class ByTaskNeuronConfig(Text):
    OUTPUTS = {"fill-mask": ["mask_logits"], "text-classification": ["class_logits"]}

    @property
    def outputs(self):
        return self.OUTPUTS.get(self.task, super().outputs)

    @property
    def inputs(self):
        return {"fill-mask": ["a"], "text-classification": ["b"]}[self.task]


@register_in_tasks_manager("bert", *TWO_TASKS, "feature-extraction")
class TryNeuronConfig(Text):
    OUTPUTS = {"fill-mask": ["mask_logits"]}

    @property
    def outputs(self):
        try:
            found = self.OUTPUTS[self.task]
        except KeyError:
            return ["otherwise"]
        else:
            found = [*found, "else"]
        finally:
            self.tried = True
        return found + [str(self.tried)]

    @property
    def inputs(self):
        names = ["input_ids"]
        try:
            names.remove("nothing")
            names.append("never")
        except (ValueError, TypeError) as error:
            names.append(type(error).__name__)
        return names


@register_in_tasks_manager("bert", *TWO_TASKS, "question-answering")
class EarlyReturnNeuronConfig(Text):
    @property
    def outputs(self):
        if self.task in CLASSIFYING:
            return ["logits"]
        if not self.task.startswith("fill"):
            if self.task == "question-answering":
                return ["start_logits", "end_logits"]
            return []
        elif "mask" in self.task and self.task.split("-")[0] == "fill":
            names = ["mask"]
        else:
            names = ["never"]
        return names


@register_in_tasks_manager("bert", *TWO_TASKS)
class RaisesNeuronConfig(Text):
    @property
    def inputs(self):
        if self.task == "fill-mask":
            raise NotImplementedError(f"{self.task} is not there yet")
        assert self.task in TWO_TASKS
        return ["input_ids"]

    @property
    def outputs(self):
        if self.task == "text-classification":
            return [{}["logits"]]
        return [[]][1:][0]


@register_in_tasks_manager("bert", *TWO_TASKS)
class MatchNeuronConfig(Text):
    @property
    def outputs(self):
        match self.task:
            case "fill-mask" | "masked-im":
                return ["mask"]
            case other if other.endswith("classification"):
                return [other]
            case _:
                return []


@register_in_tasks_manager("bert", "fill-mask")
class NestedFunctionsNeuronConfig(Text):
    @property
    def inputs(self):
        prefix = "past"

        def name(i, kind="key", *more, sep=".", **options):
            return sep.join([prefix, str(i), kind, *more, *options])

        prefix = "present"
        return [name(0), name(1, "value"), name(2, "a", "b", sep="/"), name(3, sep="-", **{"x": 1})]

    @property
    def outputs(self):
        count = 0

        def following():
            nonlocal count
            count += 1
            return f"o{count}"

        power = lambda n: 1 if n == 0 else 2 * power(n - 1)
        return [following(), following(), str(power(5)), partial(name_of, "x")("y"), reduce(name_of, "abc")]


def name_of(a, b="default"):
    return f"{a}_{b}"


@register_in_tasks_manager("bert", "fill-mask")
class HelpersNeuronConfig(Text):
    PREFIX = "past"

    def named(self, *kinds):
        return [f"{self.PREFIX}.{kind}" for kind in kinds]

    @classmethod
    def of_class(cls, kind):
        return f"{cls.PREFIX}.{cls.__name__}.{kind}"

    @staticmethod
    def static(n):
        return [f"x{i}" for i in range(n)]

    @property
    def helped(self):
        return self.named("helped")

    @cached_property
    def once(self):
        return ["once"]

    @property
    def inputs(self):
        return self.named("key", "value") + [self.of_class("k"), type(self).of_class("t")] + self.static(2)

    @property
    def outputs(self):
        self.once.append("twice")
        return self.helped + self.once + [self.__class__.__name__, HelpersNeuronConfig.PREFIX]


@register_in_tasks_manager("bert", "fill-mask")
class HelpedAgainNeuronConfig(HelpersNeuronConfig):
    PREFIX = "again"

    def named(self, *kinds):
        return super().named(*kinds, "more")

    @classmethod
    def of_class(cls, kind):
        return super().of_class(kind) + "!"

    @staticmethod
    def static(n):
        return HelpersNeuronConfig.static(n + 1)


@lru_cache(maxsize=None)
def layers(count):
    return tuple(f"layer.{i}" for i in range(count))


def yielded(names):
    for name in names:
        if name:
            yield name
    yield from ("p", "q")


@register_in_tasks_manager("bert", "fill-mask")
class GeneratedNeuronConfig(Text):
    @property
    def inputs(self):
        return list(layers(2)) + list(layers(count=1))

    @property
    def outputs(self):
        return [*yielded(["a", "", "b"])]


@register_in_tasks_manager("bert", "fill-mask")
class ConfigValuesNeuronConfig(Text):
    @property
    def inputs(self):
        names = ["input_ids"]
        if self._config.type_vocab_size > 1:
            names.append("token_type_ids")
        if getattr(self._config, "no_such_thing", None) is None:
            names.append("attention_mask")
        if hasattr(self._config, "num_hidden_layers") and not hasattr(self._config, "num_layers"):
            names.append("layered")
        return names

    @property
    def outputs(self):
        return [f"hidden.{i}" for i in range(self._config.num_hidden_layers // 4)]


@register_in_tasks_manager("bert", "fill-mask")
class AbsentValuesNeuronConfig(Text):
    @property
    def inputs(self):
        try:
            kind = self._config.no_such_thing
        except AttributeError:
            kind = getattr(self._config, "no_such_thing", "fallback")
        return [kind]

    @property
    def outputs(self):
        return [f"{self._config.model_type}.{getattr(self._config, 'hidden_act', 'none')}"]


@register_in_tasks_manager("bert", "fill-mask")
class DecoderNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        if self._config.is_decoder and self._config.use_cache:
            names += ["past"]
        elif self._config.is_decoder or self.output_attentions:
            names += ["attentions"]
        return names

    @property
    def outputs(self):
        return ["a"] if self._config.model_type == "bert" else ["b"]


@register_in_tasks_manager("bert", "fill-mask")
class NormalizedValuesNeuronConfig(Text):
    @property
    def inputs(self):
        layered = self._normalized_config.num_layers == 12
        return ["twelve"] if layered else ["other"]

    @property
    def outputs(self):
        names = [f"layer.{i}" for i in range(self._normalized_config.num_layers)][-2:]
        if getattr(self._normalized_config, "no_such_thing", None):
            names.append("never")
        if self._normalized_config.has_attribute("vocab_size"):
            names.append("vocabulary")
        return names


@register_in_tasks_manager("bert", "fill-mask")
class FlagsNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs + ["more"] * self.output_attentions
        return names if not self.output_hidden_states else names + ["hidden"]

    @property
    def outputs(self):
        flags = [self.output_hidden_states, self.output_attentions]
        return ["both"] if all(flags) else ["one"] if any(flags) else ["none"]


@register_in_tasks_manager("bert", "fill-mask")
class AxesValuesNeuronConfig(Text):
    @property
    def inputs(self):
        return ["long"] if self.sequence_length > 128 else ["short"]

    @property
    def outputs(self):
        return ["sharded"] if self.tensor_parallel_size > 1 else ["whole"]


@register_in_tasks_manager("bert", "fill-mask")
class DynamicNamesNeuronConfig(Text):
    extra_names = ("x", "y")

    @property
    def inputs(self):
        found = getattr(self, "extra_names") + getattr(self, "no_names", ("z",))
        return [*found, *(["has"] if hasattr(self, "extra_names") else []), str(hasattr(self, "no_names"))]

    @property
    def outputs(self):
        setattr(self, "made", ["made"])
        return self.made + [str(callable(self.made)), str(isinstance(self.made, (list, tuple)))]
