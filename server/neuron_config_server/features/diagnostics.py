"""Findings as diagnostics: pushed with each version of a document, or given to a client that asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from lsprotocol import types

from neuron_config_server.catalog.careful_files import read_text
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.features.documents import modified
from neuron_config_server.features.free_memory import give_back_free_memory
from neuron_config_server.features.messages import Json, json_of_diagnostic
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.seldom import Seldom
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.settling import settle_soon
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
    settle_soon(ls)


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
    ls.kept(Written).forget(uri)
    ls.workspace_changed.set()
    if not ls.client.pulls_diagnostics:
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
    give_back_free_memory()


def pull(ls: NeuronConfigServer, params: types.DocumentDiagnosticParams) -> Json:
    """Unchanged if the client already has these diagnostics."""
    document = ls.document(params.text_document.uri)
    if document is None:
        return Json('{"kind": "full", "items": []}')
    texts = ls.kept(Written).of(document)
    result_id = _result_id(texts)
    if result_id == params.previous_result_id:
        return Json(f'{{"kind": "unchanged", "resultId": "{result_id}"}}')
    return Json(f'{{"kind": "full", "resultId": "{result_id}", "items": [{", ".join(texts)}]}}')


def push(ls: NeuronConfigServer, uri: str) -> None:
    """Publish a document's diagnostics with its version, unless the client pulls them."""
    document = ls.document(uri) if not ls.client.pulls_diagnostics else None
    if document is not None:
        items = ", ".join(ls.kept(Written).of(document))
        version = f', "version": {json.dumps(document.version)}' if document.version is not None else ""
        params = Json(f'{{"uri": {json.dumps(uri)}, "diagnostics": [{items}]{version}}}')
        ls.protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)


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
        data=_data(finding),
    )


def _data(finding: Finding) -> dict[str, object] | None:
    """What a client may do with a finding beside showing it, by its class, its tasks and its fix.

    The fix is offered where it holds; here is its title.
    """
    said = {
        "class": finding.class_name,
        "tasks": list(finding.tasks) or None,
        "fix": finding.fix.title if finding.fix is not None else None,
    }
    return {name: each for name, each in said.items() if each is not None} or None


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
    source = SourceText("") if _is_of_lines(range_) else _text_of(path, modified(path))
    return to_client_range(source, range_, encoding)


def _is_of_lines(range_: Range) -> bool:
    return range_.start.column == range_.end.column == 0


@lru_cache(maxsize=32)
def _text_of(path: Path, stamp: float | None) -> SourceText:
    """A file's text, read again when it has changed."""
    return SourceText(read_text(path) or "")


def document_report(document: OpenDocument) -> types.RelatedFullDocumentDiagnosticReport:
    """The diagnostics of a document, as a pull would have them."""
    found = diagnostics(document)
    result_id = _result_id([json_of_diagnostic(each) for each in found])
    return types.RelatedFullDocumentDiagnosticReport(items=found, result_id=result_id)


def _result_id(texts: Sequence[str]) -> str:
    return f"{hash(tuple(texts)):x}"  # of this session, as all that is asked about


class Written:
    """Diagnostics as JSON, written again only of what is found anew.

    Rules find anew whatever stands in a line that changes, so that a finding which is the same object has the
    same place, in whatever units the client counts. Only in other files may its places have moved: these are
    looked at now and then.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[int, tuple[Finding, str]]] = {}
        self._seldom = Seldom()

    def of(self, document: OpenDocument) -> list[str]:
        """A text for every finding."""
        before, now = self._known.get(document.uri, {}), {}
        texts: list[str] = []
        is_time = self._seldom.is_time()
        for finding in document.analysis.findings:
            known = before.get(id(finding))
            if known is None or known[0] is not finding or (is_time and _counts_columns_elsewhere(finding)):
                known = (finding, json_of_diagnostic(diagnostic(finding, document)))
            texts.append(known[1])
            now[id(finding)] = known
        self._known[document.uri] = now
        return texts

    def forget(self, uri: str) -> None:
        self._known.pop(uri, None)


def _counts_columns_elsewhere(finding: Finding) -> bool:
    """Whether it speaks of columns of another file, which are counted in that file's text."""
    return any(each.path is not None and not _is_of_lines(each.range) for each in finding.related)
