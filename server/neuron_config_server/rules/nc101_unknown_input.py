"""NC101 unknown-input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import Admission, ForwardSignature
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, effective_configs
from neuron_config_server.reading.facts import StringLiteral
from neuron_config_server.rules.finding import Edit, Finding, Fix, Severity
from neuron_config_server.rules.nearest import nearest
from neuron_config_server.rules.rule import Invalid, Rule

_ESM = """\
@register_in_tasks_manager("esm", "fill-mask", "text-classification")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self) -> list[str]:
        return {inputs}
"""
_ROUTES_INPUTS = ("patch_model_and_prepare_aliases", "generate_dummy_inputs", "flatten_inputs")
"""Methods through which a config may hand its inputs to something else than the model's ``forward``."""


@dataclass(frozen=True)
class _Judged:
    """How the models of one registered task take one declared input."""

    task: str
    signatures: tuple[ForwardSignature, ...]
    swallowed: bool


class UnknownInput(Rule):
    """
    ## What it does
    Checks every name in `inputs` against the parameters of the `forward` of the model that each registered
    task loads.

    ## Why is this bad?
    The exporter calls the model with every input as a keyword argument. A `forward` without `**kwargs`
    answers an unknown one with a `TypeError`. One with `**kwargs` swallows it without a word: the compiled
    model has an input that does nothing.

    ## Example
    ESM has no token types:
    ```python
    return ["input_ids", "attention_mask", "token_type_ids"]
    ```
    Use instead:
    ```python
    return ["input_ids", "attention_mask"]
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER` or overrides how inputs reach the model, when `inputs` is
    computed in a way that can't be followed, when the model's code names the input somewhere that
    `**kwargs` may reach, and when transformers or optimum isn't installed in the environment.

    ## Fix safety
    A slip of the pen is replaced by the parameter that was meant; any other name is taken out of the list.
    Both are safe: no model takes the name as it stands.
    """

    code = "NC101"
    name = "unknown-input"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _ESM.format(inputs='["input_ids", "attention_mask"]'),
        _ESM.format(inputs='["input_ids", "token_type_ids"]').replace(
            "    @property", "    CUSTOM_MODEL_WRAPPER = EsmWrapper\n\n    @property"
        ),
    )
    INVALID = (
        Invalid(
            _ESM.format(inputs='["input_ids", "attention_mask", "token_type_ids"]'),
            at='"token_type_ids"',
            fixed=_ESM.format(inputs='["input_ids", "attention_mask"]'),
        ),
        Invalid(
            _ESM.format(inputs='["input_ids", "attention_masks"]'),
            at='"attention_masks"',
            fixed=_ESM.format(inputs='["input_ids", "attention_mask"]'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        by_class = groupby(effective_configs(file), key=lambda effective: effective.config.facts.name_range)
        for _, group in by_class:
            effective = list(group)
            config, inputs = effective[0].config, effective[0].inputs
            if inputs is None or _inputs_are_routed(config):
                continue
            for declared in inputs.literals:
                judged = [judged for each in effective if (judged := _judge(each, declared.value, catalog))]
                if judged:
                    yield self._finding(effective[0], declared, judged, len(effective))

    def _finding(
        self, effective: EffectiveConfig, declared: StringLiteral, judged: list[_Judged], registered: int
    ) -> Finding:
        inherited = effective.inputs_owner is not effective.config
        fix = None if inherited else _fix(effective, declared, judged)
        message = _message(declared.value, judged, registered)
        if inherited and effective.inputs_owner is not None:
            message += f" (`inputs` is inherited from {effective.inputs_owner.name})"
        return self.finding(
            message,
            effective.config.facts.name_range if inherited else declared.range,
            class_name=effective.config.name,
            tasks=tuple(each.task for each in judged),
            fix=fix,
        )


def _inputs_are_routed(config: ConfigClass) -> bool:
    """Whether something that isn't read here stands between the declared inputs and the model's
    ``forward``.
    """
    return (
        config.sets("CUSTOM_MODEL_WRAPPER")
        or any(config.overrides(method) for method in _ROUTES_INPUTS)
        or not are_plain_bases(config.foreign_bases)
    )


def _judge(effective: EffectiveConfig, name: str, catalog: Catalog) -> _Judged | None:
    """The verdict for one task, if every model class that the task may load is known and none takes the
    name.
    """
    task = catalog.tasks.canonical(effective.task.value) if catalog.tasks is not None else None
    if task is None or effective.library != TRANSFORMERS:
        return None
    model_type = effective.model_type.value
    names = catalog.model_class_names(model_type, task) or ()
    signatures = [catalog.forward_signature(model_type, class_name) for class_name in names]
    known = tuple(signature for signature in signatures if signature is not None)
    admissions = {catalog.admission(signature, name) for signature in known}
    if (
        not known
        or len(known) < len(signatures)
        or not admissions <= {Admission.REFUSED, Admission.SWALLOWED}
    ):
        return None
    return _Judged(task, known, Admission.REFUSED not in admissions)


def _message(name: str, judged: list[_Judged], registered: int) -> str:
    classes = list(dict.fromkeys(signature.model_class for each in judged for signature in each.signatures))
    forwards = f"`{classes[0]}.forward`" if len(classes) == 1 else f"the `forward` of {_listed(classes)}"
    if all(each.swallowed for each in judged):
        fault = f"{forwards} has no parameter `{name}`: its `**kwargs` swallows it, so the input does nothing"
    else:
        fault = f"{forwards} takes no `{name}`: calling it raises TypeError"
    some_only = len(judged) < registered
    return f"{fault} (task {', '.join(each.task for each in judged)})" if some_only else fault


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _fix(effective: EffectiveConfig, declared: StringLiteral, judged: list[_Judged]) -> Fix | None:
    present = (
        {literal.value for literal in effective.inputs.literals} if effective.inputs is not None else set()
    )
    parameters = [
        {parameter.name for parameter in signature.parameters if parameter.takes_keyword}
        for each in judged
        for signature in each.signatures
    ]
    meant = nearest(declared.value, set.intersection(*parameters) - present)
    if meant is not None:
        return Fix(f'Replace with "{meant}"', (Edit(declared.inner, meant),))
    typo_of_present = nearest(declared.value, present - {declared.value})
    if declared.removal is None:
        return None
    title = f'Remove "{declared.value}"' + (
        f', "{typo_of_present}" is there already' if typo_of_present else ""
    )
    return Fix(title, (Edit(declared.removal, ""),))
