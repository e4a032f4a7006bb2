"""NC204 output-missing."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, Returned
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.common_outputs_reference import is_on_neuron_core
from neuron_config_server.rules.support.related_places import in_library
from neuron_config_server.rules.support.task_models import (
    outputs_of,
    place_of,
    sure_outputs,
    takes_outputs_from_forward,
)
from neuron_config_server.rules.support.wording import listed, quoted

_ESM = """\
@register_in_tasks_manager("esm", "feature-extraction")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    @property
    def outputs(self) -> list[str]:
        return {names}
"""


class OutputMissing(Rule):
    """
    ## What it does
    Finds tensors that the model of a registered task returns and `outputs` doesn't name.

    ## Why is this bad?
    The exported model returns them all, so that there are more tensors than names: the validation fails, and
    if the one left out isn't the last, the others are compared under wrong names.

    ## Example
    `EsmModel` returns the output of its pooler too:
    ```python
    return ["last_hidden_state"]
    ```
    Use instead:
    ```python
    return ["last_hidden_state", "pooler_output"]
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER`, overrides `values_override` or how the model is patched, when
    it isn't seen in the model's source that the field is a tensor, when a name is declared that isn't a field
    (NC201), for libraries other than transformers, and when the base is imported from `neuron_core`, which
    exports the declared outputs alone.
    """

    code = "NC204"
    name = "output-missing"
    severity = Severity.WARNING
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _ESM.format(names='["last_hidden_state", "pooler_output"]'),
        "from neuron_core.configs import TextEncoderNeuronConfig\n\n\n"
        + _ESM.format(names='["last_hidden_state"]'),
    )
    INVALID = (Invalid(_ESM.format(names='["last_hidden_state"]'), at="outputs"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, missing in file.judged(self.code, lambda config: _missing_of(config, catalog)):
            for names, models in missing.items():
                yield self._finding(config, names, models)

    def _finding(
        self, config: ConfigClass, names: tuple[str, ...], models: dict[str, ModelOutputs]
    ) -> Finding:
        first = next(iter(models.values()))
        classes = tuple(dict.fromkeys(each.model_class for each in models.values()))
        verb = "returns" if len(classes) == 1 else "return"
        return self.finding(
            f"{listed(classes)} {verb} {quoted(names)} too, which `outputs` doesn't name: there are more "
            "tensors than names",
            place_of(config, "outputs"),
            class_name=config.name,
            tasks=tuple(models),
            related=in_library(f"the fields of {first.output_class}", first.file, first.line),
        )


def _missing_of(config: ConfigClass, catalog: Catalog) -> dict[tuple[str, ...], dict[str, ModelOutputs]]:
    """Tensors that ``outputs`` doesn't name -> the tasks, each with its model."""
    missing: dict[tuple[str, ...], dict[str, ModelOutputs]] = {}
    if takes_outputs_from_forward(config) and not is_on_neuron_core(config):
        for each in config.effective:
            model, names = _missing(each, catalog)
            if model is not None:
                missing.setdefault(names, {})[each.task] = model
    return missing


def _missing(effective: EffectiveConfig, catalog: Catalog) -> tuple[ModelOutputs | None, tuple[str, ...]]:
    """The model of the task that returns tensors which no way through ``outputs`` names, and these."""
    models = outputs_of(effective, catalog) if sure_outputs(effective) else ()
    if len(models) != 1:
        return None, ()
    (model,) = models
    declared = {name for strings in sure_outputs(effective) for name in strings.values}
    if not declared <= {field.name for field in model.fields}:
        return None, ()
    names = tuple(
        field.name for field in model.fields if field.returned is Returned.YES and field.name not in declared
    )
    return (model, names) if names else (None, ())
