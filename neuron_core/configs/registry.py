"""Which config class exports which model type for which task: optimum's TasksManager, backend "neuron".

The only module that touches TasksManager's tables.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from optimum.exporters.tasks import TasksManager

from neuron_core.errors import RegistrationError, UnsupportedTaskError

BACKEND = "neuron"
"""The name under which optimum-neuron registers too."""

_logger = logging.getLogger(__name__)
_ConfigClass = TypeVar("_ConfigClass", bound=type)
_Table = dict[tuple[str, str, str], Any]
"""(library, model type, task) -> constructor."""


@dataclass(frozen=True)
class Registration:
    """One config class registered for one model type and task."""

    library_name: str
    model_type: str
    task: str
    config_class: type


def register_in_tasks_manager(
    model_type: str, *tasks: str, library_name: str = "transformers"
) -> Callable[[_ConfigClass], _ConfigClass]:
    """Register the decorated config class for a model type and tasks; a later one wins, with a warning.

    Raises:
        RegistrationError: no task, a list that was not unpacked, an unknown task or a synonym of one, an
        unknown
            library.
    """
    _check_library(library_name)
    if not tasks:
        raise RegistrationError(
            f"No task given for {model_type!r}.", 'Name them: register("esm", "fill-mask").'
        )
    for task in tasks:
        _check_task(task)

    def decorate(config_class: _ConfigClass) -> _ConfigClass:
        for task in tasks:
            _warn_of_replacement(library_name, model_type, task, config_class)
        register: Any = TasksManager.create_register(BACKEND, overwrite_existing=True)
        return register(model_type, *tasks, library_name=library_name)(config_class)

    return decorate


def canonical_task(task: str) -> str:
    """The name that ``task`` is registered under: itself, or what it is a synonym of."""
    return task if task in TasksManager.get_all_tasks() else TasksManager.map_from_synonym(task)


def registrations(library_name: str | None = None) -> tuple[Registration, ...]:
    """All config classes registered for Neuron, those of a model type together."""
    return tuple(
        Registration(library, model_type, task, _class_of(constructor))
        for (library, model_type, task), constructor in _table().items()
        if library_name in (None, library)
    )


def registration_for(model_type: str, task: str, library_name: str = "transformers") -> Registration:
    """The config class registered for the model type and task (or what the task is a synonym of).

    Raises:
        UnsupportedTaskError: there is none; names the tasks, or the model types, that there are.
    """
    _check_library(library_name)
    register_built_ins()
    known = [one for one in registrations(library_name) if one.model_type == model_type]
    if not known:
        types = sorted({one.model_type for one in registrations(library_name)})
        raise UnsupportedTaskError(
            f"No config class is registered for the model type {model_type!r} ({library_name}).",
            f"There are: {', '.join(types) or 'none'}. Pass --config-file with a class for {model_type}.",
        )
    for one in known:
        if one.task in (task, canonical_task(task)):
            return one
    raise UnsupportedTaskError.of(model_type, task, [one.task for one in known])


def register_built_ins() -> None:
    """Register the config classes that come with neuron_core."""
    importlib.import_module("neuron_core.configs.models")


@contextmanager
def collecting() -> Generator[list[Registration]]:
    """Within it the registry is empty; after it, what was registered within wins over what was there before.

    An empty registry is what makes a file's registrations count: TasksManager itself silently keeps the first
    one of a model type and task. When the block raises, the registry is as it was.
    """
    before = _table()
    collected: list[Registration] = []
    _replace_table({})
    try:
        yield collected
    except BaseException:
        _replace_table(before)
        raise
    collected.extend(registrations())
    _replace_table({**before, **_table()})


def _check_library(library_name: str) -> None:
    libraries = TasksManager._LIBRARY_TO_SUPPORTED_MODEL_TYPES
    if library_name not in libraries:
        raise RegistrationError(
            f"Unknown library {library_name!r}.", f"library_name is one of: {', '.join(sorted(libraries))}."
        )


def _check_task(task: object) -> None:
    if not isinstance(task, str):
        raise RegistrationError(
            f"A task is a string, not {task!r}.",
            "Unpack a list of tasks with a star: register(model_type, *tasks).",
        )
    known = TasksManager.get_all_tasks()
    if task in known:
        return
    canonical = TasksManager.map_from_synonym(task)
    if canonical != task:
        raise RegistrationError(
            f"{task!r} is a synonym of the task {canonical!r}.", f"Register {canonical!r}."
        )
    raise RegistrationError(f"Unknown task {task!r}.", f"Tasks are: {', '.join(sorted(known))}.")


def _warn_of_replacement(library_name: str, model_type: str, task: str, config_class: type) -> None:
    earlier = _table().get((library_name, model_type, task))
    if earlier is not None and _class_of(earlier) is not config_class:
        _logger.warning(
            "%s replaces %s for %s and the task %s.",
            _name_of(config_class),
            _name_of(_class_of(earlier)),
            model_type,
            task,
        )


def _name_of(config_class: type) -> str:
    return f"{config_class.__module__}.{config_class.__qualname__}"


def _class_of(constructor: Any) -> type:
    return getattr(
        constructor, "func", constructor
    )  # TasksManager stores functools.partial(class, task=task)


def _table() -> _Table:
    return {
        (library, model_type, task): constructor
        for library, model_types in TasksManager._LIBRARY_TO_SUPPORTED_MODEL_TYPES.items()
        for model_type, backends in model_types.items()
        for task, constructor in backends.get(BACKEND, {}).items()
    }


def _replace_table(table: _Table) -> None:
    libraries = TasksManager._LIBRARY_TO_SUPPORTED_MODEL_TYPES
    for model_types in libraries.values():
        for backends in model_types.values():
            backends.pop(BACKEND, None)
    for (library, model_type, task), constructor in table.items():
        libraries[library].setdefault(model_type, {}).setdefault(BACKEND, {})[task] = constructor
