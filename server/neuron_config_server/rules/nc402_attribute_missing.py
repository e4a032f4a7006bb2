"""NC402 attribute-missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.generators.choice import generator_for, is_decided
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.catalog.generators.needs import Need, Phase
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, NormalizedConfigUse
from neuron_config_server.reading.literals import Strings
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Finding, Related, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.generators_of import (
    Read,
    generators_of,
    hf_config_of,
    makes_inputs_as_usual,
    only_default,
    read_of,
)
from neuron_config_server.rules.support.nearest import nearest

_GPT2 = """\
@register_in_tasks_manager("{model_type}", "feature-extraction")
class ANeuronConfig(TextEncoderNeuronConfig):
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)
    NORMALIZED_CONFIG_CLASS = {normalized}

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""


@dataclass(frozen=True)
class _Missing:
    """What a generator reads and the HF config lacks."""

    name: str
    read: Read
    generator: DummyGenerator
    normalized: str


class AttributeMissing(Rule):
    """
    ## What it does
    Checks what the dummy input generators of a config read of the normalized config against the attributes
    that the model's own config has, by name, by `attribute_map` and by path.

    ## Why is this bad?
    The export ends with an `AttributeError` when the dummy inputs are made.

    ## Example
    GPT-2's config has a `vocab_size`, and no `vocabulary_size`:
    ```python
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig.with_args(vocab_size="vocabulary_size")
    ```
    Use instead:
    ```python
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    ```

    ## When it is silent
    When a generator, the normalized config or the model's config isn't known in full, when a generator reads
    the attribute for some inputs only, and when the class makes its inputs in a way of its own.
    """

    code = "NC402"
    name = "attribute-missing"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_GPT2.format(model_type="gpt2", normalized="NormalizedTextConfig"),)
    INVALID = (
        Invalid(
            _GPT2.format(
                model_type="gpt2",
                normalized='NormalizedTextConfig.with_args(vocab_size="vocabulary_size")',
            ),
            at="ANeuronConfig",
        ),
        Invalid(_GPT2.format(model_type="vit", normalized="NormalizedTextConfig"), at="ANeuronConfig"),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, lambda config: _missing_of(file, config, catalog)):
            for missing, tasks in found.values():
                yield self._finding(config, missing, tasks)

    def _finding(self, config: ConfigClass, missing: _Missing, tasks: list[str]) -> Finding:
        read = missing.read
        meant = nearest(read.path.rpartition(".")[2], [each.name for each in read.owner.attributes])
        advice = f", did you mean `{meant}`?" if meant else ""
        through = f" (`{missing.name}` of {missing.normalized})" if read.path != missing.name else ""
        here = Range(Position(read.owner.line - 1, 0), Position(read.owner.line - 1, 0))
        return self.finding(
            f"{missing.generator.name} reads `{read.path}`{through}, "
            f"which {read.owner.name} doesn't have{advice}",
            config.name_range,
            class_name=config.name,
            tasks=tuple(dict.fromkeys(tasks)),
            related=(Related(f"{read.owner.name} is defined here", here, read.owner.file),),
        )


def _missing_of(
    file: ConfigFile, config: ConfigClass, catalog: Catalog
) -> dict[tuple[str, str], tuple[_Missing, list[str]]]:
    """Name and owner of what is missing -> that, and the tasks."""
    found: dict[tuple[str, str], tuple[_Missing, list[str]]] = {}
    for effective in config.effective if makes_inputs_as_usual(config) else ():
        for missing in _missing(file, effective, catalog):
            key = (missing.name, missing.read.owner.name)
            found.setdefault(key, (missing, []))[1].append(effective.task)
    return found


def _missing(file: ConfigFile, effective: EffectiveConfig, catalog: Catalog) -> Iterator[_Missing]:
    hf_config = hf_config_of(effective, catalog)
    normalized = only_default(effective.normalized_config)
    generators = generators_of(effective, catalog)
    if hf_config is None or not isinstance(normalized, NormalizedConfigUse) or not generators:
        return
    if normalized.attributes is None:
        return
    asked = _asked(effective, generators)
    for generator in generators:
        for read in generator.reads:
            runs = read.phase is Phase.INIT or generator in asked
            if read.need is not Need.REQUIRED or not runs or "." in read.path or read.path.isupper():
                continue
            found = read_of(file, hf_config, normalized.attributes, read.path)
            if found is not None and found.attribute is None:
                yield _Missing(read.path, found, generator, normalized.class_name)


def _asked(effective: EffectiveConfig, generators: tuple[DummyGenerator, ...]) -> list[DummyGenerator]:
    """The generators that make one of the inputs, as far as that can be told."""
    inputs = only_default(effective.inputs)
    names = inputs.values if isinstance(inputs, Strings) else ()
    found = (generator_for(name, generators) for name in names if is_decided(name, generators))
    return [each for each in found if each is not None]
