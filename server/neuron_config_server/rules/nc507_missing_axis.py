"""NC507 missing-axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import BaseClass, ClassValue
from neuron_config_server.reading.literals import Strings
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import assignment, is_fully_known, is_neuron_config, method
from neuron_config_server.rules.support.told_values import told

_CREATE = "_create_dummy_input_generator_classes"
_GIVEN = frozenset({"task", "normalized_config"})
"""What every generator is made with, beside the axes."""
_ESM = """\
class DummyResidueInputGenerator(DummyTextInputGenerator):
    SUPPORTED_INPUT_NAMES = ("input_ids", "attention_mask")

    def __init__(self, task, normalized_config, batch_size, sequence_length, **kwargs):
        super().__init__(task, normalized_config, batch_size, sequence_length)


@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyResidueInputGenerator,)
    INPUT_ARGS = {axes}

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


@dataclass(frozen=True)
class _Use:
    """A generator that is made for a task."""

    task: str
    name: str
    axes: tuple[str, ...]
    """What it is given."""
    lacks: tuple[str, ...] | None
    """The axes that it needs beside them; None of one that the file itself defines."""


class MissingAxis(Rule):
    """
    ## What it does
    Checks that `INPUT_ARGS` asks for every axis that a dummy input generator can't be made without.

    ## Why is this bad?
    The exporter gives the generators the axes of `INPUT_ARGS` and no others. A parameter without default
    that is not among them raises a `TypeError`.

    ## Example
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyMaskedPosGenerator,)  # needs batch_size
    INPUT_ARGS = ()
    ```
    Use instead:
    ```python
    INPUT_ARGS = ("batch_size",)
    ```

    ## When it is silent
    When the class makes its generators itself, when a generator or `INPUT_ARGS` can't be told, and of
    libraries other than transformers.
    """

    code = "NC507"
    name = "missing-axis"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(axes='("batch_size", "sequence_length")'),
        _ESM.format(axes='AXES + ("batch_size",)'),
    )
    INVALID = (Invalid(_ESM.format(axes='("batch_size",)'), at="INPUT_ARGS"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, uses in file.judged(self.code, lambda config: _uses(config, catalog)):
            missing: dict[tuple[str, str], list[str]] = {}
            for each in uses:
                for axis in _missing(file, each):
                    missing.setdefault((each.name.rpartition(".")[2], axis), []).append(each.task)
            for (generator, axis), tasks in missing.items():
                yield self._finding(config, generator, axis, tuple(dict.fromkeys(tasks)))

    def _finding(self, config: ConfigClass, generator: str, axis: str, tasks: tuple[str, ...]) -> Finding:
        found = (assignment(config.value, each) for each in ("INPUT_ARGS", "DUMMY_INPUT_GENERATOR_CLASSES"))
        assigned = next((each for each in found if each is not None), None)
        return self.finding(
            f"`{generator}` can't be made without `{axis}`, which `INPUT_ARGS` does not ask for: it raises "
            "TypeError",
            assigned.range if assigned is not None else config.name_range,
            class_name=config.name,
            tasks=tasks,
        )


def _makes_generators(config: ConfigClass) -> bool:
    """Whether something else than the common base makes the generators, or says what they are made with."""
    base = next(each for each in config.order if isinstance(each, BaseClass))
    creator = base.facts.members.get(_CREATE)
    return (
        config.overrides(_CREATE)
        or config.overrides("generate_dummy_inputs")
        or config.sets("mandatory_axes")
        or (creator is not None and creator.owner != "NeuronDefaultConfig")
    )


def _uses(config: ConfigClass, catalog: Catalog) -> list[_Use]:
    """The generators that lack axes, or may: what one of the file itself needs isn't the class's to tell."""
    if not is_neuron_config(config) or not is_fully_known(config) or _makes_generators(config):
        return []
    return [
        use for each in config.effective for use in _uses_for(each, catalog) if use.lacks is None or use.lacks
    ]


def _uses_for(effective: EffectiveConfig, catalog: Catalog) -> Iterator[_Use]:
    generators, axes = told(effective.generators), told(effective.axes)
    if (
        effective.library != TRANSFORMERS
        or not isinstance(generators, tuple)
        or not isinstance(axes, Strings)
    ):
        return
    for name in generators:
        generator = catalog.dummy_generators.get(name)
        needed = [each.name for each in generator.axes if each.required] if generator is not None else []
        lacks = tuple(each for each in needed if each not in axes.values)
        if generator is None and "." not in name:
            yield _Use(effective.task, name, axes.values, None)
        elif generator is not None and generator.complete:
            yield _Use(effective.task, name, axes.values, lacks)


def _missing(file: ConfigFile, use: _Use) -> tuple[str, ...]:
    """The axes that a generator needs and that nobody gives it; none if they can't be told."""
    if use.lacks is not None:
        return use.lacks
    found = [each for each in file.followed.classes if each.name == use.name]
    needed = _required_of_class(found[0]) if len(found) == 1 else ()
    return tuple(each for each in needed if each not in use.axes)


def _required_of_class(class_: ClassValue) -> tuple[str, ...]:
    init = method(class_, "__init__")
    if init is None or init.decorators:
        return ()
    return tuple(
        each.name
        for each in init.parameters[1:]
        if each.default is None and each.kind in ("positional", "keyword") and each.name not in _GIVEN
    )[max(0, _unnamed(init)) :]


def _unnamed(init: syntax.Function) -> int:
    """How many of what every generator is given go to parameters of other names: they come first."""
    first = [each.name for each in init.parameters[1:3] if each.kind != "*"]
    return sum(name not in _GIVEN for name in first)
