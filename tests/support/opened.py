"""Documents as a client has them open, with a cursor: ``|`` in a text, which isn't part of it."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.client import Client
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.positions import Position, Range, SourceText, apply_edits
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Edit

EVERYTHING = Client(**dict.fromkeys(Client.__dataclass_fields__, True))
"""A client that can do everything."""
ENCODINGS = ("utf-8", "utf-16", "utf-32")


@dataclass(frozen=True)
class Cursor:
    """A place in an open document."""

    document: OpenDocument
    place: types.Position
    """In the client's units."""


def opened(
    text: str,
    catalog: Catalog,
    *,
    uri: str = "file:///workspace/configs.py",
    encoding: str = "utf-16",
    client: Client = EVERYTHING,
) -> OpenDocument:
    analysis = Analyser(catalog, all_rules()).analyse(uri, text)
    return OpenDocument(analysis, 1, encoding, client)


def at_cursor(
    marked: str,
    catalog: Catalog,
    *,
    uri: str = "file:///workspace/configs.py",
    encoding: str = "utf-16",
    client: Client = EVERYTHING,
) -> Cursor:
    """The document of a text with one ``|``, and where that stands."""
    before, mark, after = marked.partition("|")
    assert mark, "no | in the text"
    document = opened(before + after, catalog, uri=uri, encoding=encoding, client=client)
    here = Position(before.count("\n"), len(before) - before.rfind("\n") - 1)
    return Cursor(document, to_client_range(document.source, Range(here, here), encoding).start)


def applied(document: OpenDocument, edits: list[types.TextEdit]) -> str:
    """The text after a client's edits."""
    ours = [Edit(document.range(edit.range), edit.new_text) for edit in edits]
    return apply_edits(document.source.text, ours)


def underlined(document: OpenDocument, range_: types.Range) -> str:
    """What a client's range spans."""
    return document.source.slice(document.range(range_))


def text_of(source: str, range_: types.Range, encoding: str) -> str:
    """What a client's range spans in another file."""
    from neuron_config_server.features.client_positions import from_client_range

    text = SourceText(source)
    return text.slice(from_client_range(text, range_, encoding))
