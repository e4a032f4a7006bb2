"""Reviewdog's diagnostic format (reviewdog/reviewdog, proto/rdf); its columns count bytes of UTF-8 from 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from neuron_config_server.lint.output.places import absolute, row
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.rules import home
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.home import url_of

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def write(results: Results) -> str:
    result = {
        "source": {"name": "neuron-config", **({"url": home.HOME} if home.HOME else {})},
        "severity": "WARNING",
        "diagnostics": [
            _diagnostic(report, finding, SourceText(report.text), results)
            for report, finding in results.findings
        ],
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(report: FileReport, finding: Finding, source: SourceText, results: Results) -> dict[str, Any]:
    url = url_of(finding.code)
    edits = finding.fix.edits if finding.fix is not None else ()
    related = [
        {"message": each.message, "location": _elsewhere(each.path, each.range, report, source, results)}
        for each in finding.related
    ]
    return {
        "message": finding.message,
        "location": {
            "path": absolute(report.path, results.folder),
            "range": _range(finding.range, source),
        },
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code, **({"url": url} if url else {})},
        **(
            {"suggestions": [{"range": _range(edit.range, source), "text": edit.new_text} for edit in edits]}
            if edits
            else {}
        ),
        **({"related_locations": related} if related else {}),
    }


def _elsewhere(
    path: Path | None, range_: Range, report: FileReport, source: SourceText, results: Results
) -> dict[str, Any]:
    """A related place; of another file, whose bytes aren't known here, the lines alone."""
    place = absolute(path or report.path, results.folder)
    if path is None:
        return {"path": place, "range": _range(range_, source)}
    return {"path": place, "range": {"start": {"line": row(range_.start)}, "end": {"line": row(range_.end)}}}


def _range(range_: Range, source: SourceText) -> dict[str, Any]:
    return {"start": _position(range_.start, source), "end": _position(range_.end, source)}


def _position(position: Position, source: SourceText) -> dict[str, int]:
    before = source.line(position.line)[: position.column]
    return {"line": row(position), "column": len(before.encode("utf-8", "surrogatepass")) + 1}
