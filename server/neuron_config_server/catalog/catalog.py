"""The catalog of one environment: the one place that rules and features ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.forward_signatures import (
    Admission,
    ForwardSignature,
    read_forward_signature,
)
from neuron_config_server.catalog.model_classes import ModelClasses
from neuron_config_server.catalog.normalized_configs import read_aliases
from neuron_config_server.catalog.source import ModuleSource, Sources
from neuron_config_server.catalog.tasks import TaskTable, read_task_table

TRANSFORMERS = "transformers"
OPTIMUM = "optimum"


class Catalog:
    """What an environment offers. Answers are read when first asked for, then kept.

    None always means "can't tell": the package isn't there, or its source has a form that isn't understood.
    Rules stay silent then.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._sources = Sources(environment.roots)
        self._signatures: dict[tuple[str, str], ForwardSignature | None] = {}

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Packages that the catalog needs and the environment doesn't have."""
        needed = {
            OPTIMUM: "optimum/exporters/tasks.py",
            TRANSFORMERS: "transformers/models/auto/modeling_auto.py",
        }
        return tuple(name for name, file in needed.items() if self.environment.file(file) is None)

    @cached_property
    def tasks(self) -> TaskTable | None:
        """optimum's tasks."""
        module = self._module("optimum/exporters/tasks.py")
        return read_task_table(module) if module is not None else None

    @cached_property
    def normalized_aliases(self) -> Mapping[str, str] | None:
        """Alias -> normalized config class, of optimum's NormalizedConfigManager."""
        module = self._module("optimum/utils/normalized_config.py")
        return read_aliases(module) if module is not None else None

    def model_class_names(self, model_type: str, task: str) -> tuple[str, ...] | None:
        """The transformers classes that may be loaded for a model type and a canonical task.

        Empty if there is none; more than one where the auto mapping leaves the choice to the model's own
        config.
        """
        if self.tasks is None or self._models is None:
            return None
        meant = self.tasks.loads_models_of(task)
        custom = self.tasks.custom_classes.get((model_type, meant))
        if custom is not None:
            return (custom,)
        for auto_class in self.tasks.auto_classes[TRANSFORMERS].get(meant, ()):
            names = self._models.names(auto_class, model_type)
            if names is None or names:
                return names
        return ()

    def tasks_of(self, model_type: str) -> tuple[str, ...]:
        """The tasks that transformers has a class of this model type for, sorted; empty too if unknown."""
        names = sorted(self.tasks.names) if self.tasks is not None else []
        return tuple(task for task in names if self.model_class_names(model_type, task))

    def forward_signature(self, model_type: str, class_name: str) -> ForwardSignature | None:
        """What the ``forward`` of a transformers class takes."""
        key = (model_type, class_name)
        if key not in self._signatures:
            source = self._models.source(model_type, class_name) if self._models is not None else None
            self._signatures[key] = (
                read_forward_signature(source, self._sources) if source is not None else None
            )
        return self._signatures[key]

    def admission(self, signature: ForwardSignature, name: str) -> Admission:
        """What becomes of an input of that name when it is passed to that ``forward`` by keyword."""
        return signature.admission(name, self._sources)

    @cached_property
    def _models(self) -> ModelClasses | None:
        auto = self.environment.file("transformers/models/auto/modeling_auto.py")
        return ModelClasses(auto.parent.parent, self._sources) if auto is not None else None

    def _module(self, path: str) -> ModuleSource | None:
        file = self.environment.file(path)
        return self._sources.module(file) if file is not None else None
