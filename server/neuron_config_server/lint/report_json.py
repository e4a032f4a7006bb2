"""Reports as JSON and back, for the cache; without what fixes mean to change, which they were held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neuron_config_server.lint.report import FileReport, Unread
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Applicability, Edit, Finding, Fix, Related, Severity


def report_to_json(report: FileReport) -> dict[str, Any]:
    """What was found in a file that was checked; the text isn't kept."""
    return {
        "findings": [_finding_to_json(finding) for finding in report.findings],
        "unread": [[each.line, each.reason] for each in report.unread],
    }


def report_from_json(data: dict[str, Any], path: Path, text: str) -> FileReport:
    """The report again; what isn't one raises KeyError, TypeError or ValueError."""
    return FileReport(
        path,
        text,
        tuple(_finding_from_json(each) for each in data["findings"]),
        unread=tuple(Unread(line, reason) for line, reason in data["unread"]),
    )


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "range": _range_to_json(finding.range),
        "class": finding.class_name,
        "tasks": list(finding.tasks),
        "fix": fix
        and {
            "title": fix.title,
            "edits": [[_range_to_json(edit.range), edit.new_text] for edit in fix.edits],
            "applicability": fix.applicability.value,
        },
        "related": [
            [each.message, _range_to_json(each.range), each.path and str(each.path)]
            for each in finding.related
        ],
        "is_unnecessary": finding.is_unnecessary,
    }


def _finding_from_json(data: dict[str, Any]) -> Finding:
    return Finding(
        data["code"],
        data["name"],
        Severity(data["severity"]),
        data["message"],
        _range_from_json(data["range"]),
        data["class"],
        tuple(data["tasks"]),
        _fix_from_json(data["fix"]),
        tuple(
            Related(message, _range_from_json(range_), Path(path) if path else None)
            for message, range_, path in data["related"]
        ),
        data["is_unnecessary"],
    )


def _fix_from_json(data: dict[str, Any] | None) -> Fix | None:
    if data is None:
        return None
    edits = tuple(Edit(_range_from_json(range_), text) for range_, text in data["edits"])
    return Fix(data["title"], edits, Applicability(data["applicability"]))


def _range_to_json(range_: Range) -> list[int]:
    return [range_.start.line, range_.start.column, range_.end.line, range_.end.column]


def _range_from_json(data: list[int]) -> Range:
    start_line, start_column, end_line, end_column = data
    return Range(Position(start_line, start_column), Position(end_line, end_column))
