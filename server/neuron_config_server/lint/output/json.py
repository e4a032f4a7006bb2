"""A list of objects, one a finding; rows and columns count from 1, columns in code points (ruff's habits)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuron_config_server.lint.run import FileReport
from neuron_config_server.reading.positions import Position
from neuron_config_server.rules.finding import Finding, Fix


def write(reports: Sequence[FileReport]) -> str:
    findings = [_finding(report.path, finding) for report in reports for finding in report.findings]
    return json.dumps(findings, indent=2, ensure_ascii=False) + "\n"


def _finding(path: Path, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "filename": str(path.absolute()),
        "location": _location(finding.range.start),
        "end_location": _location(finding.range.end),
        "class": finding.class_name,
        "tasks": list(finding.tasks),
        "fix": _fix(finding.fix) if finding.fix is not None else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.title,
        "edits": [
            {
                "content": edit.new_text,
                "location": _location(edit.range.start),
                "end_location": _location(edit.range.end),
            }
            for edit in fix.edits
        ],
    }


def _location(position: Position) -> dict[str, int]:
    return {"row": position.line + 1, "column": position.column + 1}
