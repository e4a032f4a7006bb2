"""GitLab's code quality report (a subset of Code Climate's), for ``artifacts: reports: codequality``.

Paths are relative to CI_PROJECT_DIR. A finding's fingerprint doesn't depend on its line, so that GitLab knows
it again when it moves.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from neuron_config_server.lint.output.places import column, relative, row
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Finding, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(results: Results) -> str:
    folder = Path(os.environ.get("CI_PROJECT_DIR") or results.folder)
    seen: set[str] = set()
    issues = [_issue(report, finding, results, folder, seen) for report, finding in results.findings]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(
    report: FileReport, finding: Finding, results: Results, folder: Path, seen: set[str]
) -> dict[str, Any]:
    path = _path(report.path, results, folder)
    others = [
        _location(_path(each.path or report.path, results, folder), each.range) for each in finding.related
    ]
    return {
        "description": f"{finding.code}: {finding.message}",
        "check_name": finding.code,
        "type": "issue",
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": fingerprint(finding, path, seen),
        "location": _location(path, finding.range),
        **({"other_locations": others} if others else {}),
    }


def _path(path: Path, results: Results, folder: Path) -> str:
    return relative(results.folder / path, folder)


def fingerprint(finding: Finding, path: str, seen: set[str]) -> str:
    """A digest that is the same wherever in its file the finding stands; unique among those seen."""
    said = "\0".join((finding.code, path, finding.class_name or "", finding.message))
    count = 0
    while True:
        digest = hashlib.sha256(f"{said}\0{count}".encode()).hexdigest()[:32]
        if digest not in seen:
            seen.add(digest)
            return digest
        count += 1


def _location(path: str, range_: Range) -> dict[str, Any]:
    return {
        "path": path,
        "positions": {"begin": _position(range_.start), "end": _position(range_.end)},
    }


def _position(position: Position) -> dict[str, int]:
    return {"line": row(position), "column": column(position)}
