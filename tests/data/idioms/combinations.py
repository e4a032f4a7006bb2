"""Combinations of the other files' idioms, as far as they are told in full."""

import functools

from neuron_core.configs import NeuronDefaultConfig, TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils import NormalizedTextConfig


class Text(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    SHARED = ["shared"]
    FLAG = None

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]


class HookedBase(Text):
    EXTRA = ()

    @property
    def inputs(self):
        return [*super().inputs, *self.EXTRA, *self._hook()]

    def _hook(self):
        return []


def mask(cls):
    original = cls.inputs

    def inputs(self):
        return original.fget(self) + ["decorated"]

    cls.inputs = property(inputs)
    return cls


@register_in_tasks_manager("bert", "fill-mask")
class NumbersAndStringsNeuronConfig(Text):
    @property
    def inputs(self):
        return [
            str(-7 // 2),
            str(-7 % 3),
            str(2**-1),
            str(7 / 2),
            str(True + 1),
            str(1 == True),
            str(round(3.7)),
            str(int("3") + int(2.9)),
            str(float(2)),
            str(3 == 3.0),
            str(not []),
            f"{1e-3}",
            f"{10**20}",
            str(1 << 3),
            str(6 & 3 | 8 ^ 1),
            str(~5),
        ]

    @property
    def outputs(self):
        return (
            "  a b  c".split()
            + "a,b,,c".split(",")
            + "a-b-c".rsplit("-", 1)
            + "a-b".split("-", -1)
            + [
                "%s/%s" % ("a", 1),
                "%r" % "q",
                "%5.2f|%-4s|%%" % (1.234, "x"),
                "abc".center(7, "*"),
                "ab\ncd".splitlines()[1],
                "Ab".casefold(),
                "a".join("xyz"),
                "abcabc".replace("b", "X", 1),
                str("abc".find("z")),
                "aXbX".strip("X"),
                "abc"[5:] + "abc"[-2:],
                "a_b".title(),
                str("" in "abc"),
                "x".ljust(3, ".") + "y".rjust(3),
            ]
        )


@register_in_tasks_manager("bert", "fill-mask")
class FlaggedElementsNeuronConfig(Text):
    @property
    def inputs(self):
        return ["a" if self.output_attentions else "b", *(["c"] if self.output_attentions else [])]

    @property
    def outputs(self):
        n = [x for x in ["a", "b"] if x == "a" or self.output_attentions]
        return n if any([self.output_attentions, self.output_hidden_states]) else n + ["none"]


@register_in_tasks_manager("bert", "fill-mask")
class SuperInNestedNeuronConfig(Text):
    @property
    def inputs(self):
        def inner():
            return super(SuperInNestedNeuronConfig, self).inputs

        return [n for n in inner()] + super().inputs[:1]

    @property
    def outputs(self):
        return [n + "!" for n in super().outputs]


@register_in_tasks_manager("bert", "fill-mask")
class InstanceHidesNeuronConfig(Text):
    def __init__(self, *a, **k):
        self.SHARED = ["instance"]
        super().__init__(*a, **k)
        self.DUMMY_INPUT_GENERATOR_CLASSES = self.DUMMY_INPUT_GENERATOR_CLASSES * 2
        self.MODEL_TYPE = "made"
        self.ATOL_FOR_VALIDATION = 0.5

    @property
    def inputs(self):
        return self.SHARED + type(self).SHARED


@register_in_tasks_manager("bert", "fill-mask")
class ClassFlagsNeuronConfig(Text):
    @property
    def inputs(self):
        names = ["a"]
        if self.FLAG:
            names.append("flag")
        if self.FLAG is None and not self.LIBRARY_NAME != "transformers":
            names.append("none")
        return names

    @property
    def outputs(self):
        return (
            [str(self.input_shapes["batch_size"]), self.int_dtype]
            if False
            else [str(self.dynamic_batch_size), self.LIBRARY_NAME]
        )


@register_in_tasks_manager("bert", "fill-mask")
class CommonOutputsNeuronConfig(NeuronDefaultConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return list(self._TASK_TO_COMMON_OUTPUTS)[:1] + [
            k for k in self._TASK_TO_COMMON_OUTPUTS if k == self.task
        ]


@register_in_tasks_manager("bert", "fill-mask")
class ChangedClosureNeuronConfig(Text):
    @property
    def inputs(self):
        def check(name):
            if name in seen:
                return False
            seen.add(name)
            return True

        seen = set()
        return [n for n in ["a", "b", "a"] if check(n)]

    @property
    def outputs(self):
        stack = ["a"]
        while stack:
            x = stack.pop()
            if len(x) < 3:
                stack.append(x + "b")
        return [x]


@register_in_tasks_manager("bert", "fill-mask")
class NoneInTableNeuronConfig(Text):
    @property
    def inputs(self):
        values = {"x": None}
        v = values["x"] if "x" in values else 0
        return ["none"] if v is None else []

    @property
    def outputs(self):
        self.inputs.append("lost")
        return self.inputs[:]


@register_in_tasks_manager("bert", "fill-mask")
class HookedNeuronConfig(HookedBase):
    EXTRA = ("x",)

    def _hook(self):
        return super()._hook() + [self.task.replace("-", "_")]


@register_in_tasks_manager("bert", "fill-mask")
class HookedPropertyNeuronConfig(HookedBase):
    @property
    def EXTRA(self):
        return ["prop"] if self._config.is_decoder else ["noprop"]


@register_in_tasks_manager("bert", "fill-mask")
class ChainedAssignmentNeuronConfig(Text):
    @property
    def inputs(self):
        x: "list[str]"
        x = y = []
        y.append("a")
        (z) = x
        z += ("b",)
        a = b = "s"
        a += "t"
        return x + [a, b]

    @property
    def outputs(self):
        names = ["a", "b"]
        for n in names:
            if len(names) < 4:
                names.append(n * 2)
        return names


@register_in_tasks_manager("bert", "fill-mask")
class PositionalOnlyNeuronConfig(Text):
    @property
    def inputs(self):
        return self.get_names()

    def get_names(self, kind: str = "x", /, *, n: int = 2) -> "list[str]":
        return [f"{kind}{i}" for i in range(n)]

    @property
    def outputs(self):
        m = self.get_names
        return m("q", n=1) + PositionalOnlyNeuronConfig.get_names(self, "w", **{"n": 1})


@register_in_tasks_manager("bert", "fill-mask")
class SortedInPlaceNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        names.extend(n for n in ("position_ids",) if n not in names)
        names.sort(key=lambda n: (-len(n), n))
        return names

    @property
    def outputs(self):
        x = ["a", "b", "c", "d"]
        x[::2] = ["p", "q"]
        x[-1] += "!"
        return x


@register_in_tasks_manager("bert", "fill-mask", "question-answering")
class ConditionalReturnNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        return names if self.task != "question-answering" else [n for n in names if n != "attention_mask"]

    @property
    def outputs(self):
        common = super().outputs
        common += ["x"]
        return common


@register_in_tasks_manager("bert", "fill-mask")
class ConstructedFlagsNeuronConfig(Text):
    INPUT_ARGS = ("batch_size", "sequence_length")
    DUMMY_INPUT_GENERATOR_CLASSES = ()

    def __init__(self, config, task, input_shapes, **kw):
        super().__init__(config, task, input_shapes, **kw)
        self.is_big = config.hidden_size > 512
        self.use_types = getattr(config, "type_vocab_size", 0) > 1

    @property
    def inputs(self):
        n = super().inputs
        if self.use_types:
            n.insert(2, "token_type_ids")
        if self.is_big:
            n = n + ["big"]
        return n


@register_in_tasks_manager("bert", "fill-mask")
class CountedByFlagNeuronConfig(Text):
    @property
    def _n(self):
        return self._config.num_hidden_layers if self.output_hidden_states else 1

    @property
    def outputs(self):
        return [f"h{i}" for i in range(self._n)]


@register_in_tasks_manager("bert", "fill-mask")
class FlagsCombinedNeuronConfig(Text):
    @property
    def inputs(self):
        a = self.output_attentions
        b = not a
        c = a and self.output_hidden_states
        return [str(bool(a)), str(b)] + (["c"] if c else [])


@register_in_tasks_manager("bert", "fill-mask")
class ThroughHelperNeuronConfig(Text):
    def _get(self, name, default=None):
        return getattr(self._config, name, default)

    @property
    def inputs(self):
        return ["yes"] if self._get("is_decoder", True) else ["no"]

    @property
    def outputs(self):
        cfg = self._config
        size, layers = cfg.hidden_size, cfg.num_hidden_layers
        return [f"{size}x{layers}"] + [f"{i}" for i in range(0, layers, 6)]


@register_in_tasks_manager("bert", "fill-mask")
@mask
class DecoratedByFunctionNeuronConfig(Text):
    pass


@register_in_tasks_manager("bert", "fill-mask")
class PropertyByCallNeuronConfig(Text):
    def inputs_(self):
        return ["renamed"]

    inputs = property(inputs_)
    outputs = inputs


@register_in_tasks_manager("bert", "fill-mask")
class PlainAttributesNeuronConfig(Text):
    inputs = ["plain", "list"]
    outputs = ("o",)


@register_in_tasks_manager("bert", "fill-mask")
class CachedInputsNeuronConfig(Text):
    @functools.cached_property
    def inputs(self):
        return ["cached"]


@register_in_tasks_manager("bert", "fill-mask")
class CommentsNeuronConfig(Text):
    @property
    def inputs(self) -> list:
        names: list = [
            "a",  # comment
            "bc",
        ]
        names.append("d")
        return names


@register_in_tasks_manager("bert", "fill-mask")
class TableOfTruthNeuronConfig(Text):
    ATOL_FOR_VALIDATION = {t: 10**-i for i, t in enumerate(["fill-mask", "x"], 2)}

    @property
    def inputs(self):
        table = {True: ["t"], False: ["f"]}
        return table["mask" in self.task] + table[self.output_attentions]


@register_in_tasks_manager("bert", "fill-mask")
class NestedLoopsNeuronConfig(Text):
    @property
    def inputs(self):
        try:
            return ["try"]
        finally:
            self.x = 1

    @property
    def outputs(self):
        for i in range(3):
            for j in range(3):
                if i * j == 2:
                    break
            else:
                continue
            return [f"{i}{j}"]
        return []


@register_in_tasks_manager("bert", "fill-mask")
class OtherLayersNeuronConfig(Text):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig.with_args(num_layers="num_attention_heads")

    @property
    def inputs(self):
        return [f"l{i}" for i in range(self._normalized_config.num_layers)]


@register_in_tasks_manager("bert", "fill-mask")
class SharedWithClassNeuronConfig(Text):
    NAMES = []

    @property
    def inputs(self):
        self.NAMES.append("x")
        return self.NAMES

    @property
    def outputs(self):
        return [*self.inputs, *self.inputs]
