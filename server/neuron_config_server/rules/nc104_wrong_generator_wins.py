"""NC104 wrong-generator-wins."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.task_models import (
    generators_of,
    place_of,
    sure_inputs,
    uses_its_generators,
)

_DECISIONS = """\
@register_in_tasks_manager("decision_transformer", "feature-extraction")
class DecisionTransformerNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    DUMMY_INPUT_GENERATOR_CLASSES = ({generators})

    @property
    def inputs(self) -> list[str]:
        return ["states", "actions", "returns_to_go", "timesteps", "attention_mask"]
"""
_GENERAL_FIRST = "DummyTimestepInputGenerator, DummyDecisionTransformerInputGenerator"
_SPECIFIC_FIRST = "DummyDecisionTransformerInputGenerator, DummyTimestepInputGenerator"


class WrongGeneratorWins(Rule):
    """
    ## What it does
    Finds inputs that a generator makes because their name starts with one that it knows, where a later one of
    `DUMMY_INPUT_GENERATOR_CLASSES` knows the very name.

    ## Why is this bad?
    Generators compare prefixes, and the first that answers makes the input: the one that was added for it is
    never asked, and the dummy input has another shape.

    ## Example
    `DummyTimestepInputGenerator` answers for everything that starts with `timestep`, `timesteps` too:
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTimestepInputGenerator, DummyDecisionTransformerInputGenerator)
    ```
    Use instead:
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyDecisionTransformerInputGenerator, DummyTimestepInputGenerator)
    ```

    ## When it is silent
    When the class overrides how generators are made, or `generate_dummy_inputs` without calling that of the
    base, when one of its generators isn't known, and when both know the very name.
    """

    code = "NC104"
    name = "wrong-generator-wins"
    severity = Severity.WARNING
    needs = (OPTIMUM,)

    VALID = (_DECISIONS.format(generators=_SPECIFIC_FIRST),)
    INVALID = (Invalid(_DECISIONS.format(generators=_GENERAL_FIRST), at="inputs"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, lambda config: _shadowed_of(config, catalog)):
            for (name, winner, meant), tasks in found.items():
                yield self._finding(config, name, winner, meant, tuple(tasks))

    def _finding(
        self, config: ConfigClass, name: str, winner: str, meant: str, tasks: tuple[str, ...]
    ) -> Finding:
        return self.finding(
            f'{winner} makes "{name}", as it starts with a name that it knows; put {meant}, which knows this '
            "one, before it",
            place_of(config, "inputs"),
            class_name=config.name,
            tasks=tasks,
        )


def _shadowed_of(config: ConfigClass, catalog: Catalog) -> dict[tuple[str, str, str], dict[str, None]]:
    """Input, the generator that makes it and the one that should -> the tasks."""
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for each in config.effective if uses_its_generators(config) else ():
        lists = sure_inputs(each)
        generators = generators_of(each, catalog) if lists else ()
        for name in dict.fromkeys(name for strings in lists for name in strings.values):
            winner, meant = _shadowed(name, generators)
            if winner:
                found.setdefault((name, winner, meant), {})[each.task] = None
    return found


def _shadowed(name: str, generators: tuple[DummyGenerator, ...]) -> tuple[str, str]:
    """The generator that makes an input by prefix alone, and the later one that knows its name."""
    for place, generator in enumerate(generators):
        if generator.supports(name) is not False:
            later = (each for each in generators[place + 1 :] if name in (each.supported_names or ()))
            meant = next(later, None)
            is_by_prefix = generator.supports(name) and name not in (generator.supported_names or ())
            return (generator.name, meant.name) if is_by_prefix and meant is not None else ("", "")
    return "", ""
