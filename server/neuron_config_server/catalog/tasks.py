"""optimum's tasks: their names, synonyms and auto classes, from ``optimum/exporters/tasks.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from neuron_config_server.catalog.literals import NotLiteralError, literal
from neuron_config_server.catalog.source import ModuleSource, assigned_value

_LOADERS = {
    "transformers": "_TRANSFORMERS_TASKS_TO_MODEL_LOADERS",
    "diffusers": "_DIFFUSERS_TASKS_TO_MODEL_LOADERS",
    "sentence_transformers": "_SENTENCE_TRANSFORMERS_TASKS_TO_MODEL_LOADERS",
    "timm": "_TIMM_TASKS_TO_MODEL_LOADERS",
}


@dataclass(frozen=True)
class TaskTable:
    """What the TasksManager knows of tasks."""

    auto_classes: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Library -> task -> the auto classes that load its models, tried in order."""
    custom_classes: Mapping[tuple[str, str], str]
    """(model type, task) -> the class that is loaded instead."""
    synonyms: Mapping[str, str]
    """Synonym -> task."""

    @cached_property
    def names(self) -> frozenset[str]:
        """Every task that a registration may name."""
        listed = {task for tasks in self.auto_classes.values() for task in tasks}
        return frozenset(listed | {task for _, task in self.custom_classes})

    def canonical(self, name: str) -> str | None:
        """The task that a name stands for: itself, or what it is a synonym of; None if it is neither."""
        if name in self.names:
            return name
        meant = self.synonyms.get(name)
        return meant if meant in self.names else None

    def loads_models_of(self, name: str) -> str:
        """The task whose auto classes load a task's models (``mask-generation`` loads as another)."""
        return self.synonyms.get(name, name)


def read_task_table(module: ModuleSource) -> TaskTable | None:
    """The tables of class TasksManager; None if the file doesn't have them in a form that can be read."""
    manager = module.classes.get("TasksManager")
    if manager is None:
        return None
    auto_classes = {library: _table(manager.body, name) for library, name in _LOADERS.items()}
    if not auto_classes["transformers"]:
        return None
    return TaskTable(
        auto_classes={
            library: {
                task: (names,) if isinstance(names, str) else tuple(names) for task, names in table.items()
            }
            for library, table in auto_classes.items()
        },
        custom_classes={
            (model_type, task): name
            for (framework, model_type, task), (_, name) in _table(manager.body, "_CUSTOM_CLASSES").items()
            if framework == "pt"
        },
        synonyms=_table(manager.body, "_SYNONYM_TASK_MAP"),
    )


def _table(body: list[Any], name: str) -> dict[Any, Any]:
    value = assigned_value(body, name)
    try:
        table = literal(value) if value is not None else {}
    except NotLiteralError:
        return {}
    return table if isinstance(table, dict) else {}
