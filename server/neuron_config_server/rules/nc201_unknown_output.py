"""NC201 unknown-output."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.literals import StringLiteral, Strings
from neuron_config_server.reading.readers import output_readers
from neuron_config_server.rules.finding import (
    Aspect,
    Edit,
    Finding,
    Fix,
    Intent,
    Rename,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.nearest import nearest
from neuron_config_server.rules.support.related_places import in_library
from neuron_config_server.rules.support.task_models import (
    is_written_in,
    outputs_of,
    sure_outputs,
    takes_outputs_from_forward,
)
from neuron_config_server.rules.support.wording import listed

_ESM = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    @property
    def outputs(self) -> list[str]:
        return {outputs}
"""


class UnknownOutput(Rule):
    """
    ## What it does
    Checks every name that a class writes in `outputs` against the fields of the output dataclass that the
    model of each registered task returns.

    ## Why is this bad?
    A model that returns a dataclass is validated by the names of its fields: one that isn't there fails.
    Where it returns a tuple the name is given to whatever tensor stands at its place.

    ## Example
    `EsmForMaskedLM` returns a `MaskedLMOutput`:
    ```python
    return ["logit"]
    ```
    Use instead:
    ```python
    return ["logits"]
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER`, overrides `values_override` or how the model is patched, when
    the class that `forward` returns isn't seen to be constructed in its source, for libraries other than
    transformers, and for names that are inherited (NC203).

    ## Fix safety
    A slip of the pen is replaced by the field that was meant. That is safe: every model of a class that has
    the name is known, returns that field, and has none of the name as it stands.
    """

    code = "NC201"
    name = "unknown-output"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_ESM.format(outputs='["logits"]'),)
    INVALID = (
        Invalid(_ESM.format(outputs='["logit"]'), at='"logit"', fixed=_ESM.format(outputs='["logits"]')),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[StringLiteral] = set()
        for config, unknown in file.judged(self.code, lambda config: _unknown(config, catalog)):
            for literal, judged in sorted(unknown.items(), key=lambda item: item[0].range.start):
                if literal not in told and is_written_in(file, config, literal):
                    told.add(literal)
                    yield self._finding(file, config, literal, judged, catalog)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        literal: StringLiteral,
        judged: dict[str, tuple[ModelOutputs, ...]],
        catalog: Catalog,
    ) -> Finding:
        models = list({each.model_class: each for found in judged.values() for each in found}.values())
        fields = set.intersection(*({field.name for field in each.fields} for each in models))
        meant = nearest(literal.value, fields - _beside(config, literal))
        classes = list(dict.fromkeys(each.output_class for each in models))
        forwards = f"`{models[0].model_class}.forward` returns" if len(models) == 1 else "the models return"
        have = "has" if len(classes) == 1 else "have"
        message = f'{forwards} {listed(classes)}, which {have} no field "{literal.value}"'
        intent = Intent((Rename(literal, meant, Aspect.OUTPUTS),))
        return self.finding(
            f'{message}; did you mean "{meant}"?' if meant else message,
            literal.range,
            class_name=config.name,
            tasks=tuple(judged),
            fix=Fix(f'Replace with "{meant}"', (Edit(literal.inner, meant),), intent=intent)
            if meant and _suits_all(file, literal, meant, catalog)
            else None,
            related=in_library(f"{models[0].output_class} is defined here", models[0].file, models[0].line),
        )


def _beside(config: ConfigClass, literal: StringLiteral) -> set[str]:
    """The names that stand in a list with it."""
    lists = (strings for each in config.effective for strings in _lists(each) if literal in strings.literals)
    return {each.value for strings in lists for each in strings.literals}


def _lists(effective: EffectiveConfig) -> Iterator[Strings]:
    return (each.value for each in effective.outputs.variants if each.value is not None)


def _suits_all(file: ConfigFile, literal: StringLiteral, meant: str, catalog: Catalog) -> bool:
    """Whether every model of a config that has the name returns the field meant, and none the name."""
    readers = output_readers(file, literal)
    found = [
        {field.name for field in model.fields} for reader in readers for model in outputs_of(reader, catalog)
    ]
    are_known = all(outputs_of(each, catalog) for each in readers)
    return are_known and all(meant in fields and literal.value not in fields for fields in found)


def _unknown(
    config: ConfigClass, catalog: Catalog
) -> dict[StringLiteral, dict[str, tuple[ModelOutputs, ...]]]:
    """Names that no model of a task has -> these tasks, and their models."""
    found: dict[StringLiteral, dict[str, tuple[ModelOutputs, ...]]] = {}
    for each in config.effective if takes_outputs_from_forward(config) else ():
        literals = {literal for strings in sure_outputs(each) for literal in strings.literals}
        models = outputs_of(each, catalog) if literals else ()
        for literal in literals:
            if _are_without(literal, models):
                found.setdefault(literal, {})[each.task] = models
    return found


def _are_without(literal: StringLiteral, models: tuple[ModelOutputs, ...]) -> bool:
    """Whether models are known, and none has a field of that name."""
    return bool(models) and all(field.name != literal.value for model in models for field in model.fields)
