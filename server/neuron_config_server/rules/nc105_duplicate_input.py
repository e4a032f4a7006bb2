"""NC105 duplicate-input."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import Part, StringLiteral, Strings, Untold
from neuron_config_server.rules.finding import Aspect, Edit, Finding, Fix, Intent, Related, Rename, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.task_models import (
    is_written_in,
    returns_what_stands_there,
    sure_inputs,
)

_BERT = """\
@register_in_tasks_manager("bert", "feature-extraction")
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return {inputs}
"""


class DuplicateInput(Rule):
    """
    ## What it does
    Finds names that `inputs` gives twice.

    ## Why is this bad?
    Dummy inputs are kept by name, so that the exported model has the input once where the config declares it
    twice: names and tensors no longer go together.

    ## Example
    ```python
    return ["input_ids", "attention_mask", "input_ids"]
    ```
    Use instead:
    ```python
    return ["input_ids", "attention_mask"]
    ```

    ## When it is silent
    When `inputs` is computed in a way that can't be followed, and on ways through it that need settings of
    the model's config other than its defaults.

    ## Fix safety
    The second one is taken out. That is safe: the order of the others stays.
    """

    code = "NC105"
    name = "duplicate-input"
    severity = Severity.ERROR

    VALID = (_BERT.format(inputs='["input_ids", "attention_mask"]'),)
    INVALID = (
        Invalid(
            _BERT.format(inputs='["input_ids", "attention_mask", \'input_ids\']'),
            at="'input_ids'",
            fixed=_BERT.format(inputs='["input_ids", "attention_mask"]'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[tuple[Part, Part]] = set()
        for config, repeated in file.judged(self.code, _repeated_of):
            for pair, tasks in repeated.items():
                if pair not in told:
                    yield self._finding(file, config, pair, tuple(tasks))
                if pair[0] != pair[1]:
                    told.add(pair)

    def _finding(
        self, file: ConfigFile, config: ConfigClass, pair: tuple[Part, Part], tasks: tuple[str, ...]
    ) -> Finding:
        first, second = pair
        written = [part for part in (second, first) if is_written_in(file, config, part)]
        here = written[0] if written and first != second else None
        name = first.value if not isinstance(first, Untold) else ""
        message = f'"{name}" is declared twice: the exported model has the input once'
        if not isinstance(here, StringLiteral):
            return self.finding(message, config.name_range, class_name=config.name, tasks=tasks)
        other = first if here is second else second
        related = (
            (Related("it is declared here too", other.range, None if file.holds(other) else other.path),)
            if isinstance(other, StringLiteral)
            else ()
        )
        cut = file.removal(here) if returns_what_stands_there(config, "inputs") else None
        intent = Intent((Rename(here, None, Aspect.INPUTS),))
        title = f'Remove the second "{name}"'
        fix = Fix(title, (Edit(cut.range, cut.left),), intent=intent) if cut is not None else None
        return self.finding(
            message, here.range, class_name=config.name, tasks=tasks, fix=fix, related=related
        )


def _repeated_of(config: ConfigClass) -> dict[tuple[Part, Part], dict[str, None]]:
    """A name's first and further place -> the tasks."""
    repeated: dict[tuple[Part, Part], dict[str, None]] = {}
    for each in config.effective:
        for strings in sure_inputs(each):
            for pair in _repeated(strings):
                repeated.setdefault(pair, {})[each.task] = None
    return repeated


def _repeated(strings: Strings) -> Iterator[tuple[Part, Part]]:
    first: dict[str, Part] = {}
    for part in strings.parts:
        if not isinstance(part, Untold) and first.setdefault(part.value, part) is not part:
            yield first[part.value], part
