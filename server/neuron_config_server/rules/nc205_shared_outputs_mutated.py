"""NC205 shared-outputs-mutated."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import ClassValue
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Range
from neuron_config_server.reading.syntax import nodes_in
from neuron_config_server.rules.finding import Edit, Finding, Fix, Intent, Related, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.common_outputs_reference import Mutation, mutations

_ESM = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig


@register_in_tasks_manager("esm", "token-classification")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    @property
    def outputs(self) -> list[str]:
        common_outputs = {outputs}
        if self.output_hidden_states:
            common_outputs.append("hidden_states")
        return common_outputs
"""


class SharedOutputsMutated(Rule):
    """
    ## What it does
    Finds `outputs` that append to, extend or otherwise change the list that `super().outputs` or
    `_TASK_TO_COMMON_OUTPUTS` hands out.

    ## Why is this bad?
    optimum-neuron hands out the list of its table itself, not a copy. Whoever changes it changes the table:
    every config of that task has the additional output from then on, and the config itself has it once more
    each time that it is asked.

    ## Example
    ```python
    common_outputs = super().outputs
    common_outputs.append("hidden_states")
    ```
    Use instead:
    ```python
    common_outputs = list(super().outputs)
    common_outputs.append("hidden_states")
    ```

    ## When it is silent
    When the base isn't imported from `optimum.exporters.neuron` (the bases of `neuron_core` hand out
    copies), when a class has a `_TASK_TO_COMMON_OUTPUTS` of its own, when a parent's `outputs` returns a new
    list, and for tasks that the changing line isn't reached for.

    ## Fix safety
    The list is copied where it is taken. That is safe: what the config declares when it is first asked stays.
    """

    code = "NC205"
    name = "shared-outputs-mutated"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(outputs="list(super().outputs)"),
        _ESM.format(outputs="super().outputs").replace(
            "optimum.exporters.neuron.config", "neuron_core.configs"
        ),
    )
    INVALID = (
        Invalid(
            _ESM.format(outputs="super().outputs"),
            at='common_outputs.append("hidden_states")',
            fixed=_ESM.format(outputs="list(super().outputs)"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        tasks: dict[int, dict[str, None]] = {}
        every: dict[int, Mutation] = {}
        for _, found in file.judged(self.code, _mutations):
            for mutation, task in found:
                if mutation.owner.module.path == file.path:
                    every.setdefault(id(mutation.node), mutation)
                    tasks.setdefault(id(mutation.node), {})[task] = None
        for identity, mutation in every.items():
            yield self._finding(mutation, tuple(tasks[identity]))

    def _finding(self, mutation: Mutation, tasks: tuple[str, ...]) -> Finding:
        source = _range(mutation.owner, mutation.source.span)
        message = (
            f"`{mutation.how}` changes the list of optimum-neuron's table of common outputs itself: every "
            f"config of {' and '.join(tasks)} declares the change from then on, and this one once more each "
            "time it is asked; copy the list first"
        )
        edits = (Edit(Range(source.start, source.start), "list("), Edit(Range(source.end, source.end), ")"))
        is_kept_in_a_name = not _contains(mutation.node, mutation.source)
        return self.finding(
            message,
            _range(mutation.owner, mutation.node.span),
            class_name=mutation.owner.name,
            tasks=tasks,
            fix=Fix("Copy the list", edits, intent=Intent()) if is_kept_in_a_name else None,
            related=(Related("the list is taken here, not copied", source),),
        )


def _mutations(config: ConfigClass) -> list[tuple[Mutation, str]]:
    """The changes that asking for the outputs makes, each with the task that it is asked for."""
    return [(found, each.task) for each in config.effective for found in mutations(config, each.task)]


def _range(owner: ClassValue, span: tuple[int, int, int, int]) -> Range:
    return range_of(span, owner.line)


def _contains(node: object, inner: object) -> bool:
    return any(each is inner for each in nodes_in(node))
