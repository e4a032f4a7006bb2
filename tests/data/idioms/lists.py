"""Lists and strings, as configs build their names of them."""

from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils import NormalizedTextConfig

THREE = ["input_ids", "attention_mask", "token_type_ids"]


class Text(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return list(THREE)


@register_in_tasks_manager("bert", "fill-mask")
class SlicesNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        return names[:1] + names[-1:] + names[1:-1] + names[::2]

    @property
    def outputs(self):
        return THREE[::-1][:2]


@register_in_tasks_manager("bert", "fill-mask")
class MethodsNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        names.append("position_ids")
        names.extend(["head_mask", "inputs_embeds"])
        names.insert(1, "global_attention_mask")
        names.remove("token_type_ids")
        last = names.pop()
        first = names.pop(0)
        names.reverse()
        return [first, *names, last]

    @property
    def outputs(self):
        names = ["c", "a", "b", "a"]
        names.sort(reverse=True)
        names.insert(-1, f"{names.count('a')}{names.index('b')}")
        copied = names.copy()
        names.clear()
        return copied + names


@register_in_tasks_manager("bert", "fill-mask")
class AliasesNeuronConfig(Text):
    @property
    def inputs(self):
        one = other = ["input_ids"]
        one += ["attention_mask"]
        one = one + ["lost"]
        other.append("token_type_ids")
        return other

    @property
    def outputs(self):
        def add(names, more=("b",)):
            names += more
            names = [*names, "lost"]
            return names

        found = ["a"]
        add(found)
        add(found, more=["c"])
        return found


@register_in_tasks_manager("bert", "fill-mask")
class StarredNeuronConfig(Text):
    @property
    def inputs(self):
        first, *rest = super().inputs
        *start, last = rest
        (a, b), c = ("x", "y"), "z"
        return [*rest, first, *(last, a), *start, b, c]

    @property
    def outputs(self):
        a, b = "a", "b"
        a, b = b, a
        return [a, b]


@register_in_tasks_manager("bert", "fill-mask")
class ItemsNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        names[0] = "pixel_values"
        names[1:2] = ["a", "b"]
        del names[-1]
        names[len(names):] = ["c"]
        return names

    @property
    def outputs(self):
        names = ["x"] * 2 + list("ab")
        del names[:1]
        return names


@register_in_tasks_manager("bert", "fill-mask")
class SortedNeuronConfig(Text):
    @property
    def inputs(self):
        return sorted(THREE, key=len, reverse=True) + list(reversed(THREE)) + sorted({"b", "a"})

    @property
    def outputs(self):
        unique = dict.fromkeys(["b", "a", "b"])
        return [*unique, max(THREE, key=len), min(THREE), f"{sum([1, 2])}{len(THREE)}{max(2, 3)}"]


@register_in_tasks_manager("bert", "fill-mask")
class ComprehensionsNeuronConfig(Text):
    @property
    def inputs(self):
        return [name for name in super().inputs if name != "token_type_ids" if "_" in name]

    @property
    def outputs(self):
        return [f"{kind}.{i}" for i in range(3) if i % 2 == 0 for kind in ("key", "value")]


@register_in_tasks_manager("bert", "fill-mask")
class OtherComprehensionsNeuronConfig(Text):
    @property
    def inputs(self):
        by_length = {len(name): name for name in THREE}
        return [by_length[size] for size in sorted({len(name) for name in THREE})]

    @property
    def outputs(self):
        pairs = list((a, b) for a in "ab" for b in range(2))
        return [a + str(b) for a, b in pairs] + [x for pair in [["p"], ["q", "r"]] for x in pair]


@register_in_tasks_manager("bert", "fill-mask")
class ZippedNeuronConfig(Text):
    @property
    def inputs(self):
        return [f"{i}{name}{letter}" for i, (name, letter) in enumerate(zip(THREE, "ab"), start=1)]

    @property
    def outputs(self):
        mapped = list(map(str.upper, ["a", "b"]))
        kept = list(filter(None, ["", "c"]))
        return mapped + kept + list(filter(lambda name: name.endswith("mask"), THREE))


@register_in_tasks_manager("bert", "fill-mask")
class AnyAllNeuronConfig(Text):
    @property
    def inputs(self):
        names = super().inputs
        if any(name.startswith("token") for name in names) and all("_" in name for name in names):
            names = names[:2]
        return names

    @property
    def outputs(self):
        return ["some"] if all([]) and not any(()) else ["none"]


@register_in_tasks_manager("bert", "fill-mask")
class StringsNeuronConfig(Text):
    @property
    def inputs(self):
        return "input_ids,attention_mask".split(",") + ["token_ids".replace("ids", "type_ids")]

    @property
    def outputs(self):
        stem = "  Last_Hidden ".strip().lower().removesuffix("_hidden")
        return [
            "_".join([stem, "state"]),
            "pooler{}".format("_output"),
            "%s_%d" % ("logits", 1),
            "a.b.c".partition(".")[2],
            "a.b.c".rpartition(".")[0].upper(),
            "a b".title().swapcase(),
            "x" * 3 + "7".zfill(2),
            "abc"[-1] + "abc"[::-1],
        ]


@register_in_tasks_manager("bert", "fill-mask")
class FormatsNeuronConfig(Text):
    @property
    def inputs(self):
        width, name = 4, "past"
        return [f"{name!r}", f"{3:02d}", f"{name:>6}", f"{7:0{width}d}", f"{0.5:.2f}", f"{name}{{}}", f"{width=}"]

    @property
    def outputs(self):
        return ["{:03d}.{key}".format(2, key="key"), "{0}-{1}-{0}".format("a", "b"), "a" "b" f"{1 + 1}"]


@register_in_tasks_manager("bert", "fill-mask")
class LoopsNeuronConfig(Text):
    @property
    def inputs(self):
        names, i = [], 0
        while True:
            i += 1
            if i == 2:
                continue
            names.append(f"input_{i}")
            if i >= 4:
                break
        else:
            names.append("never")
        return names

    @property
    def outputs(self):
        names = []
        for name in THREE:
            if name.startswith("z"):
                break
            names.append(name[0])
        else:
            names.append("end")
        while len(names) > 2:
            names.pop(0)
        else:
            names.append("fell through")
        return names


@register_in_tasks_manager("bert", "fill-mask")
class OperatorsNeuronConfig(Text):
    @property
    def inputs(self):
        chosen = None or "" or "input_ids"
        other = chosen and "attention_mask"
        if (n := len(THREE)) > 2 and 1 < n <= 3 and not n == 4:
            return [chosen, other, f"{n // 2}{n % 2}{2 ** n}{-n}{n / 2}"]
        return []

    @property
    def outputs(self):
        return ["a"] + (["b"] if "a" in ["a"] else ["c"] if "b" not in "abc" else []) + [*("d",)]


@register_in_tasks_manager("bert", "fill-mask")
class DictionariesNeuronConfig(Text):
    @property
    def inputs(self):
        table = {"a": 1, **{"b": 2}}
        table.update(c=3)
        table.setdefault("d", 4)
        table.pop("a")
        table["e"] = table.get("x", 0)
        del table["b"]
        return [f"{key}{value}" for key, value in table.items()] + list(table.keys())

    @property
    def outputs(self):
        merged = {"a": "x"} | dict([("b", "y")]) | dict(zip(["c"], ["z"]))
        return list(merged.values()) + (["yes"] if "a" in merged else [])


@register_in_tasks_manager("bert", "fill-mask")
class SetsNeuronConfig(Text):
    @property
    def inputs(self):
        wanted = set(THREE) - {"token_type_ids"}
        wanted |= {"position_ids"}
        wanted.add("a")
        wanted.discard("nothing")
        return [name for name in [*THREE, "position_ids", "a"] if name in wanted]

    @property
    def outputs(self):
        return sorted({"a", "b"} & {"b", "c"} | frozenset(["d"])) + sorted(set("ab").union("c"))


@register_in_tasks_manager("bert", "fill-mask")
class TuplesNeuronConfig(Text):
    @property
    def inputs(self):
        names = ("input_ids",)
        names += ("attention_mask",)
        return names + tuple(["token_type_ids"])

    @property
    def outputs(self):
        names = ["a"]
        kept = tuple(names)
        names.append("b")
        return [*kept, str(kept == ("a",)), str(names < ["b"])]
