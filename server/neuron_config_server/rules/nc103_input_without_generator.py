"""NC103 input-without-generator."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.literals import Part, StringLiteral, Untold
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.task_models import (
    generators_of,
    is_written_in,
    listed,
    sure_lists,
    uses_its_generators,
)

_BERT = """\
@register_in_tasks_manager("bert", "feature-extraction")
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    CUSTOM_MODEL_WRAPPER = BertWithBoxes
    DUMMY_INPUT_GENERATOR_CLASSES = {generators}

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "bbox"]
"""


class InputWithoutGenerator(Rule):
    """
    ## What it does
    Checks that one of `DUMMY_INPUT_GENERATOR_CLASSES` answers for each declared input, by the prefixes that
    generators match by.

    ## Why is this bad?
    The export traces the model with dummy inputs. Where no generator makes one it stops with a
    `RuntimeError`.

    ## Example
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)


    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "bbox"]
    ```
    Use instead:
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator, DummyBboxInputGenerator)
    ```

    ## When it is silent
    When the class overrides how generators are made, or `generate_dummy_inputs` without calling that of the
    base, and when one of its generators isn't one of optimum's and optimum-neuron's that the environment has.
    """

    code = "NC103"
    name = "input-without-generator"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (
        _BERT.format(generators="(DummyTextInputGenerator, DummyBboxInputGenerator)"),
        _BERT.format(generators="(DummyTextInputGenerator, MyInputGenerator)"),
    )
    INVALID = (Invalid(_BERT.format(generators="(DummyTextInputGenerator,)"), at='"bbox"'),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[Part] = set()
        for config in file.classes:
            if not uses_its_generators(config):
                continue
            lacking: dict[Part, dict[str, tuple[DummyGenerator, ...]]] = {}
            for each in config.effective:
                for part, generators in _lacking(each, catalog):
                    lacking.setdefault(part, {})[each.task] = generators
            for part, tasks in lacking.items():
                is_here = is_written_in(file, config, part)
                if part not in told or not is_here:
                    yield self._finding(config, part, tasks, is_here, catalog)
                told.add(part)

    def _finding(
        self,
        config: ConfigClass,
        part: Part,
        tasks: dict[str, tuple[DummyGenerator, ...]],
        is_here: bool,
        catalog: Catalog,
    ) -> Finding:
        name = "" if isinstance(part, Untold) else part.value
        generators = next(iter(tasks.values()))
        makers = sorted(
            {each.name for each in catalog.dummy_generators.values() if name in (each.supported_names or ())}
        )
        way_out = f"; {makers[0]} makes it" if len(makers) == 1 else ""
        asked = listed(tuple(dict.fromkeys(each.name for each in generators)))
        return self.finding(
            f'{asked} {"makes" if len(generators) == 1 else "make"} no "{name}": the export raises '
            f"RuntimeError{way_out}",
            part.range if is_here and isinstance(part, StringLiteral) else config.name_range,
            class_name=config.name,
            tasks=tuple(tasks),
        )


def _lacking(
    effective: EffectiveConfig, catalog: Catalog
) -> Iterator[tuple[Part, tuple[DummyGenerator, ...]]]:
    """Declared inputs that surely none of the generators makes."""
    lists = sure_lists(effective.inputs)
    generators = generators_of(effective, catalog) if lists else ()
    for part in dict.fromkeys(part for strings in lists for part in strings.parts) if generators else ():
        if not isinstance(part, Untold) and all(each.supports(part.value) is False for each in generators):
            yield part, generators
