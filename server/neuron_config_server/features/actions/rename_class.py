"""Renames a config class to what the contribution guide calls it, with all its mentions in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from neuron_config_server.features.actions.kinds import REWRITE
from neuron_config_server.features.actions.offers import Offer, RefusedError
from neuron_config_server.features.actions.refactorings import ClassAtCursor, Rewrite, offered
from neuron_config_server.lint.comments import comments
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.rules.finding import Aspect, Change, Edit
from neuron_config_server.rules.nc501_class_name import conventional_name, references


def renaming(here: ClassAtCursor) -> Iterator[Offer]:
    name = conventional_name(here.name)
    if here.config.registrations and name != here.name:
        title = f"Rename `{here.name}` to `{name}`"
        yield offered(here, title, REWRITE, partial(_rename, here, name))


def _rename(here: ClassAtCursor, name: str) -> Rewrite:
    if _places_of(here.source, name):
        raise RefusedError(f"`{name}` stands in this file already")
    places = _places_of(here.source, here.name)
    known = {
        here.config.name_range,
        *references(here.file, here.name),
        *_in_comments(here.file, here.name),
        *_in_exports(here.file, here.name),
    }
    other = next((place for place in places if place not in known), None)
    if other is not None:
        raise RefusedError(f"on line {other.start.line + 1}, `{here.name}` may mean something else")
    edits = tuple(Edit(place, name) for place in places)
    return Rewrite(edits, (Change(Aspect.CLASS_NAME, frozenset({here.name})),))


def _places_of(source: SourceText, name: str) -> list[Range]:
    word = re.compile(rf"\b{re.escape(name)}\b")
    return [
        Range(Position(line, found.start()), Position(line, found.end()))
        for line, text in enumerate(source.lines)
        for found in word.finditer(text)
    ]


def _in_comments(file: ConfigFile, name: str) -> Iterator[Range]:
    word = re.compile(rf"\b{re.escape(name)}\b")
    for statement in file.statements:
        for comment in comments(statement.text) if name in statement.text else ():
            for found in word.finditer(comment.text):
                start = Position(statement.line + comment.line, comment.column + found.start())
                yield Range(start, Position(start.line, start.column + len(name)))


def _in_exports(file: ConfigFile, name: str) -> Iterator[Range]:
    """The name in ``__all__``, without its quotes."""
    for statement in file.statements:
        for node in statement.facts.body:
            if isinstance(node, (syntax.Assign, syntax.Augment)) and _is_all(node):
                for text in syntax.nodes_in(node.value):
                    if isinstance(text, syntax.Text) and text.value == name:
                        outer = range_of(text.span, statement.line)
                        start = Position(outer.start.line, outer.start.column + text.opening)
                        yield Range(start, Position(start.line, start.column + len(name)))


def _is_all(node: syntax.Assign | syntax.Augment) -> bool:
    targets = node.targets if isinstance(node, syntax.Assign) else (node.target,)
    return any(isinstance(target, syntax.Name) and target.name == "__all__" for target in targets)
