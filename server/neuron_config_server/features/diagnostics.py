"""Findings as diagnostics: pushed with each version of a document, or given to a client that asks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lsprotocol import types

from neuron_config_server.catalog.careful_files import read_text
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.features.documents import modified
from neuron_config_server.features.free_memory import give_back_free_memory
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.reading.positions import Range, SourceText
from neuron_config_server.rules.finding import Finding, Related, Severity
from neuron_config_server.rules.home import url_of

SOURCE = "neuron-config"
"""What editors show behind the message."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


def did_open(ls: NeuronConfigServer, params: types.DidOpenTextDocumentParams) -> None:
    push(ls, params.text_document.uri)


def did_change(ls: NeuronConfigServer, params: types.DidChangeTextDocumentParams) -> None:
    push(ls, params.text_document.uri)


def did_save(ls: NeuronConfigServer, params: types.DidSaveTextDocumentParams) -> None:
    """What was found is kept for the next session: it will start with this text."""
    uri = params.text_document.uri
    ls.workspace_changed.set()
    if ls.document(uri) is not None:
        ls.folders.analyses(uri).keep(uri)


def did_close(ls: NeuronConfigServer, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    ls.folders.forget(uri)
    ls.workspace_changed.set()
    if not ls.client.pulls_diagnostics:
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
    give_back_free_memory()


def pull(ls: NeuronConfigServer, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    document = ls.document(params.text_document.uri)
    if document is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    return document_report(document, params.previous_result_id)


def push(ls: NeuronConfigServer, uri: str) -> None:
    """Publish a document's diagnostics with its version, unless the client pulls them."""
    document = ls.document(uri) if not ls.client.pulls_diagnostics else None
    if document is not None:
        ls.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, diagnostics(document), document.version)
        )


def diagnostics(document: OpenDocument) -> list[types.Diagnostic]:
    """A diagnostic for every finding."""
    return [diagnostic(finding, document) for finding in document.analysis.findings]


def diagnostic(finding: Finding, document: OpenDocument) -> types.Diagnostic:
    url = url_of(finding.code)
    return types.Diagnostic(
        range=document.client_range(finding.range),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(href=url) if url is not None else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if finding.is_unnecessary else None,
        related_information=[_related(each, document) for each in finding.related] or None,
    )


def _related(related: Related, document: OpenDocument) -> types.DiagnosticRelatedInformation:
    """Another place; in another file, counted in the text that it has on disk."""
    if related.path is None:
        place = types.Location(document.uri, document.client_range(related.range))
    else:
        place = types.Location(
            related.path.as_uri(), _range_in(related.path, related.range, document.encoding)
        )
    return types.DiagnosticRelatedInformation(location=place, message=related.message)


def _range_in(path: Path, range_: Range, encoding: str) -> types.Range:
    """Lines are the same to everybody; for columns, the file has to be read."""
    is_of_lines = range_.start.column == range_.end.column == 0
    source = SourceText("") if is_of_lines else _text_of(path, modified(path))
    return to_client_range(source, range_, encoding)


@lru_cache(maxsize=32)
def _text_of(path: Path, stamp: float | None) -> SourceText:
    """A file's text, read again when it has changed."""
    return SourceText(read_text(path) or "")


def document_report(document: OpenDocument, previous_result_id: str | None) -> types.DocumentDiagnosticReport:
    """The answer to a pull: unchanged if the client already has these diagnostics."""
    result_id = f"{hash(document.analysis.findings):x}"  # of this session, as all that is asked about
    if result_id == previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    return types.RelatedFullDocumentDiagnosticReport(items=diagnostics(document), result_id=result_id)
