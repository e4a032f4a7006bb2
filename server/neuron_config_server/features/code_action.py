"""Fixes as quick fixes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from neuron_config_server.features.diagnostics import diagnostic
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Applicability, Finding, Fix


def code_actions(ls: NeuronConfigServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = ls.document(params.text_document.uri)
    return quick_fixes(document, params.range, params.context.only) if document is not None else []


def quick_fixes(
    document: OpenDocument, range_: types.Range, only: Sequence[str] | None
) -> list[types.CodeAction]:
    """The fixes of the findings that a range touches, if quick fixes are asked for."""
    if only is not None and not any(_includes_quick_fixes(kind) for kind in only):
        return []
    return list(_actions(document, document.range(range_)))


def _includes_quick_fixes(kind: str) -> bool:
    return kind in ("", types.CodeActionKind.QuickFix.value)


def _actions(document: OpenDocument, asked: Range) -> Iterator[types.CodeAction]:
    for finding in document.findings:
        is_asked_for = finding.range.start <= asked.end and asked.start <= finding.range.end
        if finding.fix is not None and is_asked_for and document.analysis.insight.fix_holds(finding):
            yield _action(finding, finding.fix, document)


def _action(finding: Finding, fix: Fix, document: OpenDocument) -> types.CodeAction:
    return types.CodeAction(
        title=f"{fix.title} ({finding.code})",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(finding, document)],
        is_preferred=fix.applicability is Applicability.SAFE,
        edit=document.workspace_edit(fix.edits),
    )
