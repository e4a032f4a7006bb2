"""NC107 conditional-input."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.configs.classes import ConfigAttribute
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import Part, StringLiteral, Untold
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.related_places import in_library
from neuron_config_server.rules.support.task_models import (
    hands_inputs_to_forward,
    is_written_in,
    sure_inputs,
)

_NEEDS = {"token_type_ids": "type_vocab_size"}
"""Input -> the size of the vocabulary that it is looked up in: of size 0, it has no valid value."""

_DEBERTA = """\
@register_in_tasks_manager("deberta", "feature-extraction")
class DebertaNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        names = ["input_ids", "attention_mask"]
        {condition}names.append("token_type_ids")
        return names

    @property
    def outputs(self) -> list[str]:
        return ["last_hidden_state"]
"""


class ConditionalInput(Rule):
    """
    ## What it does
    Finds `token_type_ids` declared whatever the model's config says, of a model type whose config has no
    token types by default (`type_vocab_size` is 0).

    ## Why is this bad?
    The models of such a config have no embedding of token types: the exported model has an input that
    changes nothing.

    ## Example
    ```python
    return ["input_ids", "attention_mask", "token_type_ids"]
    ```
    Use instead:
    ```python
    names = ["input_ids", "attention_mask"]
    if self._config.type_vocab_size > 0:
        names.append("token_type_ids")
    return names
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER` or overrides how inputs reach the model, when `inputs` asks the
    config for the size, and for inputs that depend on any other value of a config.
    """

    code = "NC107"
    name = "conditional-input"
    severity = Severity.INFO
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_DEBERTA.format(condition="if self._config.type_vocab_size > 0: "),)
    INVALID = (Invalid(_DEBERTA.format(condition=""), at='"token_type_ids"'),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, lambda config: _unconditional(config, catalog)):
            for part, (attribute, tasks) in found.items():
                yield self._finding(file, config, part, attribute, tuple(tasks))

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        part: Part,
        attribute: ConfigAttribute,
        tasks: tuple[str, ...],
    ) -> Finding:
        is_here = isinstance(part, StringLiteral) and is_written_in(file, config, part)
        name = "" if isinstance(part, Untold) else part.value
        return self.finding(
            f"`{attribute.owner}.{attribute.name}` is 0 by default, and such a model does nothing with "
            f'"{name}": declare it where `self._config.{attribute.name} > 0`',
            part.range if is_here and isinstance(part, StringLiteral) else config.name_range,
            class_name=config.name,
            tasks=tasks,
            related=in_library(f"the default of {attribute.name}", attribute.file, attribute.line),
        )


def _unconditional(
    config: ConfigClass, catalog: Catalog
) -> dict[Part, tuple[ConfigAttribute, dict[str, None]]]:
    """Input that does nothing by default -> the size that it depends on, and the tasks."""
    found: dict[Part, tuple[ConfigAttribute, dict[str, None]]] = {}
    for each in config.effective if hands_inputs_to_forward(config) else ():
        class_ = catalog.config_class(each.hf_model_type) if each.library == TRANSFORMERS else None
        if class_ is None or class_.needs_arguments or len(each.inputs.variants) != 1:
            continue
        for part in (part for strings in sure_inputs(each) for part in strings.parts):
            name = "" if isinstance(part, Untold) else part.value
            attribute = class_.attribute(_NEEDS[name]) if name in _NEEDS else None
            if attribute is not None and attribute.is_always_there and attribute.default == "0":
                found.setdefault(part, (attribute, {}))[1][each.task] = None
    return found
