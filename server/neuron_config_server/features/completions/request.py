"""What is asked: a cursor in a document, and what is known of the class that it stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.neuron_bases import Dialect, NeuronBases
from neuron_config_server.features.completions.repair import Statement, readable
from neuron_config_server.features.completions.site import Site, site_at
from neuron_config_server.features.completions.surroundings import Surroundings, surroundings_of
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import ClassValue, Dotted, RegisterFunction
from neuron_config_server.reading.evaluation.world import REGISTER_FUNCTION
from neuron_config_server.reading.positions import Position, SourceText
from neuron_config_server.reading.statements import count_line_ends


@dataclass(frozen=True)
class Request:
    """A cursor in a document that mentions Neuron configs."""

    document: OpenDocument
    statement: Statement
    site: Site
    whole: ConfigFile
    """The file as it stands."""

    @property
    def catalog(self) -> Catalog:
        return self.document.catalog

    @cached_property
    def around(self) -> Surroundings:
        return surroundings_of(self.site)

    @cached_property
    def file(self) -> ConfigFile:
        """The file, without the cursor's line if that breaks it."""
        return readable(self.whole, self.statement, self.site)

    @cached_property
    def config(self) -> ConfigClass | None:
        """The config class that the cursor stands in, or whose decorator or head."""
        return next((each for each in self.file.classes if self._is_around(each.value)), None)

    @cached_property
    def effective(self) -> tuple[EffectiveConfig, ...]:
        """What the class is exported for; of one that nothing registers, what its subclasses are."""
        if self.config is not None and self.config.effective:
            return self.config.effective
        below = (each for each in self.file.classes if any(map(self._is_around, each.lineage)))
        return tuple(effective for each in below for effective in each.effective)

    @property
    def is_about_configs(self) -> bool:
        """Whether the cursor stands in a config class, or in one that config classes inherit from."""
        return self.config is not None or bool(self.effective)

    def _is_around(self, class_: ClassValue) -> bool:
        is_here = int(class_.line) == self.statement.line and class_.module is self.file.followed.module
        return is_here and class_.name == self.around.class_name

    @property
    def effective_here(self) -> tuple[EffectiveConfig, ...]:
        """Of these, the ones for the tasks that the branch around the cursor is for."""
        found = tuple(each for each in self.effective if each.task in self.around.tasks)
        return found or self.effective

    @property
    def model_types(self) -> tuple[str, ...]:
        """Those that the class is registered for."""
        return tuple(dict.fromkeys(each.model_type for each in self.effective))

    @property
    def model_type(self) -> str | None:
        return next(iter(self.model_types), None)

    @cached_property
    def quote(self) -> str:
        """The quote that strings around the cursor have."""
        found = [each.quote for each in (*self.site.before, *self.site.after) if each.kind == "string"]
        found = found or [character for character in self.statement.text if character in "\"'"]
        counted = Counter(each for each in found if len(each) == 1)
        return counted.most_common(1)[0][0] if counted else '"'

    @cached_property
    def dialect(self) -> Dialect:
        """The package that the file is written on, told by what it imports."""
        package = Dialect.NEURON_CORE.value.partition(".")[0]
        imported = (each.name for each in self._names.values() if isinstance(each, Dotted))
        is_ours = any(each.startswith(f"{package}.") for each in imported)
        return Dialect.NEURON_CORE if is_ours else Dialect.OPTIMUM_NEURON

    @cached_property
    def bases(self) -> NeuronBases | None:
        """The Neuron base classes of the dialect; they are alike, so those of the other where it isn't
        installed.
        """
        found = self.catalog.neuron_bases(self.dialect)
        others = (each for each in Dialect if each is not self.dialect)
        return found or next(filter(None, map(self.catalog.neuron_bases, others)), None)

    @property
    def _names(self) -> dict[str, object]:
        return self.file.followed.module.names

    def is_register_function(self, name: str) -> bool:
        """Whether a name of the file registers config classes."""
        value = self._names.get(name)
        if isinstance(value, Dotted):
            value = self.file.world.resolve(value)
        return isinstance(value, RegisterFunction) or name.rpartition(".")[2] == REGISTER_FUNCTION

    @property
    def register_function(self) -> str:
        """What the file calls the function that registers."""
        return next(filter(self.is_register_function, self._names), REGISTER_FUNCTION)

    def value_of(self, name: str) -> object:
        """What a name of the file stands for."""
        return self._names.get(name)

    def names_of_the_file(self) -> Iterator[tuple[str, object]]:
        return iter(self._names.items())

    def position(self, offset: int) -> Position:
        """The place in the file of an offset in the statement."""
        text = self.statement.text
        start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
        return Position(self.statement.line + count_line_ends(text, 0, start), offset - start)


def request_at(document: OpenDocument, position: Position) -> Request | None:
    """What is asked with a cursor at a place; None where no code stands that could be told."""
    file = document.file
    statement = file.statement_at(position.line) if file is not None else None
    if file is None or statement is None:
        return None
    cursor = SourceText(statement.text).offset(Position(position.line - statement.line, position.column))
    site = site_at(statement.text, cursor, is_broken=statement.facts.fault is not None)
    return Request(document, statement, site, file) if site is not None else None
