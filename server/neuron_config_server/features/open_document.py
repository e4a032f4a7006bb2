"""A document as a client has it open: what is known of its text, and positions in the client's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from neuron_config_server.features.analysis import Analysis
from neuron_config_server.features.client import Client
from neuron_config_server.features.client_positions import from_client_range, to_client_range
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.rules.finding import Edit, Finding

if TYPE_CHECKING:
    from neuron_config_server.catalog.catalog import Catalog
    from neuron_config_server.reading.config_file import ConfigFile


@dataclass(frozen=True)
class OpenDocument:
    """What every feature asks."""

    analysis: Analysis
    version: int | None
    encoding: str
    """The position encoding that was negotiated."""
    client: Client

    @property
    def uri(self) -> str:
        return self.analysis.uri

    @property
    def source(self) -> SourceText:
        return self.analysis.source

    @property
    def catalog(self) -> Catalog:
        return self.analysis.insight.catalog

    @property
    def file(self) -> ConfigFile | None:
        """None where the text mentions no Neuron config, or isn't read."""
        return self.analysis.insight.file

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say, with fixes that can be told to hold."""
        return self.analysis.insight.findings

    def position(self, place: types.Position) -> Position:
        """A client's position in code points; one past the end of a line or of the text is that end."""
        return self.range(types.Range(place, place)).start

    def range(self, range_: types.Range) -> Range:
        """A client's range in code points."""
        return from_client_range(self.source, range_, self.encoding)

    def client_range(self, range_: Range) -> types.Range:
        """A range of this text in the client's units."""
        return to_client_range(self.source, range_, self.encoding)

    def text_edit(self, edit: Edit) -> types.TextEdit:
        return types.TextEdit(self.client_range(edit.range), edit.new_text)

    def workspace_edit(self, edits: tuple[Edit, ...]) -> types.WorkspaceEdit:
        """Edits of this text, for this version where the client can tell versions apart."""
        found = [self.text_edit(edit) for edit in edits]
        if not self.client.takes_versioned_edits:
            return types.WorkspaceEdit(changes={self.uri: found})
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        return types.WorkspaceEdit(
            document_changes=[types.TextDocumentEdit(text_document=identifier, edits=[*found])]
        )
