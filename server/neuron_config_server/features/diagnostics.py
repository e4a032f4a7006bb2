"""Findings as diagnostics."""

from __future__ import annotations

import hashlib

from lsprotocol import types

from neuron_config_server.catalog.careful_files import read_text
from neuron_config_server.features.analysis import Analysis
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules.finding import Finding, Related, Severity
from neuron_config_server.rules.home import url_of

SOURCE = "neuron-config"
"""What editors show behind the message."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


def diagnostics(analysis: Analysis, encoding: str) -> list[types.Diagnostic]:
    """A diagnostic for every finding."""
    return [diagnostic(finding, analysis, encoding) for finding in analysis.findings]


def diagnostic(finding: Finding, analysis: Analysis, encoding: str) -> types.Diagnostic:
    url = url_of(finding.code)
    return types.Diagnostic(
        range=to_client_range(analysis.source, finding.range, encoding),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(href=url) if url is not None else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if finding.is_unnecessary else None,
        related_information=[_related(each, analysis, encoding) for each in finding.related] or None,
    )


def _related(related: Related, analysis: Analysis, encoding: str) -> types.DiagnosticRelatedInformation:
    """Another place; in another file, counted in the text that it has on disk."""
    uri, source = analysis.uri, analysis.source
    if related.path is not None:
        uri, source = related.path.as_uri(), SourceText(read_text(related.path) or "")
    place = types.Location(uri=uri, range=to_client_range(source, related.range, encoding))
    return types.DiagnosticRelatedInformation(location=place, message=related.message)


def document_report(
    analysis: Analysis, encoding: str, previous_result_id: str | None
) -> types.DocumentDiagnosticReport:
    """The answer to a pull: unchanged if the client already has these diagnostics."""
    items = diagnostics(analysis, encoding)
    result_id = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    if result_id == previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=result_id)
