"""The catalog of one environment: the one place that rules and features ask."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from neuron_config_server.catalog.configs.classes import ConfigClass
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN, FactCache, default_cache_file
from neuron_config_server.catalog.forward_signatures import (
    Admission,
    ForwardSignature,
    read_forward_signature,
)
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator, read_dummy_generators
from neuron_config_server.catalog.model_classes import ModelClasses
from neuron_config_server.catalog.model_types import ModelTypes
from neuron_config_server.catalog.neuron_bases import Dialect, NeuronBases, read_neuron_bases
from neuron_config_server.catalog.normalized_configs import (
    NormalizedConfigs,
    read_aliases,
    read_normalized_configs,
)
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs
from neuron_config_server.catalog.parameter_docs import read_parameter_docs
from neuron_config_server.catalog.releases import Release, ReleasedFacts, newest_release, relative_name
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources
from neuron_config_server.catalog.tasks import TaskTable, read_task_table
from neuron_core import protocol

if TYPE_CHECKING:
    from neuron_config_server.catalog.generators.tensors import Circumstances, Tensor

TRANSFORMERS = "transformers"
OPTIMUM = "optimum"

_NORMALIZED_CONFIGS = "optimum/utils/normalized_config.py"
_GENERATOR_MODULES = {
    "optimum.utils.input_generators": "optimum/utils/input_generators.py",
    "optimum.neuron.utils.input_generators": "optimum/neuron/utils/input_generators.py",
}

_Fact = TypeVar("_Fact")


class Catalog:
    """What an environment offers. Answers are read when first asked for, then kept.

    None always means "can't tell": the package isn't there, or its source has a form that isn't understood.
    Rules stay silent then.
    """

    def __init__(
        self,
        environment: Environment,
        cache: FactCache | None = None,
        released: ReleasedFacts | None = None,
        stand_in: Callable[[], Release | None] = lambda: None,
    ) -> None:
        """Of an environment.

        Args:
            cache: keeps what is read for the next process.
            released: what needn't be read, because it comes with this package.
            stand_in: gives the release whose facts serve for a package that the environment doesn't have.
        """
        self.environment = environment
        self._sources = Sources(environment.roots)
        self._cache = cache or FactCache(None)
        self._released = released
        self._stand_in = stand_in
        self._facts: dict[str, object] = {}
        self._names_of_files: dict[Path, str] = {}

    @classmethod
    def with_cache_and_releases(cls, environment: Environment, variables: Mapping[str, str]) -> Catalog:
        """The catalog as users have it: with the cache that the variables name, and the bundled releases."""
        cache = FactCache(default_cache_file(variables))
        return cls(environment, cache, ReleasedFacts(environment), newest_release)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Packages that the catalog needs and the environment doesn't have."""
        needed = {
            OPTIMUM: "optimum/exporters/tasks.py",
            TRANSFORMERS: "transformers/models/auto/modeling_auto.py",
        }
        return tuple(name for name, file in needed.items() if self.environment.file(file) is None)

    @cached_property
    def absence(self) -> str | None:
        """What is missing, what serves instead, and what to do, for people; None if nothing is missing."""
        if not self.missing:
            return None
        found = self.stand_in_versions
        served = ", ".join(f"{name} {version}" for name, version in found.items())
        rest = " and ".join(name for name in self.missing if name not in found)
        effects = (
            f"configs are judged by bundled facts of {served}" if found else "",
            f"what depends on {rest} is not checked" if rest else "",
        )
        where = f"{self.environment.python} ({self.environment.origin})"
        return (
            f"{' and '.join(self.missing)} not found with {where}: {'; '.join(filter(None, effects))}. "
            "Install what is missing there, or name the environment that has it"
        )

    @cached_property
    def stand_in_versions(self) -> Mapping[str, str]:
        """The missing packages that a bundled release stands in for -> the versions that this is of."""
        release = self._stand_in() if self.missing else None
        return {name: release.versions[name] for name in self.missing if release and name in release.versions}

    @cached_property
    def tasks(self) -> TaskTable | None:
        """optimum's tasks."""
        return self._fact_of_file("tasks", "optimum/exporters/tasks.py", read_task_table)

    @cached_property
    def normalized_aliases(self) -> Mapping[str, str] | None:
        """Alias -> normalized config class, of optimum's NormalizedConfigManager."""
        return self._fact_of_file("aliases", _NORMALIZED_CONFIGS, read_aliases)

    @cached_property
    def normalized_configs(self) -> NormalizedConfigs | None:
        """optimum's normalized configs: which attribute of an HF config each name stands for."""
        return self._fact_of_file("normalized configs", _NORMALIZED_CONFIGS, read_normalized_configs)

    @cached_property
    def dummy_generators(self) -> Mapping[str, DummyGenerator]:
        """Dotted name -> dummy input generator, of optimum and of optimum-neuron; empty without them."""
        found = {
            name: file for name, path in _GENERATOR_MODULES.items() if (file := self.environment.file(path))
        }

        def read() -> Mapping[str, DummyGenerator]:
            modules = {name: self._sources.module(file) for name, file in found.items()}
            readable = {name: module for name, module in modules.items() if module is not None}
            return read_dummy_generators(readable, self._sources)

        return self._fact(f"generators {' '.join(found)}", read) or {}

    def generated_tensor(
        self, generator: DummyGenerator, input_name: str, circumstances: Circumstances
    ) -> Tensor | None:
        """The tensor that a dummy input generator makes for a name; None if that can't be told."""
        from neuron_config_server.catalog.generators.methods import generator_order  # as below
        from neuron_config_server.catalog.generators.tensor_walk import generated_tensor

        module = self._sources.module(generator.file) if generator.file.is_absolute() else None
        node = module.class_node(generator.name) if module is not None else None
        if module is None or node is None:
            return None
        order, is_complete = generator_order(ClassSource(module, node), self._sources)
        return generated_tensor(order, input_name, circumstances) if is_complete else None

    def neuron_bases(self, dialect: Dialect) -> NeuronBases | None:
        """The base classes of Neuron configs, of optimum-neuron or of neuron_core; None without it."""
        key = f"neuron bases {dialect.value}"
        if key not in self._facts:
            roots = (*self.environment.roots, Path(protocol.__file__).parents[1])
            # Not cached on disk: that a file isn't there is no fact that the cache could see the end of.
            self._facts[key] = read_neuron_bases(dialect, roots, self._sources)
        return self._facts[key]  # ty: ignore[invalid-explicit-return]

    def model_class_names(
        self, model_type: str, task: str, library: str = TRANSFORMERS
    ) -> tuple[str, ...] | None:
        """The classes that may be loaded for a library, a model type and a canonical task.

        Empty if there is none; more than one where the auto mapping leaves the choice to the model's own
        config. For the other libraries it is what loads every model of the task (``SentenceTransformer``,
        ``AutoPipelineForText2Image``): optimum's tables don't go further (``exporters/tasks.py``, 2.3).
        """
        if self.tasks is None or library not in self.tasks.auto_classes:
            return None
        meant = self.tasks.loads_models_of(task)
        custom = self.tasks.custom_classes.get((model_type, meant))
        if custom is not None:
            return (custom,)
        auto_classes = self.tasks.auto_classes[library].get(meant, ())
        return auto_classes if library != TRANSFORMERS else self._mapped(model_type, auto_classes)

    def tasks_of(self, model_type: str, library: str = TRANSFORMERS) -> tuple[str, ...]:
        """The tasks that the library has a class of this model type for, sorted; empty too if unknown."""
        key = f"tasks of {library} {model_type}"
        if key not in self._facts:
            names = sorted(self.tasks.names) if self.tasks is not None else []
            found = (task for task in names if self.model_class_names(model_type, task, library))
            self._facts[key] = tuple(found)
        return self._facts[key]  # ty: ignore[invalid-explicit-return]

    def forward_signature(self, model_type: str, class_name: str) -> ForwardSignature | None:
        """What the ``forward`` of a transformers class takes."""
        return self._fact_of_class("forward", model_type, class_name, read_forward_signature)

    def outputs(self, model_type: str, class_name: str) -> ModelOutputs | None:
        """What the ``forward`` of a transformers class returns; None if that can't be told."""

        def read(class_: ClassSource, sources: Sources) -> ModelOutputs | None:
            from neuron_config_server.catalog.outputs.read_outputs import read_model_outputs  # as below

            return read_model_outputs(class_, sources)

        return self._fact_of_class("outputs", model_type, class_name, read)

    def parameter_docs(self, model_type: str, class_name: str) -> Mapping[str, str]:
        """Parameter of a class's ``forward`` -> what transformers says about it."""
        return self._fact_of_class("docs", model_type, class_name, read_parameter_docs) or {}

    @cached_property
    def model_types(self) -> Mapping[str, str] | None:
        """Model type -> config class, of every model type that transformers has."""
        types = self._types
        if types is None:
            return self._fact_of_stand_in("model types")
        return self._fact("model types", lambda: types.config_class_names)

    def config_class(self, model_type: str) -> ConfigClass | None:
        """What a config of the model type has; None if there is no such type, or its source isn't found."""
        types = self._types
        if types is None:
            return None

        def find_and_read() -> ConfigClass | None:
            # Imported only where something isn't in the cache: a check with everything cached is short.
            from neuron_config_server.catalog.configs.read_class import read_config_class

            class_ = types.config_class(model_type)
            return read_config_class(class_, self._sources) if class_ is not None else None

        return self._fact(f"config {model_type}", find_and_read)

    def auto_mapping(self, auto_class: str) -> Mapping[str, tuple[str, ...]] | None:
        """Model type -> the classes that an auto class may load, of every model type; None if unreadable."""
        models, key = self._models, f"mapping {auto_class}"
        if models is None:
            return self._fact_of_stand_in(key)
        return self._fact(key, lambda: models.mapping(auto_class))

    def forget(self) -> None:
        """Drop the facts that are kept in memory; the cache file keeps them."""
        self._facts.clear()
        self._names_of_files.clear()
        self.forget_sources()

    def forget_sources(self) -> None:
        """Drop most of what was parsed for the facts: called when a run of questions is over."""
        self._sources.forget()

    def admission(self, signature: ForwardSignature, name: str) -> Admission:
        """What becomes of an input of that name when it is passed to that ``forward`` by keyword."""
        return signature.admission(name, self.names_in)

    def names_in(self, file: Path) -> frozenset[str] | None:
        """Every parameter name and string in a source file: what its code could take by keyword.

        None if that can't be told: a file that imports ``AutoModel`` may hand them to models of other files.
        """
        if not file.is_absolute():  # of the release that stands in
            return self._fact_of_stand_in(f"names {file.as_posix()}")

        def read() -> frozenset[str] | None:
            module = self._sources.module(file)
            if module is None or any(name.startswith("AutoModel") for name in module.imports):
                return None
            return module.names

        if file not in self._names_of_files:
            name = relative_name(file, self.environment.roots)
            is_found = name is not None and self.environment.file(name) == file
            self._names_of_files[file] = f"names {name if is_found else file}"
        return self._fact(self._names_of_files[file], read)

    def _mapped(self, model_type: str, auto_classes: tuple[str, ...]) -> tuple[str, ...] | None:
        """The classes that the first of these auto classes has for the model type."""
        for auto_class in auto_classes:
            mapping = self.auto_mapping(auto_class)
            if mapping is None or model_type in mapping:
                return None if mapping is None else mapping[model_type]
        return ()

    @cached_property
    def _models(self) -> ModelClasses | None:
        auto = self.environment.file("transformers/models/auto/modeling_auto.py")
        return ModelClasses(auto.parent.parent, self._sources) if auto is not None else None

    @cached_property
    def _types(self) -> ModelTypes | None:
        auto = self.environment.file("transformers/models/auto/configuration_auto.py")
        return ModelTypes(auto.parent.parent, self._sources) if auto is not None else None

    def _fact_of_class(
        self,
        kind: str,
        model_type: str,
        class_name: str,
        read: Callable[[ClassSource, Sources], _Fact | None],
    ) -> _Fact | None:
        models, key = self._models, f"{kind} {model_type} {class_name}"
        if models is None:
            return self._fact_of_stand_in(key)

        def find_and_read() -> _Fact | None:
            class_ = models.source(model_type, class_name)
            return read(class_, self._sources) if class_ is not None else None

        return self._fact(key, find_and_read)

    def _fact_of_file(
        self, kind: str, path: str, read: Callable[[ModuleSource], _Fact | None]
    ) -> _Fact | None:
        file = self.environment.file(path)
        if file is None:
            return self._fact_of_stand_in(kind)

        def find_and_read() -> _Fact | None:
            module = self._sources.module(file)
            return read(module) if module is not None else None

        return self._fact(kind, find_and_read)

    def _fact_of_stand_in(self, key: str) -> Any:
        """A fact about a package that isn't there."""
        release = self._stand_in()
        fact = release.fact(key) if release is not None else UNKNOWN
        return fact if fact is not UNKNOWN else None

    def _fact(self, key: str, read: Callable[[], _Fact | None]) -> _Fact | None:
        """What was read earlier, by this process or another or for a release, else what is read now."""
        if key not in self._facts:
            full_key = f"{self._environment_key} {key}"
            fact = self._cache.get(full_key)
            if fact is UNKNOWN and self._released is not None:
                fact = self._released.get(key)
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
