"""What the reader says that a config class means, held against the class itself: imported, instantiated, asked.

``executed_configs.py`` does that in a process of its own. Each class is asked in the situation of the defaults, and in
one for every other variant that the reader tells: its ``when`` says how to bring it about, and is itself evaluated on
the instance. In each situation exactly one variant must apply, and have the value that the instance gives.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.search_path import Root
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.reading.effective import EffectiveConfig, Possible, Variant

pytestmark = pytest.mark.truth

EXECUTED = Path(__file__).with_name("executed_configs.py")
DATA = Path(__file__).parents[1] / "data"
MODEL_CONFIGS = "optimum/exporters/neuron/model_configs.py"

PROPERTIES = (
    "inputs",
    "outputs",
    "axes",
    "generators",
    "normalized_config",
    "tolerance",
    "exported_model_type",
    "wrapper",
    "values_override",
)

WRITTEN_DOWN = ("inputs", "outputs", "axes", "tolerance", "exported_model_type")
"""What ``idioms/expected.json`` holds, for tests that import nothing."""

HF_CONFIGS: dict[tuple[str, str], dict[str, Any]] = {
    ("sentence_transformers", "transformer"): {"model_type": "bert"},
    ("diffusers", "clip-text-model"): {"model_type": "clip_text_model"},
    ("diffusers", "clip-text-with-projection"): {"model_type": "clip_text_model"},
    ("diffusers", "clip-vision-with-projection"): {"model_type": "clip_vision_model"},
    ("diffusers", "unet"): {
        "attributes": {
            "in_channels": 4,
            "sample_size": 64,
            "cross_attention_dim": 768,
            "norm_num_groups": 32,
            "layers_per_block": 2,
            "addition_embed_type": None,
            "time_cond_proj_dim": None,
        }
    },
    ("diffusers", "controlnet"): {
        "attributes": {
            "in_channels": 4,
            "cross_attention_dim": 768,
            "norm_num_groups": 32,
            "addition_embed_type": None,
        }
    },
    ("diffusers", "pixart-transformer-2d"): {
        "attributes": {"in_channels": 4, "cross_attention_dim": 1152, "norm_num_groups": 32}
    },
    ("diffusers", "flux-transformer-2d"): {
        "attributes": {
            "in_channels": 64,
            "attention_head_dim": 128,
            "joint_attention_dim": 4096,
            "pooled_projection_dim": 768,
            "guidance_embeds": False,
        }
    },
    ("diffusers", "vae-encoder"): {"attributes": {"in_channels": 3, "latent_channels": 4}},
    ("diffusers", "vae-decoder"): {"attributes": {"in_channels": 3, "latent_channels": 4}},
}
"""Where a registered model type is none of transformers': what its models' configs are."""

AS_EXPORTED: dict[str, dict[str, Any]] = {
    "UNetNeuronConfig": {
        "is_sdxl": False,
        "with_controlnet": False,
        "with_ip_adapter": False,
        "image_encoder_output_hidden_states": False,
    },
    "FluxTransformerNeuronConfig": {"is_flux_kontext": False},
}
"""What optimum-neuron's ``exporters/neuron/utils.py`` sets on a config behind its constructor."""

OTHER_VALUES: dict[str, dict[str, Any]] = {
    "T5EncoderForTransformersNeuronConfig": {"num_decoder_layers": 2},
    "T5DecoderNeuronConfig": {"num_decoder_layers": 2},
}
"""Classes whose outputs are told for the default of a HF config's attribute only, and another value of it."""

NOT_BROUGHT_ABOUT: dict[tuple[str, str, str], str] = {
    (
        "DynamicNamesNeuronConfig",
        "inputs",
        "hasattr(self, 'no_names') and getattr(self, 'no_names', ('z',)) == ('z',)",
    ): "the request is JSON, which has no tuples",
}
"""(class, property, when) of variants that no situation here shows -> why."""


NOT_TOLD: dict[tuple[str, str], str] = {
    ("AbsentValuesNeuronConfig", "inputs"): "what a HF config has beyond its class is not known",
    ("TwiceNeuronConfig", "outputs"): "depends on whether a package is installed",
    ("MixinLastNeuronConfig", "outputs"): "goes past a base class by hand",
}
"""(class, property) whose value can't be told on some way through -> why."""

