"""The catalog of one environment: the one place that rules and features ask."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN, FactCache
from neuron_config_server.catalog.forward_signatures import (
    Admission,
    ForwardSignature,
    read_forward_signature,
)
from neuron_config_server.catalog.model_classes import ModelClasses
from neuron_config_server.catalog.normalized_configs import read_aliases
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources
from neuron_config_server.catalog.tasks import TaskTable, read_task_table

TRANSFORMERS = "transformers"
OPTIMUM = "optimum"

_Fact = TypeVar("_Fact")


class Catalog:
    """What an environment offers. Answers are read when first asked for, then kept.

    None always means "can't tell": the package isn't there, or its source has a form that isn't understood.
    Rules stay silent then.
    """

    def __init__(self, environment: Environment, cache_file: Path | None = None) -> None:
        """Of an environment; what is read is kept in ``cache_file`` for the next process, if one is given."""
        self.environment = environment
        self._sources = Sources(environment.roots)
        self._cache = FactCache(cache_file)
        self._facts: dict[str, object] = {}

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
        return self._fact_of_file("tasks", "optimum/exporters/tasks.py", read_task_table)

    @cached_property
    def normalized_aliases(self) -> Mapping[str, str] | None:
        """Alias -> normalized config class, of optimum's NormalizedConfigManager."""
        return self._fact_of_file("aliases", "optimum/utils/normalized_config.py", read_aliases)

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
            mapping = self._mapping(auto_class)
            if mapping is None or model_type in mapping:
                return None if mapping is None else mapping[model_type]
        return ()

    def tasks_of(self, model_type: str) -> tuple[str, ...]:
        """The tasks that transformers has a class of this model type for, sorted; empty too if unknown."""
        names = sorted(self.tasks.names) if self.tasks is not None else []
        return tuple(task for task in names if self.model_class_names(model_type, task))

    def forward_signature(self, model_type: str, class_name: str) -> ForwardSignature | None:
        """What the ``forward`` of a transformers class takes."""
        return self._fact_of_class("forward", model_type, class_name, read_forward_signature)

    def admission(self, signature: ForwardSignature, name: str) -> Admission:
        """What becomes of an input of that name when it is passed to that ``forward`` by keyword."""
        return signature.admission(name, self._sources)

    @cached_property
    def _models(self) -> ModelClasses | None:
        auto = self.environment.file("transformers/models/auto/modeling_auto.py")
        return ModelClasses(auto.parent.parent, self._sources) if auto is not None else None

    def _mapping(self, auto_class: str) -> Mapping[str, tuple[str, ...]] | None:
        models = self._models
        return self._fact(f"mapping {auto_class}", lambda: models.mapping(auto_class)) if models else None

    def _fact_of_class(
        self,
        kind: str,
        model_type: str,
        class_name: str,
        read: Callable[[ClassSource, Sources], _Fact | None],
    ) -> _Fact | None:
        models = self._models
        if models is None:
            return None

        def find_and_read() -> _Fact | None:
            class_ = models.source(model_type, class_name)
            return read(class_, self._sources) if class_ is not None else None

        return self._fact(f"{kind} {model_type} {class_name}", find_and_read)

    def _fact_of_file(
        self, kind: str, path: str, read: Callable[[ModuleSource], _Fact | None]
    ) -> _Fact | None:
        file = self.environment.file(path)
        if file is None:
            return None

        def find_and_read() -> _Fact | None:
            module = self._sources.module(file)
            return read(module) if module is not None else None

        return self._fact(kind, find_and_read)

    def _fact(self, key: str, read: Callable[[], _Fact | None]) -> _Fact | None:
        """What was read earlier, by this process or another, else what is read now."""
        if key not in self._facts:
            full_key = f"{self._environment_key} {key}"
            fact = self._cache.get(full_key)
            if fact is UNKNOWN:
                with self._sources.recording() as files:
                    fact = read()
                if files:
                    self._cache.put(full_key, fact, files)
            self._facts[key] = fact
        return self._facts[key]  # ty: ignore[invalid-explicit-return]

    @cached_property
    def _environment_key(self) -> str:
        return os.pathsep.join(map(str, self.environment.roots))
