"""What a file's names stand for outside of it: base classes, normalized configs, generators, other files."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.configs.classes import ConfigClass
from neuron_config_server.catalog.generators.choice import generator_named
from neuron_config_server.catalog.neuron_bases import ClassAttribute, Dialect, NeuronBases
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    BaseClass,
    Dotted,
    ModuleValue,
    NormalizedClass,
    RegisterFunction,
    Unknown,
)
from neuron_config_server.reading.memory import note

REGISTER_FUNCTION = "register_in_tasks_manager"
"""What optimum-neuron and neuron_core call the decorator that registers a config class."""

NORMALIZED_CONFIGS = "NormalizedConfigManager"
"""What optimum calls its table of normalized configs."""

_OTHER_BACKENDS = re.compile(r"optimum\.exporters\.(?!neuron\b)\w")
_EMPTY_BASES = frozenset({"object", "ABC", "Generic", "Protocol"})
_SUBMODEL = re.compile(r"-(?:encoder|decoder)$")
"""optimum-neuron registers the two halves of an encoder-decoder model under ``<model type>-encoder`` and
``-decoder`` (``exporters/neuron/utils.py``, 0.4.5)."""

_FILES_OF_BASES = (
    "exporters/neuron/base.py",
    "exporters/neuron/config.py",
    "configs/base.py",
    "configs/modality.py",
)
"""Where the Neuron base classes are defined, in optimum-neuron and in neuron_core."""


def _folders(module: str) -> tuple[str, ...]:
    """How the paths of a module, and of the packages that hand it on, end."""
    parts = module.split(".")
    return tuple("/" + "/".join(parts[:length]) + "/" for length in range(2, len(parts) + 1))


class Loader(Protocol):
    """Finds and follows other files; dotted modules as seen from the file that imports them."""

    def load(self, dotted: str, importer: Path | None) -> ModuleValue | None: ...

    def find(self, dotted: str, importer: Path | None) -> Path | None: ...

    def text(self, path: Path, reader: Path) -> str | None: ...


OTHER_FILES = "other files"
"""Their texts, as something that answers hang on (:mod:`..memory`)."""


class World:
    """The catalog and the neighbouring files, as evaluation asks for them."""

    def __init__(self, catalog: Catalog, loader: Loader, path: Path | None = None) -> None:
        self.catalog = catalog
        self._loader = loader
        self.path = path
        self.followed: dict[Path, ModuleValue] = {}
        """The other files that were asked."""
        self.missing: set[str] = set()
        """Modules that were asked for and aren't there."""
        self.searched: dict[Path, int | None] = {}
        """Folders that they would appear in -> when these last changed."""
        self.changed_bases: set[tuple[str, str]] = set()
        """Attributes of Neuron base classes that the file sets: (class, attribute)."""
        self._resolved: dict[str, Any] = {}
        self._base_values: dict[tuple[str, str], Any] = {}

    def resolve(self, value: Dotted) -> Any:
        """What a name stands for; itself if that isn't followed."""
        if value.name not in self._resolved:
            self._resolved[value.name] = value  # while it is being looked for, it stands for itself
            self._resolved[value.name] = self._look_up(value)
        return self._resolved[value.name]

    def attribute_of_name(self, owner: Dotted, name: str) -> Any:
        """``owner.name``, of what is known by its name alone."""
        return self.resolve(Dotted(f"{owner.name}.{name}", owner.is_bound))

    def is_empty_base(self, base: Dotted) -> bool:
        """Whether it is a base class that has no attributes of interest."""
        return base.last in _EMPTY_BASES

    def generator(self, name: str) -> Dotted:
        """A dummy input generator by its name, in full where it is known."""
        found = generator_named(name, self.catalog.dummy_generators)
        return Dotted(f"{found.module}.{found.name}" if found is not None else name)

    def hf_config_class(self, library: str, model_type: str) -> tuple[str, ConfigClass | None]:
        """The HF model type that a registered one means, and its config class."""
        types = self.catalog.model_types or {}
        meant = model_type if model_type in types else _SUBMODEL.sub("", model_type)
        if library != TRANSFORMERS and meant not in types:
            return meant, None
        return meant, self.catalog.config_class(meant) if library != "diffusers" else None

    def sub_config(self, class_: ConfigClass, name: str) -> ConfigClass | None:
        """The class of a config within a config."""
        class_name = (class_.sub_configs or {}).get(name)
        types = self.catalog.model_types or {}
        model_type = next((each for each, found in types.items() if found == class_name), None)
        return self.catalog.config_class(model_type) if model_type is not None else None

    def normalized_alias(self, alias: str) -> Any:
        """What ``get_normalized_config_class`` gives; MISSING if it raises KeyError."""
        configs = self.catalog.normalized_configs
        if configs is None:
            return Unknown("optimum is not found")
        found = configs.aliases.get(alias)
        if found is None:
            return MISSING
        return NormalizedClass(found.class_name or found.source, found.attributes)

    def base_value(self, base: BaseClass, attribute: ClassAttribute) -> Any:
        """What a Neuron base class assigns in its body; the same object each time."""
        key = (base.name, attribute.name)
        if key not in self._base_values:
            self._base_values[key] = self._read_base_value(base, attribute)
        return self._base_values[key]

    def _read_base_value(self, base: BaseClass, attribute: ClassAttribute) -> Any:
        facts = base.facts
        if attribute.name == "DUMMY_INPUT_GENERATOR_CLASSES" and facts.generators is not None:
            return tuple(self.generator(name) for name in facts.generators)
        if attribute.value_known:
            return attribute.value
        try:
            return ast.literal_eval(attribute.source)
        except (ValueError, SyntaxError):
            return Unknown(f"`{base.name}.{attribute.name}` is not followed")

    def _look_up(self, value: Dotted) -> Any:
        last = value.last
        if last == REGISTER_FUNCTION:
            return value if _OTHER_BACKENDS.match(value.name) else RegisterFunction("neuron")
        base = self._bases.get(last)
        if base is not None and not self._is_somebody_elses(value):
            return base
        configs = self.catalog.normalized_configs
        if configs is not None and last in configs.classes:
            return NormalizedClass(last, configs.classes[last].attributes)
        generator = self._generator(value)
        return generator if generator is not None else self._in_another_file(value)

    def _generator(self, value: Dotted) -> Dotted | None:
        """The dummy input generator that an imported name stands for; two of them may have one name."""
        package, _, last = value.name.rpartition(".")
        found = [each for each in self.catalog.dummy_generators.values() if each.name == last]
        if package.startswith("."):
            folder = self._folder(package)
            found = [
                each for each in found if folder is not None and f"{folder}/".endswith(_folders(each.module))
            ]
        elif package.startswith("optimum.neuron"):
            found = [each for each in found if each.module.startswith("optimum.neuron")]
        named = generator_named(value.name, {f"{each.module}.{each.name}": each for each in found})
        return Dotted(f"{named.module}.{named.name}") if named is not None else None

    def _folder(self, relative: str) -> str | None:
        """Where a package would be that is imported by a relative name."""
        rest = relative.lstrip(".")
        level = len(relative) - len(rest)
        if self.path is None or level > len(self.path.parents):
            return None
        return self.path.parents[level - 1].joinpath(*rest.split(".")).as_posix()

    def text_of(self, path: Path) -> str | None:
        """The text of another file, whatever it holds; None if it isn't there, or too long."""
        note(OTHER_FILES)
        return self._loader.text(path, self.path) if self.path is not None else None

    def find(self, dotted: str) -> Path | None:
        """The file of a module, not followed; None if it isn't there."""
        return self._loader.find(dotted, self.path)

    def module(self, dotted: str) -> ModuleValue | None:
        """The file of a module, followed."""
        module = self._loader.load(dotted, self.path)
        if module is None:
            self.missing.add(dotted)
        if module is not None and module.path is not None:
            self.followed[module.path] = module
        return module

    def _is_somebody_elses(self, value: Dotted) -> bool:
        """Whether it is called like a Neuron base class and comes from another file."""
        if not value.is_bound or value.name.startswith(("optimum.", "neuron_core.")):
            return False
        path = self._loader.find(value.name.rpartition(".")[0] or ".", self.path)
        return path is not None and not path.as_posix().endswith(_FILES_OF_BASES)

    def _in_another_file(self, value: Dotted) -> Any:
        module_name, _, name = value.name.rpartition(".")
        if not value.is_bound or not name:
            return value
        module = self.module(module_name or ".")
        if module is None and value.name.startswith(".") and not module_name.strip("."):
            module = self.module(value.name)
            return module if module is not None else value
        if module is None:
            return value
        found = module.names.get(name, value)
        return self.resolve(found) if isinstance(found, Dotted) and found != value else found

    @cached_property
    def _bases(self) -> dict[str, BaseClass]:
        """The Neuron base classes by name; those of neuron_core where optimum-neuron isn't installed."""
        found: dict[str, BaseClass] = {}
        for dialect in (Dialect.OPTIMUM_NEURON, Dialect.NEURON_CORE):
            bases = self.catalog.neuron_bases(dialect)
            for name, base in _with_orders(bases).items() if bases is not None else ():
                found.setdefault(name, base)
        return found


def _with_orders(bases: NeuronBases) -> dict[str, BaseClass]:
    made: dict[str, BaseClass] = {}

    def make(name: str) -> BaseClass:
        if name not in made:
            facts = bases.classes[name]
            above = (each for each in facts.ancestors[1:] if each in bases.classes)
            made[name] = BaseClass(facts, tuple(make(each) for each in above))
        return made[name]

    for name in bases.classes:
        make(name)
    return made
