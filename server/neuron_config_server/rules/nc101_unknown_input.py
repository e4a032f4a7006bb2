"""NC101 unknown-input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import Admission, ForwardSignature
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.memory import remembered
from neuron_config_server.reading.readers import input_readers
from neuron_config_server.rules.finding import Aspect, Edit, Finding, Fix, Intent, Rename, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.nearest import nearest
from neuron_config_server.rules.support.related_places import forward_of, written_at
from neuron_config_server.rules.support.wording import first_few, listed

_ESM = """\
@register_in_tasks_manager("esm", "fill-mask", "text-classification")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

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
    `**kwargs` may reach, when the model hands `**kwargs` to models of other files (encoder-decoder), and
    when transformers or optimum isn't installed in the environment.

    ## Fix safety
    A slip of the pen is replaced by the parameter that was meant; any other name is taken out of the list.
    Both are safe, as they are only offered where no model takes the name as it stands: every class of the
    file that reads it, for every task that it is registered for, is known not to. Where one may take it, or
    the list is used for something else too, there is no fix.
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
        for config, refused in file.judged(self.code, lambda config: _refused(config, catalog)):
            for declared, verdicts in refused:
                yield self._finding(file, config, declared, verdicts, catalog)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        declared: StringLiteral,
        verdicts: Sequence[_Judged | None],
        catalog: Catalog,
    ) -> Finding:
        owner = _declarer(file, config, declared)
        message = _message(declared.value, verdicts)
        return self.finding(
            message + (f" (`inputs` is inherited from {owner})" if owner else ""),
            config.name_range if owner else declared.range,
            class_name=config.name,
            tasks=tuple(dict.fromkeys(each.task for each in verdicts if each)),
            fix=None if owner else _fix_for_all(file, declared, catalog),
            related=(
                *(written_at(file, declared, "it is declared here") if owner else ()),
                *forward_of(next(each for each in verdicts if each).signatures[0]),
            ),
        )


def _declarer(file: ConfigFile, config: ConfigClass, declared: StringLiteral) -> str | None:
    """The class, or else the file, that the config inherits the input from; None if it names it itself."""
    if not file.holds(declared):
        owner = config.owner("inputs")
        other_file = declared.path.name if declared.path is not None else "another file"
        return owner.name if owner is not None and owner is not config.value else other_file
    owner = config.owner("inputs")
    around = next((each for each in file.classes if each.range.contains(declared.range)), None)
    if around is not None:
        return around.name if around is not config else None
    return owner.name if owner is not None and owner is not config.value else None


@remembered
def _declared(config: ConfigClass) -> tuple[StringLiteral, ...]:
    """The names that go from the config's ``inputs`` straight to a model's ``forward``."""
    if _inputs_are_routed(config):
        return ()
    return tuple(dict.fromkeys(literal for each in config.effective for literal in each.declared_inputs))


def _refused(config: ConfigClass, catalog: Catalog) -> list[tuple[StringLiteral, list[_Judged | None]]]:
    """The names that the models of a task don't take, each with its verdicts."""
    found = ((declared, _verdicts(config, declared, catalog)) for declared in _declared(config))
    return [(declared, verdicts) for declared, verdicts in found if any(verdicts)]


@remembered
def _verdicts(config: ConfigClass, declared: StringLiteral, catalog: Catalog) -> list[_Judged | None]:
    """One for each task that the class names the input for; None where a model takes the name, or may."""
    return [
        _judge(each, declared.value, catalog) for each in config.effective if declared in each.declared_inputs
    ]


@remembered
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
    task, signatures = _signatures(effective, catalog)
    admissions = {catalog.admission(signature, name) for signature in signatures}
    if task is None or not admissions or not admissions <= {Admission.REFUSED, Admission.SWALLOWED}:
        return None
    return _Judged(task, signatures, Admission.REFUSED not in admissions)


