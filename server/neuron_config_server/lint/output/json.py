"""A list of objects, one a finding; rows and columns count from 1, columns in code points (ruff's habits)."""

from __future__ import annotations

import json
from typing import Any

from neuron_config_server.lint.output.places import absolute, column, row
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Finding, Fix, Related
from neuron_config_server.rules.home import url_of


def write(results: Results) -> str:
    findings = [as_object(report, finding, results) for report, finding in results.findings]
    return json.dumps(findings, indent=2, ensure_ascii=False) + "\n"


def as_object(report: FileReport, finding: Finding, results: Results) -> dict[str, Any]:
    """One finding; its fix is there whether ``--fix`` would apply it or not."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "filename": absolute(report.path, results.folder),
        **_range(finding.range),
        "class": finding.class_name,
        "tasks": list(finding.tasks),
        "related": [_related(report, each, results) for each in finding.related],
        "fix": _fix(finding.fix) if finding.fix is not None else None,
        "url": url_of(finding.code),
    }


def _related(report: FileReport, related: Related, results: Results) -> dict[str, Any]:
    path = absolute(related.path or report.path, results.folder)
    return {"message": related.message, "filename": path, **_range(related.range)}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.title,
        "edits": [{"content": edit.new_text, **_range(edit.range)} for edit in fix.edits],
    }


def _range(range_: Range) -> dict[str, Any]:
    return {"location": _location(range_.start), "end_location": _location(range_.end)}


def _location(position: Position) -> dict[str, int]:
    return {"row": row(position), "column": column(position)}
