"""What a client can do, read once from its capabilities: each is False where the client doesn't say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types


@dataclass(frozen=True)
class Client:
    """The capabilities that decide what an answer looks like."""

    pulls_diagnostics: bool = False
    """It asks for diagnostics; if not, they are pushed."""
    takes_versioned_edits: bool = False
    """It supports ``documentChanges``: an edit for an old version is refused, not misplaced."""
    takes_snippets: bool = False
    reads_markdown_in_hover: bool = False
    reads_markdown_in_completion: bool = False
    reads_markdown_in_signatures: bool = False
    resolves_completion_docs: bool = False
    """It asks for ``documentation`` by ``completionItem/resolve``."""
    resolves_edits: bool = False
    """It asks for the ``edit`` of a code action by ``codeAction/resolve``."""
    takes_code_action_literals: bool = False
    shows_disabled_actions: bool = False
    takes_location_links: bool = False
    shows_link_tooltips: bool = False
    nests_symbols: bool = False
    prepares_rename: bool = False
    shows_progress: bool = False
    can_be_asked_for_settings: bool = False
    registers_watchers: bool = False
    registers_configuration: bool = False
    refreshes_diagnostics: bool = False
    refreshes_code_lenses: bool = False
    refreshes_inlay_hints: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Client:
        def has(path: str) -> bool:
            return bool(_at(capabilities, path))

        def resolves(path: str, name: str) -> bool:
            support = _at(capabilities, path)
            return support is not None and name in support.properties

        def reads_markdown(path: str) -> bool:
            return types.MarkupKind.Markdown in (_at(capabilities, path) or ())

        return cls(
            pulls_diagnostics=_at(capabilities, "text_document.diagnostic") is not None,
            takes_versioned_edits=has("workspace.workspace_edit.document_changes"),
            takes_snippets=has("text_document.completion.completion_item.snippet_support"),
            reads_markdown_in_hover=reads_markdown("text_document.hover.content_format"),
            reads_markdown_in_completion=reads_markdown(
                "text_document.completion.completion_item.documentation_format"
            ),
            reads_markdown_in_signatures=reads_markdown(
                "text_document.signature_help.signature_information.documentation_format"
            ),
            resolves_completion_docs=resolves(
                "text_document.completion.completion_item.resolve_support", "documentation"
            ),
            resolves_edits=resolves("text_document.code_action.resolve_support", "edit"),
            takes_code_action_literals=has("text_document.code_action.code_action_literal_support"),
            shows_disabled_actions=has("text_document.code_action.disabled_support"),
            takes_location_links=has("text_document.definition.link_support"),
            shows_link_tooltips=has("text_document.document_link.tooltip_support"),
            nests_symbols=has("text_document.document_symbol.hierarchical_document_symbol_support"),
            prepares_rename=has("text_document.rename.prepare_support"),
            shows_progress=has("window.work_done_progress"),
            can_be_asked_for_settings=has("workspace.configuration"),
            registers_watchers=has("workspace.did_change_watched_files.dynamic_registration"),
            registers_configuration=has("workspace.did_change_configuration.dynamic_registration"),
            refreshes_diagnostics=has("workspace.diagnostics.refresh_support"),
            refreshes_code_lenses=has("workspace.code_lens.refresh_support"),
            refreshes_inlay_hints=has("workspace.inlay_hint.refresh_support"),
        )


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name, None)
    return value
