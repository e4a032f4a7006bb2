"""NC507 missing-axis."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile
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
        for config in file.classes:
            if not is_neuron_config(config) or not is_fully_known(config) or _makes_generators(config):
                continue
            missing: dict[tuple[str, str], list[str]] = {}
            for each in config.effective:
                for fault in _missing(file, each, catalog):
                    missing.setdefault(fault, []).append(each.task)
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


def _missing(file: ConfigFile, effective: EffectiveConfig, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Generators with the axes that they need and that nobody gives them."""
    generators, axes = told(effective.generators), told(effective.axes)
    if (
        effective.library != TRANSFORMERS
        or not isinstance(generators, tuple)
        or not isinstance(axes, Strings)
    ):
        return
    for name in generators:
        for axis in _required(file, name, catalog):
            if axis not in axes.values:
                yield name.rpartition(".")[2], axis


def _required(file: ConfigFile, name: str, catalog: Catalog) -> tuple[str, ...]:
    """The parameters that a generator can't be made without; empty if they can't be told."""
    generator = catalog.dummy_generators.get(name)
    if generator is not None:
        needed = tuple(each.name for each in generator.axes if each.required)
        return needed if generator.complete else ()
    found = [each for each in file.followed.classes if each.name == name]
    return _required_of_class(found[0]) if len(found) == 1 else ()


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
