"""NC108 inputs-shape."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import ClassValue, FunctionValue, PropertyValue
from neuron_config_server.reading.literals import range_of
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule

_BERT = """\
@register_in_tasks_manager("bert", "fill-mask")
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

{decorator}    def inputs(self) -> list[str]:
        {body}
"""
_PROPERTY = "    @property\n"
_NAMES = '["input_ids", "attention_mask", "token_type_ids"]'


class InputsShape(Rule):
    """
    ## What it does
    Finds `inputs` that is a method and no property, and `inputs` that returns nothing for a registered task.

    ## Why is this bad?
    The exporter iterates over `config.inputs`. A method can't be iterated over, and neither can the `None`
    of a way through the property that has no `return`.

    ## Example
    ```python
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
    ```
    Use instead:
    ```python
    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
    ```

    ## When it is silent
    When a decorator isn't followed, when what `inputs` returns is no plain list of the source, and on ways
    through it that need settings of the model's config other than its defaults.
    """

    code = "NC108"
    name = "inputs-shape"
    severity = Severity.ERROR

    VALID = (
        _BERT.format(decorator=_PROPERTY, body=f"return {_NAMES}"),
        _BERT.format(decorator="    @cached_property\n", body=f"return {_NAMES}"),
    )
    INVALID = (
        Invalid(_BERT.format(decorator="", body=f"return {_NAMES}"), at="inputs"),
        Invalid(_BERT.format(decorator=_PROPERTY, body=_NAMES), at="inputs"),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[object] = set()
        for _, (owner, function, message, tasks) in file.judged(self.code, _judged):
            if function in told or owner.module.path != file.path:
                continue
            told.add(function)
            yield self.finding(
                message, range_of(function.node.name_span, owner.line), class_name=owner.name, tasks=tasks
            )


_Judgement = tuple[ClassValue, FunctionValue, str, tuple[str, ...]]
"""The class that defines ``inputs``, the function, what is wrong, and for which tasks."""


def _judged(config: ConfigClass) -> _Judgement | None:
    owner = next((each for each in config.lineage if "inputs" in each.names), None)
    found = owner.names["inputs"] if owner is not None else None
    message, tasks = _fault(config, found)
    function = found.getter if isinstance(found, PropertyValue) else found
    if owner is None or not message or not isinstance(function, FunctionValue):
        return None
    return owner, function, message, tasks


def _fault(config: ConfigClass, found: object) -> tuple[str, tuple[str, ...]]:
    """What is wrong, and for which tasks."""
    tasks = tuple(dict.fromkeys(each.task for each in config.effective))
    if isinstance(found, FunctionValue) and tasks and not found.node.decorators:
        return "`inputs` is a method, which can't be iterated over: decorate it with @property", tasks
    if not isinstance(found, PropertyValue) or not _is_plain(found.getter.node):
        return "", ()
    lacking = tuple(
        dict.fromkeys(
            each.task
            for each in config.effective
            for variant in each.inputs.variants
            if variant.is_default
            and variant.is_understood
            and variant.raises is None
            and variant.unknown == _NO_LIST
        )
    )
    return (f"`inputs` returns None for {', '.join(lacking)}" if lacking else ""), lacking


_NO_LIST = "it is no list"
"""What the reader says of a value that it knows and that is no list."""


def _is_plain(function: syntax.Function) -> bool:
    """Whether all that it returns is a list that stands there, so that anything else is None."""
    nodes = list(syntax.nodes_in(function.body))
    if function.is_generator or any(isinstance(each, (syntax.Function, syntax.Lambda)) for each in nodes):
        return False
    returned = [each.value for each in nodes if isinstance(each, syntax.Return) and each.value is not None]
    return all(isinstance(each, syntax.Display) and each.kind in ("list", "tuple") for each in returned)