@remembered
def _signatures(
    effective: EffectiveConfig, catalog: Catalog
) -> tuple[str | None, tuple[ForwardSignature, ...]]:
    """The task by its canonical name, and every ``forward`` that it may call; none if one isn't known."""
    names = _model_class_names(effective, catalog)
    task = catalog.tasks.canonical(effective.task) if catalog.tasks is not None else None
    found = [catalog.forward_signature(effective.model_type, each) for each in names or ()]
    known = tuple(each for each in found if each is not None)
    return task, known if len(known) == len(found) else ()


def _model_class_names(effective: EffectiveConfig, catalog: Catalog) -> tuple[str, ...] | None:
    """The model classes that a registered task may load; None if that can't be told."""
    if catalog.tasks is None or effective.library != TRANSFORMERS:
        return None
    task = catalog.tasks.canonical(effective.task)
    if task is None:
        # A slip of the pen (NC301) will load the models of the task that was meant.
        meant = catalog.tasks.canonical(effective.task.removesuffix("-with-past"))
        return None if meant or nearest(effective.task, catalog.tasks.names) else ()
    return catalog.model_class_names(effective.model_type, task)


def _message(name: str, verdicts: Sequence[_Judged | None]) -> str:
    judged = [each for each in verdicts if each]
    classes = list(dict.fromkeys(signature.model_class for each in judged for signature in each.signatures))
    forwards = (
        f"`{classes[0]}.forward`"
        if len(classes) == 1
        else f"the `forward` of {listed(first_few(classes, 4))}"
    )
    if all(each.swallowed for each in judged):
        fault = f"{forwards} has no parameter `{name}`: its `**kwargs` swallows it, so the input does nothing"
    else:
        fault = f"{forwards} takes no `{name}`: calling it raises TypeError"
    tasks = dict.fromkeys(each.task for each in judged)
    return f"{fault} (task {', '.join(tasks)})" if len(judged) < len(verdicts) else fault


def _fix_for_all(file: ConfigFile, declared: StringLiteral, catalog: Catalog) -> Fix | None:
    """The fix that suits every class that reads the name; None if they want different ones, or one none."""
    readers = input_readers(file, declared)
    fixes = {_fix_for(file, config, declared, catalog) for config in readers or ()}
    return fixes.pop() if len(fixes) == 1 else None


def _fix_for(file: ConfigFile, config: ConfigClass, declared: StringLiteral, catalog: Catalog) -> Fix | None:
    known = all(
        registration.tasks.unknown is None and None not in (registration.model_type, registration.library)
        for registration in config.registrations
    )
    judged = [each for each in _verdicts(config, declared, catalog) if each]
    if (
        declared not in _declared(config)
        or not known
        or len(judged) < _tasks_with_models(config, declared, catalog)
    ):
        return None
    return _fix(file, _declared(config), declared, judged)


def _tasks_with_models(config: ConfigClass, declared: StringLiteral, catalog: Catalog) -> int:
    """How many of the tasks that have the input load a model, as far as is known; at least 1."""
    naming = (each for each in config.effective if declared in each.declared_inputs)
    return max(1, sum(_model_class_names(each, catalog) != () for each in naming))


def _fix(
    file: ConfigFile, inputs: Sequence[StringLiteral], declared: StringLiteral, judged: Sequence[_Judged]
) -> Fix | None:
    present = {literal.value for literal in inputs}
    parameters = [
        {parameter.name for parameter in signature.parameters if parameter.takes_keyword}
        for each in judged
        for signature in each.signatures
    ]
    meant = nearest(declared.value, set.intersection(*parameters) - present)
    if meant is not None:
        intent = Intent((Rename(declared, meant, Aspect.INPUTS),))
        return Fix(f'Replace with "{meant}"', (Edit(declared.inner, meant),), intent=intent)
    removal = file.removal(declared)
    if removal is None:
        return None
    typo_of_present = nearest(declared.value, present - {declared.value})
    reason = f', "{typo_of_present}" is there already' if typo_of_present else ""
    edit = Edit(removal.range, removal.left)
    return Fix(
        f'Remove "{declared.value}"{reason}', (edit,), intent=Intent((Rename(declared, None, Aspect.INPUTS),))
    )
