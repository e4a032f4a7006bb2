"""NC003 unresolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule

_ASPECTS = {
    "inputs": "`inputs`",
    "outputs": "`outputs`",
    "axes": "`INPUT_ARGS`",
    "generators": "`DUMMY_INPUT_GENERATOR_CLASSES`",
    "normalized_config": "`NORMALIZED_CONFIG_CLASS`",
    "tolerance": "`ATOL_FOR_VALIDATION`",
    "exported_model_type": "`MODEL_TYPE`",
    "wrapper": "`CUSTOM_MODEL_WRAPPER`",
    "values_override": "`values_override`",
}
_ESM = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return {inputs}
"""


class Unresolved(Rule):
    """
    ## What it does
    Says what of a config class the reader could not follow, and why: what other rules are silent about.

    ## Why is this bad?
    It is no fault. A rule that can't tell what a value is says nothing, and a clean result then means less
    than it seems to.

    ## Example
    ```python
    return names_from_somewhere_else(self)
    ```
    Use instead:
    ```python
    return ["input_ids", "attention_mask"]
    ```

    ## When it is silent
    Of classes that nothing registers.
    """

    code = "NC003"
    name = "unresolved"
    severity = Severity.INFO
    is_on_by_default = False

    VALID = (_ESM.format(inputs='["input_ids", "attention_mask"]'),)
    INVALID = (Invalid(_ESM.format(inputs="names_from_somewhere_else(self)"), at="EsmNeuronConfig"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for statement in file.unread:
            start = Position(statement.line, 0)
            line = file.text.split("\n")[statement.line]
            yield self.finding(
                f"this statement is not read: {statement.reason}",
                Range(start, Position(statement.line, len(line))),
            )
        for config, unfollowed in file.judged(self.code, _unfollowed):
            for message, registration, tasks in unfollowed:
                place = config.name_range if registration is None else registration.range
                yield self.finding(message, place, class_name=config.name, tasks=tasks)


_Unfollowed = tuple[str, Union[Registration, None], tuple[str, ...]]
"""What isn't followed; where, if it isn't the class itself; for which tasks."""


def _unfollowed(config: ConfigClass) -> list[_Unfollowed]:
    return [*_of_registrations(config), *_of_values(config)]


def _of_registrations(config: ConfigClass) -> Iterator[_Unfollowed]:
    for registration in config.registrations:
        reasons = [
            "its model type can't be told" if registration.model_type is None else None,
            "its library can't be told" if registration.library is None else None,
            f"its tasks can't all be told: {registration.tasks.unknown}"
            if registration.tasks.unknown
            else None,
        ]
        for reason in filter(None, reasons):
            yield f"the registration is not followed: {reason}", registration, ()


def _of_values(config: ConfigClass) -> Iterator[_Unfollowed]:
    for aspect, name in _ASPECTS.items():
        tasks_of: dict[str, list[str]] = {}
        for each in config.effective:
            possible = getattr(each, aspect)
            if possible.unknown is not None:
                tasks_of.setdefault(possible.unknown, []).append(each.task)
        for reason, tasks in tasks_of.items():
            yield f"{name} is not followed, and not checked: {reason}", None, tuple(dict.fromkeys(tasks))