CANNOT_BE_IMPORTED = {"esm_with_mistakes.py": "registers an unknown task, which raises"}
"""Samples whose mistakes keep Python from importing them."""


@dataclass(frozen=True)
class Situation:
    """What is other than by default: attributes of the HF config by path, attributes of the instance."""

    config: dict[str, Any] = field(default_factory=dict)
    instance: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.config or ''}{self.instance or ''}" or "by default"


@dataclass
class Outcome:
    """What came of the comparison."""

    registered: list[tuple[str, str, str, str]]
    """(library, model type, task, class), as Python registered them."""
    compared: set[tuple[str, str, str, str]] = field(default_factory=set)
    """Of these, what was told and compared."""
    proven: set[tuple[str, str, str, str]] = field(default_factory=set)
    """(class, task, property, when) of variants that a situation showed to apply alone, with the real value."""
    told: set[tuple[str, str, str, str]] = field(default_factory=set)
    """All variants."""
    nothing_applies: set[tuple[str, str, str]] = field(default_factory=set)
    """(class, property, situation) in which no variant applied."""
    by_default: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Class -> task -> property -> what it gives in the situation of the defaults."""
    wrong: dict[str, list[Situation]] = field(default_factory=dict)
    """What differs, and in which situations."""

    @property
    def unproven(self) -> set[tuple[str, str, str, str]]:
        return self.told - self.proven

    def check(self) -> None:
        if self.wrong:
            differences = [
                f"{text}\n    in {len(situations)} situations, such as: {situations[0]}"
                for text, situations in self.wrong.items()
            ]
            pytest.fail(f"{len(self.wrong)} differ:\n" + "\n".join(differences), pytrace=False)


def executed(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Runs ``executed_configs.py``."""
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    path = os.pathsep.join(each for each in sys.path if each)
    run = subprocess.run(
        [sys.executable, EXECUTED, folder / "request.json", folder / "answer.json"],
        env={**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads((folder / "answer.json").read_text(encoding="utf-8"))


def compared(effective: Sequence[EffectiveConfig], request: dict[str, Any], folder: Path) -> Outcome:
    """Everything that is told, held against what a fresh process says of the same classes."""
    situations = [list(situations_of(each)) for each in effective]
    cases = [
        {
            "class": each.config.name,
            "task": each.task,
            "hf_config": HF_CONFIGS.get((each.library, each.model_type), {"model_type": each.hf_model_type}),
            "as_exported": AS_EXPORTED.get(each.config.name, {}),
            "situations": [{"config": one.config, "instance": one.instance} for one in of_it],
            "conditions": sorted(conditions_of(each) | assumptions_of(each)),
        }
        for each, of_it in zip(effective, situations)
    ]
    answer = executed({**request, "cases": cases, "names": sorted(names_in(effective))}, folder)
    outcome = Outcome([tuple(each) for each in answer["registered"]])
    for each, of_it, answers in zip(effective, situations, answer["cases"]):
        outcome.compared.add((each.library, each.model_type, each.task, each.config.name))
        outcome.by_default.setdefault(each.config.name, {})[each.task] = {
            name: shown(answers[0]["properties"][name]) for name in WRITTEN_DOWN
        }
        for situation, real in zip(of_it, answers):
            for name in PROPERTIES:
                compare(each, name, situation, real, answer["names"], outcome)
    return outcome


def compare(
    effective: EffectiveConfig,
    name: str,
    situation: Situation,
    real: dict[str, Any],
    names: dict[str, str],
    outcome: Outcome,
) -> None:
    possible: Possible[Any] = getattr(effective, name)
    found = real["properties"][name]
    outcomes = {when: result.get("value") for when, result in real["conditions"].items()}
    applying = [each for each in possible.variants if each.when is None or outcomes[each.when]]
    key = (effective.config.name, effective.task, name)
    outcome.told |= {(*key, each.when or "") for each in possible.variants}
    if not applying and all(any(not outcomes[term] for term in each.assumes) for each in possible.variants):
        outcome.nothing_applies.add((effective.config.name, name, str(situation)))
        return
    told: Any
    if len(applying) == 1 and applying[0].unknown is not None:
        if (key[0], name) in NOT_TOLD:
            outcome.proven.add((*key, applying[0].when or ""))
            return
        told = f"unknown: {applying[0].unknown}"
    elif len(applying) != 1:
        told = f"{len(applying)} apply of {[each.when for each in possible.variants]}"
    elif situation == Situation() and not applying[0].is_default:
        told = f"not by default: {applying[0].when}"
    elif (told := told_by(applying[0], name, names)) == shown(found):
        outcome.proven.add((*key, applying[0].when or ""))
        return
    text = f"{'  '.join(key)}\n    told: {told}\n    real: {found}"
    outcome.wrong.setdefault(text, []).append(situation)


def told_by(variant: Variant[Any], name: str, names: dict[str, str]) -> dict[str, Any]:
    value = variant.value
    if variant.raises is not None:
        return {"raises": variant.raises.partition(":")[0]}
    if name in ("inputs", "outputs", "axes"):
        value = list(value.values)
    elif name == "generators":
        value = [names[each] for each in value]
    elif name == "normalized_config" and value is not None:
        value = {"class": value.class_name, "attributes": value.attributes}
    elif name == "wrapper" and value is not None:
        value = names[value]
    return {"value": value}


def shown(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != "says"}


def names_in(effective: Sequence[EffectiveConfig]) -> set[str]:
    """Dotted names of generators and wrappers, which only an import can resolve."""
    values = [variant.value for each in effective for variant in each.generators.variants]
    wrappers = [variant.value for each in effective for variant in each.wrapper.variants]
    return {name for value in values for name in value or ()} | {name for name in wrappers if name}


def conditions_of(effective: EffectiveConfig) -> set[str]:
    return {
        variant.when
        for name in PROPERTIES
        for variant in getattr(effective, name).variants
        if variant.when is not None
    }


def assumptions_of(effective: EffectiveConfig) -> set[str]:
    return {
        term
        for name in PROPERTIES
        for variant in getattr(effective, name).variants
        for term in variant.assumes
    }


def situations_of(effective: EffectiveConfig) -> Iterator[Situation]:
    """That of the defaults, then one for each condition."""
    yield Situation()
    seen = [Situation()]
    use = effective.normalized_config.default
    attributes = (use.attributes if use is not None else None) or {}
    others = [Situation(OTHER_VALUES[effective.config.name])] if effective.config.name in OTHER_VALUES else []
    for situation in [
        *others,
        *(situation_in_which(condition, attributes) for condition in sorted(conditions_of(effective))),
    ]:
        if situation not in seen:
            seen.append(situation)
            yield situation


def situation_in_which(condition: str, attributes: dict[str, str]) -> Situation:
    """Brings a condition about, if each of its terms compares an attribute or asks for its truth."""
    situation = Situation()
    test = ast.parse(condition, mode="eval").body
    terms = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for term in terms:
        is_not = isinstance(term, ast.UnaryOp) and isinstance(term.op, ast.Not)
        bring_about(term.operand if is_not else term, not is_not, attributes, situation)
    return situation


def bring_about(test: ast.expr, wanted: bool, attributes: dict[str, str], situation: Situation) -> None:
    if isinstance(test, ast.Compare):
        if len(test.ops) > 1 or not is_constant(test.comparators[0]):
            return
        subject, value = test.left, value_for(test.ops[0], test.comparators[0], wanted)
    else:
        subject, value = test, wanted
    if isinstance(subject, ast.Call) and ast.unparse(subject.func) == "hasattr" and not wanted:
        return
    owner, name = owner_and_name(subject)
    if owner == "self":
        situation.instance[name] = value
    elif owner == "self._normalized_config":
        situation.config[attributes.get(name, name)] = value
    elif owner.startswith("self._config"):
        situation.config[f"{owner}.{name}".removeprefix("self._config.")] = value


def owner_and_name(subject: ast.expr) -> tuple[str, str]:
    if isinstance(subject, ast.Attribute):
        return ast.unparse(subject.value), subject.attr
    if isinstance(subject, ast.Call) and ast.unparse(subject.func) in ("getattr", "hasattr"):
        return ast.unparse(subject.args[0]), ast.literal_eval(subject.args[1])
    return "", ""


def is_constant(expression: ast.expr) -> bool:
    try:
        ast.literal_eval(expression)
    except ValueError:
        return False
    return True


def value_for(operator: ast.cmpop, compared_with: ast.expr, wanted: bool) -> Any:
    """A value for which the comparison is true, or false."""
    constant = ast.literal_eval(compared_with)
    if isinstance(operator, (ast.NotEq, ast.IsNot, ast.NotIn, ast.LtE, ast.GtE)):
        wanted = not wanted
    if isinstance(operator, (ast.Gt, ast.LtE)):
        return constant + 1 if wanted else constant
    if isinstance(operator, (ast.Lt, ast.GtE)):
        return constant - 1 if wanted else constant
    if isinstance(operator, (ast.In, ast.NotIn)):
        return next(iter(constant)) if wanted else "something else"
    return constant if wanted else another_than(constant)


def another_than(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return 4 if value is None else f"not {value}"


# optimum-neuron 0.4.5


@pytest.mark.parametrize("installed", [False, True], ids=["not installed", "installed"])
def test_optimum_neuron_means_what_it_gives(optimum_neuron: Path, installed: bool, tmp_path: Path) -> None:
    environment = Environment.own()
    if installed:
        root = Root(optimum_neuron, "the files of optimum-neuron")
        environment = replace(environment, search_path=(*environment.search_path, root))
    path = optimum_neuron / MODEL_CONFIGS
    file = read_config_file(path.read_text(encoding="utf-8"), Catalog(environment), path)
    outcome = compared(list(file.effective), {"how": "optimum-neuron", "root": str(optimum_neuron)}, tmp_path)
    outcome.check()
    assert len(outcome.compared) == 170
    assert outcome.compared == set(outcome.registered)
    assert {key for key in outcome.unproven if (key[0], *key[2:]) not in NOT_BROUGHT_ABOUT} == set()
    assert outcome.nothing_applies == {
        (class_, "outputs", str(Situation(values))) for class_, values in OTHER_VALUES.items()
    }
    proven = Counter(name for _, _, name, _ in outcome.proven)
    assert proven == {**dict.fromkeys(PROPERTIES, 170), "inputs": 200, "outputs": 184}


# ours


def test_our_own_model_classes_mean_what_they_give(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "neuron_core/configs/models.py"
    catalog = Catalog(Environment.own())
    file = read_config_file(path.read_text(encoding="utf-8"), catalog, path)
    outcome = compared(list(file.effective), {"how": "neuron_core"}, tmp_path)
    outcome.check()
    assert outcome.compared == set(outcome.registered)
    assert len(outcome.compared) >= 10
    assert outcome.unproven == set()


CAN_BE_IMPORTED = sorted(
    path
    for path in DATA.rglob("*.py")
    if "environment" not in path.parts and path.name not in CANNOT_BE_IMPORTED
)


@pytest.mark.parametrize("path", CAN_BE_IMPORTED, ids=lambda path: path.stem)
def test_a_file_means_what_python_says(path: Path, tmp_path: Path) -> None:
    catalog = Catalog(Environment.own())
    file = read_config_file(path.read_text(encoding="utf-8"), catalog, path)
    assert not file.faults
    outcome = compared(list(file.effective), {"how": "file", "path": str(path)}, tmp_path)
    outcome.check()
    assert outcome.compared >= set(outcome.registered)  # the first class of a task is kept
    if path.is_relative_to(DATA / "idioms"):
        written = json.loads((DATA / "idioms/expected.json").read_text(encoding="utf-8"))
        assert outcome.by_default == written[path.relative_to(DATA / "idioms").as_posix()]
    assert {key for key in outcome.unproven if (key[0], *key[2:]) not in NOT_BROUGHT_ABOUT} == set()
