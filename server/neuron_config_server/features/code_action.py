"""Fixes as quick fixes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from neuron_config_server.features.analysis import Analysis
from neuron_config_server.features.client_positions import from_client_range, to_client_range
from neuron_config_server.features.diagnostics import diagnostic
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Applicability, Finding, Fix


@dataclass(frozen=True)
class Document:
    """Which text of which document the client's edits will be applied to."""

    uri: str
    version: int | None
    encoding: str
    takes_versioned_edits: bool
    """The client supports ``documentChanges``: an edit for an old version is refused, not misplaced."""


def quick_fixes(
    analysis: Analysis, document: Document, range_: types.Range, only: Sequence[str] | None
) -> list[types.CodeAction]:
    """The fixes of the findings that a range touches, if quick fixes are asked for."""
    if only is not None and not any(_includes_quick_fixes(kind) for kind in only):
        return []
    asked = from_client_range(analysis.source, range_, document.encoding)
    return list(_actions(analysis, document, asked))


def _includes_quick_fixes(kind: str) -> bool:
    return kind in ("", types.CodeActionKind.QuickFix.value)


def _actions(analysis: Analysis, document: Document, asked: Range) -> Iterator[types.CodeAction]:
    for finding in analysis.findings:
        is_asked_for = finding.range.start <= asked.end and asked.start <= finding.range.end
        if finding.fix is not None and is_asked_for and analysis.fix_holds(finding):
            yield _action(finding, finding.fix, analysis, document)


def _action(finding: Finding, fix: Fix, analysis: Analysis, document: Document) -> types.CodeAction:
    return types.CodeAction(
        title=f"{fix.title} ({finding.code})",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(finding, analysis, document.encoding)],
        is_preferred=fix.applicability is Applicability.SAFE,
        edit=_workspace_edit(fix, analysis, document),
    )


def _workspace_edit(fix: Fix, analysis: Analysis, document: Document) -> types.WorkspaceEdit:
    edits = [
        types.TextEdit(to_client_range(analysis.source, edit.range, document.encoding), edit.new_text)
        for edit in fix.edits
    ]
    if not document.takes_versioned_edits:
        return types.WorkspaceEdit(changes={document.uri: edits})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(text_document=identifier, edits=edits)]
    )
