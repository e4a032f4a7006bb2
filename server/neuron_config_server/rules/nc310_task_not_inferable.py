"""NC310 task-not-inferable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Union

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.registration_calls import (
    addition,
    model_type_range,
    with_tasks,
    within,
)

_CONFIG = """\
@register_in_tasks_manager("mobilenet_v2", {tasks})
class ANeuronConfig(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
"""


@dataclass(frozen=True)
class _Inferred:
    """The task that models of another are taken for."""

    model_class: str
    auto_class: str
    task: str


class TaskNotInferable(Rule):
    """
    ## What it does
    Finds tasks whose models optimum takes for another task, for which the model type isn't registered.

    ## Why is this bad?
    `optimum-cli export neuron --task auto` asks the `TasksManager` for the task of a model, and that gives
    the first task with the model's class. A model for semantic segmentation is taken for one of image
    segmentation; where that isn't registered, the export fails unless users name the task.

    ## Example
    ```python
    @register_in_tasks_manager("mobilenet_v2", "semantic-segmentation")
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("mobilenet_v2", "semantic-segmentation", "image-segmentation")
    ```

    ## When it is silent
    For the other libraries, where several model classes may be meant, and when the file registers the model
    type for tasks that can't be told.

    ## Fix safety
    Adds the task. Unsafe, as nobody has exported it yet.
    """

    code = "NC310"
    name = "task-not-inferable"
    severity = Severity.WARNING
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _CONFIG.format(tasks='"image-classification"'),
        _CONFIG.format(tasks='"semantic-segmentation", "image-segmentation"'),
        _CONFIG.format(tasks='"semantic-segmentation", *MORE_TASKS'),
    )
    INVALID = (
        Invalid(
            _CONFIG.format(tasks='"semantic-segmentation"'),
            at='"semantic-segmentation"',
            fixed=_CONFIG.format(tasks='"semantic-segmentation", "image-segmentation"'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        found = file.judged(self.code, lambda config: _inferred_otherwise(config, catalog))
        for config, others in found:
            for registration, task, inferred in others:
                known = file.tasks_registered.get((TRANSFORMERS, registration.model_type_name or ""))
                if known is not None and inferred.task not in known:
                    on = (registration, task, inferred)
                    make = partial(self._finding, file, config, registration, task, inferred)
                    yield self.kept(config, on, make)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        registration: Registration,
        task: StringLiteral | str,
        inferred: _Inferred,
    ) -> Finding:
        own = isinstance(task, StringLiteral) and within(file, registration, task)
        return self.finding(
            f"`--task auto` takes {inferred.model_class} for a model of "
            f'"{inferred.task}" ({inferred.auto_class}), which {registration.model_type_name} lacks',
            task.range if own and isinstance(task, StringLiteral) else model_type_range(file, registration),
            class_name=config.name,
            tasks=(task.value if isinstance(task, StringLiteral) else task,),
            fix=addition(registration, (inferred.task,)),
        )


def _inferred_otherwise(
    config: ConfigClass, catalog: Catalog
) -> list[tuple[Registration, Union[StringLiteral, str], _Inferred]]:
    """Registered tasks whose models are taken for those of another."""
    found: list[tuple[Registration, Union[StringLiteral, str], _Inferred]] = []
    for registration, tasks in with_tasks(config):
        for task in tasks if registration.library == TRANSFORMERS else ():
            name = task.value if isinstance(task, StringLiteral) else task
            inferred = _inferred(registration.model_type_name or "", name, catalog)
            if inferred is not None and inferred.task not in registration.tasks.values:
                found.append((registration, task, inferred))
    return found


def _inferred(model_type: str, task: str, catalog: Catalog) -> _Inferred | None:
    """What the TasksManager makes of a task's model, by its auto class and by its own class alike."""
    table = catalog.tasks.auto_classes.get(TRANSFORMERS, {}) if catalog.tasks is not None else {}
    auto_class = next(
        (each for each in table.get(task, ()) if model_type in (catalog.auto_mapping(each) or ())), None
    )
    if auto_class is None:
        return None
    by_auto_class = next(each for each, classes in table.items() if auto_class in classes)
    if by_auto_class == task:
        return None
    names = (catalog.auto_mapping(auto_class) or {})[model_type]
    by_class = next((each for each in table if _has_class(table[each], names, catalog)), None)
    is_sure = len(names) == 1 and by_class == by_auto_class
    return _Inferred(names[0], auto_class, by_auto_class) if is_sure else None


def _has_class(auto_classes: tuple[str, ...], names: tuple[str, ...], catalog: Catalog) -> bool:
    """Whether one of the auto classes loads a class, of whatever model type."""
    return any(
        names[0] in found for each in auto_classes for found in (catalog.auto_mapping(each) or {}).values()
    )
