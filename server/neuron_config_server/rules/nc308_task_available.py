"""NC308 task-available."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import partial

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import Admission
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.catalog.outputs.model_outputs import Evidence, Returned
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, Possible
from neuron_config_server.reading.literals import Strings
from neuron_config_server.reading.memory import remembered
from neuron_config_server.rules.finding import (
    Finding,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.registration_calls import addition, model_type_range
from neuron_config_server.rules.support.wording import quoted

_AXES_OF_TASKS = {"multiple-choice": "num_choices"}
"""The axis that the inputs of a task have beside those of the model's other tasks."""
_WAYS_OF_ITS_OWN = (
    "patch_model_and_prepare_aliases",
    "generate_dummy_inputs",
    "flatten_inputs",
    "_create_dummy_input_generator_classes",
)
_REGISTERED = '"feature-extraction", "fill-mask", "text-classification"'
_BERT = """\
@register_in_tasks_manager("bert", {tasks})
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""


class TaskAvailable(Rule):
    """
    ## What it does
    Tells of tasks that a config could be registered for as it stands: transformers has a class of the model
    type, its `forward` takes the declared inputs and returns the declared outputs.

    ## Why is this bad?
    It isn't. But users of the model type can't export for that task, although one more word would do.

    ## Example
    ```python
    @register_in_tasks_manager("modernbert", "fill-mask")
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("modernbert", "fill-mask", "question-answering")
    ```

    ## When it is silent
    When the inputs or outputs for the task can't be told, or what the model's `forward` returns; when the
    class wraps its model or overrides how inputs are made; and when a class of the file is registered for
    tasks of the model type that can't be told.

    ## Fix safety
    Adds the tasks to those in the call. Unsafe, as nobody has exported them yet.
    """

    code = "NC308"
    name = "task-available"
    severity = Severity.INFO
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _BERT.format(tasks='"fill-mask", "text-classification", *MORE_TASKS'),
        _BERT.format(tasks='"fill-mask"').replace("input_ids", "no_such_input"),
        _BERT.format(tasks='"fill-mask"').replace("    @", "    CUSTOM_MODEL_WRAPPER = Wrapper\n\n    @"),
    )
    INVALID = (
        Invalid(
            _BERT.format(tasks=_REGISTERED).replace("bert", "esm"),
            at='"esm"',
            fixed=_BERT.format(tasks=f'{_REGISTERED}, "token-classification"').replace("bert", "esm"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        found = file.judged(self.code, lambda config: _available(config, catalog))
        for config, available in found:
            for registration, tasks in available:
                known = file.tasks_registered.get((TRANSFORMERS, registration.model_type_name or ""))
                missing = tuple(each for each in tasks if known is not None and each not in known)
                if missing:
                    on = (registration, missing)
                    yield self.kept(config, on, partial(self._finding, file, config, registration, missing))

    def _finding(
        self, file: ConfigFile, config: ConfigClass, registration: Registration, tasks: tuple[str, ...]
    ) -> Finding:
        return self.finding(
            f"{registration.model_type_name} has models for {quoted(tasks)} too, as it stands",
            model_type_range(file, registration),
            class_name=config.name,
            tasks=tasks,
            fix=addition(registration, tasks),
        )


def _goes_its_own_way(config: ConfigClass) -> bool:
    return (
        config.sets("CUSTOM_MODEL_WRAPPER")
        or any(config.overrides(method) for method in _WAYS_OF_ITS_OWN)
        or not are_plain_bases(config.foreign_bases)
    )


def available_tasks(
    file: ConfigFile, config: ConfigClass, registration: Registration, catalog: Catalog
) -> tuple[str, ...] | None:
    """The tasks that a registration could name too, as the config stands; None if that can't be told."""
    known = file.tasks_registered.get((TRANSFORMERS, registration.model_type_name or ""))
    if known is None or not _can_be_told(config, registration, catalog):
        return None
    return tuple(each for each in _suiting(config, registration, catalog) if each not in known)


