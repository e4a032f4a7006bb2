"""Edits that import a class beside others of its module, where the file imports one of them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from neuron_config_server.features.completions.lexing import Token, tokens
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.rules.finding import Edit


@dataclass(frozen=True)
class ImportList:
    """The names of a ``from … import``."""

    line: int
    """Where the statement starts."""
    source: SourceText
    """Of the statement."""
    names: tuple[Token, ...]

    def with_name(self, name: str) -> Edit:
        """Import a name too, in its alphabetical place, set as the name beside it is."""
        place = bisect([each.text for each in self.names], name)
        following = place < len(self.names)
        beside = self.names[place if following else -1]
        before = self.source.text[: beside.start].rpartition("\n")[2]
        separator = f",\n{before}" if before.isspace() else ", "
        at = self._position(beside.start if following else beside.end)
        return Edit(Range(at, at), name + separator if following else separator + name)

    def _position(self, offset: int) -> Position:
        text = self.source.text[:offset]
        return Position(self.line + text.count("\n"), offset - text.rfind("\n") - 1)


def import_list(file: ConfigFile, siblings: Collection[str]) -> ImportList | None:
    """The first ``from … import`` at the top of the file that has one of these names."""
    for statement in file.statements:
        for node in statement.facts.body:
            if isinstance(node, syntax.Import) and any(name in siblings for name, _ in node.names):
                names = tuple(_imported(statement.text))
                if names and len(statement.facts.body) == 1:
                    return ImportList(statement.line, SourceText(statement.text), names)
    return None


def _imported(text: str) -> Iterator[Token]:
    """The names behind ``import``, without what they are renamed to."""
    found = [each for each in tokens(text, 0, len(text)) if each.kind != "comment"]
    start = next((place for place, each in enumerate(found) if each.text == "import"), None)
    if start is None or not found or found[0].text != "from":
        return
    for previous, token in zip(found[start:], found[start + 1 :]):
        if previous.text in ("import", "(", ",") and token.kind == "name":
            yield token
