"""NC106 input-order."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import Part, Untold
from neuron_config_server.rules.finding import Aspect, Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.reordering import reordered
from neuron_config_server.rules.support.task_models import (
    place_of,
    returns_what_stands_there,
    sure_inputs,
    task_of,
)
from neuron_config_server.rules.support.wording import listed

TEXT_ORDER = ("input_ids", "attention_mask", "token_type_ids")
_RUNTIME_CLASSES = {
    "feature-extraction": "NeuronModelForFeatureExtraction",
    "fill-mask": "NeuronModelForMaskedLM",
    "multiple-choice": "NeuronModelForMultipleChoice",
    "question-answering": "NeuronModelForQuestionAnswering",
    "text-classification": "NeuronModelForSequenceClassification",
    "token-classification": "NeuronModelForTokenClassification",
}
"""The classes of optimum-neuron that feed texts by position (``modeling.py``, 0.4.5)."""

_BERT = """\
@register_in_tasks_manager("bert", "feature-extraction")
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return {names}
"""
_TITLE = "Put the inputs in the order of the runtime class"


class InputOrder(Rule):
    """
    ## What it does
    Finds text inputs in another order than `input_ids`, `attention_mask`, `token_type_ids`.

    ## Why is this bad?
    An exported model takes its inputs by position. The runtime classes of optimum-neuron
    (`NeuronModelForSequenceClassification`, …) pass them in that order, whatever the config says: a mask is
    then read as token ids, without an error.

    ## Example
    ```python
    return ["attention_mask", "input_ids", "token_type_ids"]
    ```
    Use instead:
    ```python
    return ["input_ids", "attention_mask", "token_type_ids"]
    ```

    ## When it is silent
    For configs that have other inputs too, for tasks without such a runtime class, for other libraries than
    transformers, and when `inputs` is computed in a way that can't be followed.

    ## Fix safety
    The names are put in order. That is safe: it is offered where the class writes all of them and every task
    of the class wants that order.
    """

    code = "NC106"
    name = "input-order"
    severity = Severity.WARNING
    needs = (OPTIMUM,)

    VALID = (
        _BERT.format(names='["input_ids", "attention_mask"]'),
        _BERT.format(names='["input_ids", "token_type_ids"]'),
    )
    INVALID = (
        Invalid(
            _BERT.format(names='["attention_mask", "input_ids", "token_type_ids"]'),
            at="inputs",
            fixed=_BERT.format(names='["input_ids", "attention_mask", "token_type_ids"]'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, lambda config: _misordered_of(config, catalog)):
            for parts, classes in found.items():
                yield self._finding(file, config, parts, classes)

    def _finding(
        self, file: ConfigFile, config: ConfigClass, parts: tuple[Part, ...], classes: dict[str, str]
    ) -> Finding:
        names = [each.value for each in parts if not isinstance(each, Untold)]
        ordered = sorted(names, key=TEXT_ORDER.index)
        is_all = len(classes) == len({each.task for each in config.effective})
        return self.finding(
            f"{next(iter(classes.values()))} passes {listed(ordered)} in this order, by position: the model "
            "would take one for the other",
            place_of(config, "inputs"),
            class_name=config.name,
            tasks=tuple(classes),
            fix=reordered(
                file,
                config,
                parts,
                ordered,
                Aspect.INPUTS,
                "Put the inputs in the order of the runtime class",
            )
            if is_all and returns_what_stands_there(config, "inputs")
            else None,
        )


def _misordered_of(config: ConfigClass, catalog: Catalog) -> dict[tuple[Part, ...], dict[str, str]]:
    """Inputs in the wrong order -> the tasks, each with its runtime class."""
    found: dict[tuple[Part, ...], dict[str, str]] = {}
    for each in config.effective:
        for strings in sure_inputs(each):
            task = task_of(each, catalog) if _is_misordered(strings.values) else None
            if task in _RUNTIME_CLASSES:
                found.setdefault(strings.parts, {})[each.task] = _RUNTIME_CLASSES[task]
    return found


def _is_misordered(names: tuple[str, ...]) -> bool:
    is_text = len(set(names)) == len(names) and set(names) <= set(TEXT_ORDER)
    return is_text and list(names) != sorted(names, key=TEXT_ORDER.index)
