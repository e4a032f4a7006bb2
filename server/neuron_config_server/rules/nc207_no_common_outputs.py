"""NC207 no-common-outputs."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import BaseClass
from neuron_config_server.rules.finding import Finding, Related, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.wording import listed

_TABLE = "_TASK_TO_COMMON_OUTPUTS"
_BERT = """\
@register_in_tasks_manager("bert", {tasks})
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask", "token_type_ids"]
"""


class NoCommonOutputs(Rule):
    """
    ## What it does
    Finds registered tasks that the base class knows no outputs for, of classes that don't define `outputs`.

    ## Why is this bad?
    `outputs` looks the task up in a table of common outputs. A task that isn't there raises an exception as
    soon as the export asks for the names.

    ## Example
    ```python
    @register_in_tasks_manager("bert", "sentence-similarity")
    class BertNeuronConfig(TextEncoderNeuronConfig): ...
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("bert", "sentence-similarity")
    class BertNeuronConfig(TextEncoderNeuronConfig):
        @property
        def outputs(self) -> list[str]:
            return ["last_hidden_state"]
    ```

    ## When it is silent
    When a class defines `outputs` or has a `_TASK_TO_COMMON_OUTPUTS` of its own, when a base class isn't
    known, and for a task that is none (NC301).
    """

    code = "NC207"
    name = "no-common-outputs"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (
        _BERT.format(tasks='"fill-mask"'),
        _BERT.format(tasks='"sentence-similarity"') + "\n    @property\n    def outputs(self) -> list[str]:\n"
        '        return ["last_hidden_state", "pooler_output"]\n',
    )
    INVALID = (Invalid(_BERT.format(tasks='"sentence-similarity"'), at="BertNeuronConfig"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, lacking in file.judged(self.code, lambda config: _lacking(config, catalog)):
            yield self._finding(file, config, lacking)

    def _finding(self, file: ConfigFile, config: ConfigClass, lacking: list[EffectiveConfig]) -> Finding:
        tasks = tuple(dict.fromkeys(each.task for each in lacking))
        literals = dict.fromkeys(each.task_literal for each in lacking if each.task_literal is not None)
        return self.finding(
            f"{listed(tasks)} has no common outputs: `outputs` raises an exception; define `outputs` in "
            f"{config.name}",
            config.name_range,
            class_name=config.name,
            tasks=tasks,
            related=tuple(
                Related("it is registered here", each.range) for each in literals if file.holds(each)
            ),
        )


def _lacking(config: ConfigClass, catalog: Catalog) -> list[EffectiveConfig]:
    return [each for each in config.effective if _has_no_outputs(each, catalog)]


def _has_no_outputs(effective: EffectiveConfig, catalog: Catalog) -> bool:
    owner = effective.owner("outputs")
    if catalog.tasks is None or effective.task not in catalog.tasks.names or not isinstance(owner, BaseClass):
        return False
    known = owner.facts.common_outputs
    variants = effective.outputs.variants
    return (
        known is not None
        and effective.task not in known
        and not effective.config.sets(_TABLE)
        and bool(variants)
        and all(each.raises is not None for each in variants)
    )
