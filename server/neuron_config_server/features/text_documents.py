"""Open documents, kept as the client has them.

pygls 2.1.1 splits lines with ``str.splitlines``, which also splits at form feeds and U+2028: an edit below
one would change the wrong line. It also takes a position past a line's end for the character before it.
"""

from __future__ import annotations

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from neuron_config_server.features.client_positions import from_client_range
from neuron_config_server.reading.positions import Range, remembered, source_text, split_lines


class ExactDocument(TextDocument):
    """A document whose lines are those of the Language Server Protocol."""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(split_lines(self.source))

    def _apply_incremental_change(self, change: types.TextDocumentContentChangePartial) -> None:
        source = source_text(self.source)
        encoding = types.PositionEncodingKind(self.position_codec.encoding).value
        range_ = from_client_range(source, change.range, encoding)
        if range_.end < range_.start:
            range_ = Range(range_.end, range_.start)
        self._source = remembered(source.edited(range_, change.text)).text


class ExactWorkspace(Workspace):
    """A workspace of :class:`ExactDocument`."""

    @classmethod
    def in_place_of(cls, workspace: Workspace) -> ExactWorkspace:
        """One with the same folders and encoding, for the moment before any document is open."""
        folders = list(workspace.folders.values())
        return cls(workspace.root_uri, workspace._sync_kind, folders, workspace.position_encoding)

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> ExactDocument:
        return ExactDocument(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self.position_codec,
        )
