"""NC102 missing-required-input."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.rules.finding import Finding, Related, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.task_models import (
    are_all_sure,
    forwards_of,
    hands_inputs_to_forward,
    line_of,
    listed,
    place_of,
    sure_lists,
)

_BEIT = """\
@register_in_tasks_manager("beit", "feature-extraction")
class BeitNeuronConfig(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyVisionInputGenerator, DummyMaskedPosGenerator)

    @property
    def inputs(self) -> list[str]:
        return {names}
"""


class MissingRequiredInput(Rule):
    """
    ## What it does
    Finds parameters without a default, of the `forward` of the model that a registered task loads, that
    `inputs` doesn't name.

    ## Why is this bad?
    The exporter calls the model with the declared inputs and nothing else: `forward` raises a `TypeError`.

    ## Example
    `BeitModel.forward` can't do without `pixel_values`:
    ```python
    return ["bool_masked_pos"]
    ```
    Use instead:
    ```python
    return ["pixel_values", "bool_masked_pos"]
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER` or overrides how inputs reach the model, when `inputs` is
    computed in a way that can't be followed, when a decorator of `forward` names the parameter, and where a
    model asks for an input in its code only, after giving it a default.
    """

    code = "NC102"
    name = "missing-required-input"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_BEIT.format(names='["pixel_values"]'), _BEIT.format(names="self.whatever"))
    INVALID = (Invalid(_BEIT.format(names='["bool_masked_pos"]'), at="inputs"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config in file.classes:
            if not hands_inputs_to_forward(config):
                continue
            missing: dict[str, dict[str, ForwardSignature]] = {}
            for each in config.effective:
                for name, forward in _missing(each, catalog):
                    missing.setdefault(name, {})[each.task] = forward
            for name, forwards in missing.items():
                yield self._finding(config, name, forwards)

    def _finding(self, config: ConfigClass, name: str, forwards: dict[str, ForwardSignature]) -> Finding:
        first = next(iter(forwards.values()))
        classes = tuple(dict.fromkeys(each.model_class for each in forwards.values()))
        return self.finding(
            f"`forward` of {listed(classes)} needs `{name}`, which `inputs` doesn't name: calling it raises "
            "TypeError",
            place_of(config, "inputs"),
            class_name=config.name,
            tasks=tuple(forwards),
            related=(Related(f"`forward` of {first.model_class}", line_of(first.line), first.file),)
            if first.file.is_absolute()
            else (),
        )


def _missing(effective: EffectiveConfig, catalog: Catalog) -> Iterator[tuple[str, ForwardSignature]]:
    """Parameters that every model of the task needs and that no way through ``inputs`` names."""
    if not are_all_sure(effective.inputs):
        return
    declared = {name for strings in sure_lists(effective.inputs) for name in strings.values}
    forwards = forwards_of(effective, catalog)
    for parameter in forwards[0].parameters if forwards else ():
        name = parameter.name
        if name not in declared and all(_needs(forward, name) for forward in forwards):
            yield name, forwards[0]


def _needs(forward: ForwardSignature, name: str) -> bool:
    return name not in forward.decorator_strings and any(
        parameter.name == name and parameter.required for parameter in forward.parameters
    )
