"""What an editor's menu of code actions holds, and the text after choosing from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types
from opened import EVERYTHING, applied, opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.client import Client
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.features.code_action import actions, resolved
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.positions import Position, Range


@dataclass(frozen=True)
class Menu:
    """The actions of a place in a document."""

    document: OpenDocument
    items: tuple[types.CodeAction | types.Command, ...]

    @property
    def actions(self) -> tuple[types.CodeAction, ...]:
        return tuple(each for each in self.items if isinstance(each, types.CodeAction))

    @property
    def titles(self) -> list[str]:
        """Of what can be chosen."""
        return [each.title for each in self.actions if each.disabled is None]

    @property
    def reasons(self) -> dict[str, str]:
        """Title -> why it can't be chosen."""
        return {each.title: each.disabled.reason for each in self.actions if each.disabled is not None}

    def action(self, title: str) -> types.CodeAction:
        (found,) = (each for each in self.actions if each.title == title and each.disabled is None)
        return found

    def text_after(self, title: str) -> str:
        """The text once that one is chosen."""
        action = self.action(title)
        edit = (action if action.edit is not None else resolved(action, self.document)).edit
        assert edit is not None
        return applied(self.document, edits_of(edit))


def edits_of(edit: types.WorkspaceEdit) -> list[types.TextEdit]:
    found = [*(edit.changes or {}).values()]
    for change in edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        found.append([each for each in change.edits if isinstance(each, types.TextEdit)])
    return [each for edits in found for each in edits]


def menu(
    marked: str,
    catalog: Catalog,
    *,
    only: Sequence[str] | None = None,
    trigger: types.CodeActionTriggerKind | None = types.CodeActionTriggerKind.Invoked,
    encoding: str = "utf-16",
    client: Client = EVERYTHING,
    uri: str = "file:///workspace/configs.py",
) -> Menu:
    """The menu at the ``|`` of a text, or of what two of them select."""
    parts = marked.split("|")
    assert len(parts) in (2, 3), "one | or two"
    document = opened("".join(parts), catalog, uri=uri, encoding=encoding, client=client)
    range_ = Range(_end_of(parts[0]), _end_of("".join(parts[:-1])))
    context = types.CodeActionContext(diagnostics=[], only=only, trigger_kind=trigger)
    asked = to_client_range(document.source, range_, encoding)
    return Menu(document, tuple(actions(document, asked, context)))


def _end_of(text: str) -> Position:
    return Position(text.count("\n"), len(text) - text.rfind("\n") - 1)
