"""NC102 missing-required-input."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.rules.finding import Aspect, Change, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.additions import string_beside
from neuron_config_server.rules.support.related_places import forward_of
from neuron_config_server.rules.support.task_models import (
    are_all_sure,
    forwards_of,
    hands_inputs_to_forward,
    place_of,
    returns_what_stands_there,
    sure_inputs,
)
from neuron_config_server.rules.support.wording import listed

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

    ## Fix safety
    Safe: the parameter takes its place among the others, in the order of `forward`. It is offered where the
    list stands in the class as it is, where every class that has it and each of its tasks lacks the
    parameter, and where a generator of them makes such an input.
    """

    code = "NC102"
    name = "missing-required-input"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_BEIT.format(names='["pixel_values"]'), _BEIT.format(names="self.whatever"))
    INVALID = (
        Invalid(
            _BEIT.format(names='["bool_masked_pos"]'),
            at="inputs",
            fixed=_BEIT.format(names='["pixel_values", "bool_masked_pos"]'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, missing in file.judged(self.code, lambda config: _missing_of(config, catalog)):
            for name, forwards in missing.items():
                yield self._finding(file, config, name, forwards, catalog)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        name: str,
        forwards: dict[str, ForwardSignature],
        catalog: Catalog,
    ) -> Finding:
        first = next(iter(forwards.values()))
        classes = tuple(dict.fromkeys(each.model_class for each in forwards.values()))
        return self.finding(
            f"`forward` of {listed(classes)} needs `{name}`, which `inputs` doesn't name: calling it raises "
            "TypeError",
            place_of(config, "inputs"),
            class_name=config.name,
            tasks=tuple(forwards),
            fix=_addition(file, config, name, first, catalog),
            related=forward_of(first),
        )


def _missing_of(config: ConfigClass, catalog: Catalog) -> dict[str, dict[str, ForwardSignature]]:
    """Parameter that ``inputs`` doesn't name -> the tasks whose models need it, each with its ``forward``."""
    missing: dict[str, dict[str, ForwardSignature]] = {}
    for each in config.effective if hands_inputs_to_forward(config) else ():
        for name, forward in _missing(each, catalog):
            missing.setdefault(name, {})[each.task] = forward
    return missing


def _missing(effective: EffectiveConfig, catalog: Catalog) -> Iterator[tuple[str, ForwardSignature]]:
    """Parameters that every model of the task needs and that no way through ``inputs`` names."""
    if not are_all_sure(effective.inputs):
        return
    declared = {name for strings in sure_inputs(effective) for name in strings.values}
    forwards = forwards_of(effective, catalog)
    for parameter in forwards[0].parameters if forwards else ():
        name = parameter.name
        if not parameter.required or name in declared:
            continue
        if all(_needs(forward, name) for forward in forwards):
            yield name, forwards[0]


def _needs(forward: ForwardSignature, name: str) -> bool:
    return name not in forward.decorator_strings and any(
        parameter.name == name and parameter.required for parameter in forward.parameters
    )


def _addition(
    file: ConfigFile, config: ConfigClass, name: str, forward: ForwardSignature, catalog: Catalog
) -> Fix | None:
    """Name the parameter where it stands in ``forward``; None unless every reader of the list lacks it."""
    if not returns_what_stands_there(config, "inputs") or not config.effective:
        return None
    sharing = tuple(each for each in file.classes if each.owner("inputs") is config.value)
    if not all(_lacks_and_can_make(each, name, catalog) for each in sharing):
        return None
    declared = sure_inputs(config.effective[0])[0].literals
    order = [parameter.name for parameter in forward.parameters]
    before = [
        each for each in declared if each.value in order and order.index(each.value) < order.index(name)
    ]
    if not declared:
        return None
    edit = string_beside(file, before[-1] if before else declared[0], name, after=bool(before))
    names = frozenset(each.name for each in sharing)
    return Fix(f'Add "{name}"', (edit,), intent=Intent(changes=(Change(Aspect.INPUTS, names),)))


def _lacks_and_can_make(config: ConfigClass, name: str, catalog: Catalog) -> bool:
    """Whether the model of every task needs the input, and a generator of the class makes it."""
    missing = _missing_of(config, catalog).get(name, {})
    return all(each.task in missing and _is_made(each, name, catalog) for each in config.effective)


def _is_made(effective: EffectiveConfig, name: str, catalog: Catalog) -> bool:
    """Whether a generator that is known makes the input; there may be unknown ones beside it."""
    found = (catalog.dummy_generators.get(each) for each in effective.generators.only or ())
    return any(generator is not None and generator.supports(name) for generator in found)
