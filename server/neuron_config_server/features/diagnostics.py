"""Findings as diagnostics."""

from __future__ import annotations

import hashlib

from lsprotocol import types

from neuron_config_server.features.analysis import Analysis
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.rules.finding import Finding, Severity

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
    return types.Diagnostic(
        range=to_client_range(analysis.source, finding.range, encoding),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        source=SOURCE,
    )


def document_report(
    analysis: Analysis, encoding: str, previous_result_id: str | None
) -> types.DocumentDiagnosticReport:
    """The answer to a pull: unchanged if the client already has these diagnostics."""
    items = diagnostics(analysis, encoding)
    result_id = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    if result_id == previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=result_id)
