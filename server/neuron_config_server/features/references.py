"""Where else in the file the thing under the cursor stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types

from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.subjects.names_in_file import name_in_file
from neuron_config_server.features.subjects.subject import Subject, subject_at
from neuron_config_server.features.subjects.subject_kinds import Kind
from neuron_config_server.reading.positions import Position, Range

_NAMED = frozenset(
    {Kind.BASE, Kind.GENERATOR, Kind.CONFIG_CLASS, Kind.NORMALIZED_CLASS, Kind.CLASS, Kind.CONSTANT}
)
"""What stands in the source as a name of the file's top level."""


@dataclass(frozen=True)
class _Reference:
    range: Range
    kind: types.DocumentHighlightKind


def references(ls: NeuronConfigServer, params: types.ReferenceParams) -> list[types.Location] | None:
    document = ls.document(params.text_document.uri)
    if document is None:
        return None
    return references_at(document, params.position, params.context.include_declaration)


def highlights(
    ls: NeuronConfigServer, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight] | None:
    document = ls.document(params.text_document.uri)
    return highlights_at(document, params.position) if document is not None else None


def references_at(
    document: OpenDocument, place: types.Position, include_declaration: bool
) -> list[types.Location] | None:
    """Every place of the thing at a position; None if nothing of ours stands there."""
    found = _references(document, place)
    wanted = [
        each for each in found if include_declaration or each.kind is not types.DocumentHighlightKind.Write
    ]
    return [types.Location(document.uri, document.client_range(each.range)) for each in wanted] or None


def highlights_at(document: OpenDocument, place: types.Position) -> list[types.DocumentHighlight] | None:
    """The same places as highlights; None leaves it to the editor, which marks equal words."""
    found = _references(document, place)
    return [types.DocumentHighlight(document.client_range(each.range), each.kind) for each in found] or None


def _references(document: OpenDocument, place: types.Position) -> list[_Reference]:
    subject = subject_at(document, document.position(place))
    if subject is None:
        return []
    if subject.is_string:
        return list(_strings(document, subject))
    return list(_names(document, subject)) if subject.kind in _NAMED else []


def _strings(document: OpenDocument, subject: Subject) -> Iterator[_Reference]:
    """The strings of that text that are the same to a config class."""
    quoted = re.compile(rf"([\"']){re.escape(subject.name)}\1")
    for number, line in enumerate(document.source.lines):
        if subject.name not in line:
            continue
        for match in quoted.finditer(line):
            found = subject_at(document, Position(number, match.start() + 1))
            if found is not None and (found.kind, found.name) == (subject.kind, subject.name):
                yield _Reference(found.range, types.DocumentHighlightKind.Text)


def _names(document: OpenDocument, subject: Subject) -> Iterator[_Reference]:
    for each in name_in_file(document.file, subject.name).occurrences if document.file is not None else ():
        kind = types.DocumentHighlightKind.Write if each.is_binding else types.DocumentHighlightKind.Read
        yield _Reference(each.range, kind)
