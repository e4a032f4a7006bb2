"""What refactorings share: the class at the cursor, and the change that is read before it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.actions.offers import Offer, RefusedError
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Range, SourceText
from neuron_config_server.rules.finding import Change, Edit, Fix, Intent


@dataclass(frozen=True)
class Rewrite:
    """What a refactoring does, and how the text must read afterwards."""

    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    """What it means to change."""
    is_meant: Callable[[ConfigFile], bool] = lambda file: True
    """Whether a text that it made says what it should."""


@dataclass(frozen=True)
class ClassAtCursor:
    """A config class, and the file that it stands in."""

    document: OpenDocument
    file: ConfigFile
    config: ConfigClass

    @property
    def catalog(self) -> Catalog:
        return self.document.catalog

    @property
    def source(self) -> SourceText:
        return self.document.source

    @property
    def name(self) -> str:
        return self.config.name


def class_at(document: OpenDocument, asked: Range) -> ClassAtCursor | None:
    """The one config class that a range touches, decorators included; None if there are several."""
    if document.file is None:
        return None
    found = [config for config in placed_classes(document.file) if _touches(config, asked)]
    return ClassAtCursor(document, document.file, found[0]) if len(found) == 1 else None


def placed_classes(file: ConfigFile) -> list[ConfigClass]:
    """The classes of a file whose places are known: while a statement is being typed, those in it aren't."""
    typed = {statement.line for statement in file.statements if statement.is_being_typed}
    return [config for config in file.classes if int(config.value.line) not in typed]


def _touches(config: ConfigClass, asked: Range) -> bool:
    start_of_statement = int(config.value.line)
    if (
        asked.end.line < start_of_statement
        or start_of_statement + config.value.node.span[2] < asked.start.line
    ):
        return False  # of most classes; their exact places needn't be worked out
    first_line = min(each.range.start.line for each in (config, *config.registrations))
    return first_line <= asked.end.line and asked.start <= config.range.end


def offered(here: ClassAtCursor, title: str, kind: str, rewrite: Callable[[], Rewrite]) -> Offer:
    """The refactoring, or where it is refused, why."""
    try:
        made = rewrite()
    except RefusedError as error:
        return Offer(title, kind, refusal=str(error))
    return Offer(title, kind, partial(_edits_that_hold, here, title, made), takes_long=True)


def _edits_that_hold(here: ClassAtCursor, title: str, rewrite: Rewrite) -> tuple[Edit, ...]:
    """The edits, once the text that they make was read.

    Raises:
        RefusedError: it means something else than it should.
    """
    change = Fix(title, rewrite.edits, intent=Intent(changes=rewrite.changes))
    trial = here.document.analysis.insight.trial
    after = trial().outcome(change) if trial is not None else None
    if after is None or not rewrite.is_meant(after):
        raise RefusedError("it would change more than it is there to change")
    return rewrite.edits