def _available(config: ConfigClass, catalog: Catalog) -> list[tuple[Registration, list[str]]]:
    """Registrations, each with tasks that it doesn't name and whose models would suit the class as it is."""
    found = (
        (each, _suiting(config, each, catalog))
        for each in config.registrations
        if _can_be_told(config, each, catalog)
    )
    return [(registration, tasks) for registration, tasks in found if tasks]


def _can_be_told(config: ConfigClass, registration: Registration, catalog: Catalog) -> bool:
    """A task that is misspelt, or a synonym, may be the one that is missing."""
    return (
        bool(config.effective)
        and registration.library == TRANSFORMERS
        and catalog.tasks is not None
        and set(catalog.tasks.names) >= set(registration.tasks.values)
        and not _goes_its_own_way(config)
    )


def _suiting(config: ConfigClass, registration: Registration, catalog: Catalog) -> list[str]:
    known = {name for each in config.effective for name in _told(each.inputs) or ()}
    return [
        task
        for task, model_class, returned in _others(config, registration, catalog)
        if _would_hold(config.registered_for(registration, task), model_class, returned, known, catalog)
    ]


@remembered
def _others(
    config: ConfigClass, registration: Registration, catalog: Catalog
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The tasks that a registration doesn't name, of one model class each that tells what it returns."""
    model_type = registration.model_type_name or ""
    loads = catalog.tasks.loads_models_of if catalog.tasks is not None else lambda task: None
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for task in catalog.tasks_of(model_type):
        names = catalog.model_class_names(model_type, task) or ()
        if task in registration.tasks.values or loads(task) != task or len(names) != 1:
            continue
        returned = _returned(model_type, names[0], catalog)
        if returned is not None:
            found.append((task, names[0], returned))
    return tuple(found)


def _would_hold(
    effective: EffectiveConfig,
    model_class: str,
    returned: tuple[str, ...],
    known: Set[str],
    catalog: Catalog,
) -> bool:
    """Whether inputs and outputs, as the config has them for a task, are those of its models.

    Args:
        returned: what the models return.
        known: the inputs that the config has for other tasks.
    """
    inputs = _told(effective.inputs)
    axis = _AXES_OF_TASKS.get(effective.task)
    return (
        inputs is not None
        and set(inputs) <= known
        and _are_taken(effective.model_type, model_class, inputs, catalog)
        and (axis is None or axis in (_told(effective.axes) or ()))
        and _told(effective.outputs) == returned
    )


def _returned(model_type: str, class_name: str, catalog: Catalog) -> tuple[str, ...] | None:
    """The tensors that a model returns when it is called with inputs alone; None if that can't be told."""
    outputs = catalog.outputs(model_type, class_name)
    if outputs is None or outputs.evidence is not Evidence.CONSTRUCTED:
        return None
    given = [field for field in outputs.fields if field.returned is not Returned.NO]
    is_told = all(field.returned is Returned.YES for field in given)
    return tuple(field.name for field in given) if is_told else None


def _told(possible: Possible[Strings]) -> tuple[str, ...] | None:
    """The names that a property returns by default; None if there may be others."""
    defaults = [each for each in possible.variants if each.is_default]
    if possible.unknown is not None or len(defaults) != 1 or not defaults[0].is_understood:
        return None
    value = defaults[0].value
    return value.values if value is not None and value.unknown is None else None


def _are_taken(model_type: str, class_name: str, inputs: tuple[str, ...], catalog: Catalog) -> bool:
    """Whether ``forward`` takes every input, and needs no other."""
    signature = catalog.forward_signature(model_type, class_name)
    if signature is None:
        return False
    needed = {each.name for each in signature.parameters if each.required and each.takes_keyword}
    return needed <= set(inputs) and all(
        catalog.admission(signature, name) is Admission.TAKEN for name in inputs
    )
