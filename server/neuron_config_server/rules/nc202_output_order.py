"""NC202 output-order."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, Returned
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.literals import Part, Strings, Untold
from neuron_config_server.rules.finding import Aspect, Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.common_outputs_reference import is_on_neuron_core
from neuron_config_server.rules.support.related_places import in_library
from neuron_config_server.rules.support.reordering import reordered
from neuron_config_server.rules.support.task_models import (
    outputs_of,
    place_of,
    returns_what_stands_there,
    sure_outputs,
    takes_outputs_from_forward,
)
from neuron_config_server.rules.support.wording import quoted

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
_TITLE = "Put the outputs in the order of the dataclass"


class OutputOrder(Rule):
    """
    ## What it does
    Compares the order of `outputs` with that of the fields of the output dataclass.

    ## Why is this bad?
    An exported model returns a tuple, in the order of the dataclass. Names are given to its tensors by their
    places: in another order the values stand under wrong names, where they are validated and where they are
    used.

    ## Example
    ```python
    return ["pooler_output", "last_hidden_state"]
    ```
    Use instead:
    ```python
    return ["last_hidden_state", "pooler_output"]
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER`, overrides `values_override` or how the model is patched, when
    a declared name is no field, or one that the model leaves out (NC201, NC203), for libraries other than
    transformers, and when the base is imported from `neuron_core`, which takes each output by its name.

    ## Fix safety
    The names are put in the order of the dataclass. That is safe: it is offered where the class writes all of
    them and every task of the class wants that order.
    """

    code = "NC202"
    name = "output-order"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _ESM.format(names='["last_hidden_state", "pooler_output"]'),
        "from neuron_core.configs import TextEncoderNeuronConfig\n\n\n"
        + _ESM.format(names='["pooler_output", "last_hidden_state"]'),
    )
    INVALID = (
        Invalid(
            _ESM.format(names='["pooler_output", "last_hidden_state"]'),
            at="outputs",
            fixed=_ESM.format(names='["last_hidden_state", "pooler_output"]'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, lambda config: _misordered_of(config, catalog)):
            for parts, models in found.items():
                yield self._finding(file, config, parts, models)

    def _finding(
        self, file: ConfigFile, config: ConfigClass, parts: tuple[Part, ...], models: dict[str, ModelOutputs]
    ) -> Finding:
        model = next(iter(models.values()))
        names = [each.value for each in parts if not isinstance(each, Untold)]
        ordered = _ordered(names, model)
        is_all = len(models) == len({each.task for each in config.effective})
        return self.finding(
            f"{model.model_class} returns {quoted(ordered)} in this order: the names go to other tensors",
            place_of(config, "outputs"),
            class_name=config.name,
            tasks=tuple(models),
            fix=reordered(
                file, config, parts, ordered, Aspect.OUTPUTS, "Put the outputs in the order of the dataclass"
            )
            if is_all and returns_what_stands_there(config, "outputs")
            else None,
            related=in_library(f"the fields of {model.output_class}", model.file, model.line),
        )


def _misordered_of(config: ConfigClass, catalog: Catalog) -> dict[tuple[Part, ...], dict[str, ModelOutputs]]:
    """Outputs in another order than the model's -> the tasks, each with its model."""
    found: dict[tuple[Part, ...], dict[str, ModelOutputs]] = {}
    if takes_outputs_from_forward(config) and not is_on_neuron_core(config):
        for each in config.effective:
            for strings, model in _misordered(each, catalog):
                found.setdefault(strings.parts, {})[each.task] = model
    return found


def _misordered(effective: EffectiveConfig, catalog: Catalog) -> Iterator[tuple[Strings, ModelOutputs]]:
    lists = [strings for strings in sure_outputs(effective) if len(strings.values) > 1]
    models = outputs_of(effective, catalog) if lists else ()
    for strings in lists if len(models) == 1 else ():
        tensors = {
            field.name
            for field in models[0].fields
            if field.returned is not Returned.NO and field.nested is None
        }
        names = list(strings.values)
        if len(set(names)) == len(names) and tensors >= set(names) and _ordered(names, models[0]) != names:
            yield strings, models[0]


def _ordered(names: list[str], model: ModelOutputs) -> list[str]:
    places = {field.name: place for place, field in enumerate(model.fields)}
    return sorted(names, key=places.__getitem__)
