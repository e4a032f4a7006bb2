"""Edits that import a class beside others of its module, where the file imports one of them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from neuron_config_server.features.completions.lexing import tokens
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Edit


@dataclass(frozen=True)
class ImportedName:
    """A name of a ``from … import``; offsets are of the statement's text."""

    name: str
    start: int
    end: int
    """Behind what it is renamed to."""


@dataclass(frozen=True)
class ImportList:
    """The names of a ``from … import``."""

    line: int
    """Where the statement starts."""
    text: str
    """Of the statement."""
    names: tuple[ImportedName, ...]

    def with_name(self, name: str) -> Edit:
        """Import a name too, in its alphabetical place, set as the name beside it is."""
        place = bisect([each.name for each in self.names], name)
        is_last = place == len(self.names)
        beside = self.names[-1 if is_last else place]
        before = self.text[: beside.start].rpartition("\n")[2]
        separator = f",\n{before}" if before.isspace() else ", "
        at = self._position(beside.end if is_last else beside.start)
        return Edit(Range(at, at), separator + name if is_last else name + separator)

    def _position(self, offset: int) -> Position:
        before = self.text[:offset]
        return Position(self.line + before.count("\n"), offset - before.rfind("\n") - 1)


def import_list(file: ConfigFile, siblings: Collection[str]) -> ImportList | None:
    """The first ``from … import`` at the top of the file that has one of these names."""
    for statement in file.statements:
        for node in statement.facts.body:
            if isinstance(node, syntax.Import) and any(
                dotted.rpartition(".")[2] in siblings for _, dotted in node.names
            ):
                names = tuple(_imported(statement.text))
                if names and len(statement.facts.body) == 1:
                    return ImportList(statement.line, statement.text, names)
    return None


def _imported(text: str) -> Iterator[ImportedName]:
    found = [each for each in tokens(text, 0, len(text)) if each.kind != "comment"]
    start = next((place for place, each in enumerate(found) if each.text == "import"), len(found))
    if not found or found[0].text != "from":
        return
    for place in range(start + 1, len(found)):
        if found[place - 1].text in ("import", "(", ",") and found[place].kind == "name":
            is_renamed = found[place + 1 : place + 2] and found[place + 1].text == "as"
            last = found[min(place + 2, len(found) - 1)] if is_renamed else found[place]
            yield ImportedName(found[place].text, found[place].start, last.end)
