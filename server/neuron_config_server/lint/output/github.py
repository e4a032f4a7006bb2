"""GitHub's workflow commands, which become annotations of a pull request.

Escapes are those of actions/toolkit (packages/core/src/command.ts); a range over several lines has no
columns, because GitHub drops an annotation that has (ruff's render/github.rs).
"""

from __future__ import annotations

from pathlib import Path

from neuron_config_server.lint.output.places import absolute, column, relative, row, shown
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Position
from neuron_config_server.rules.finding import Finding, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(results: Results) -> str:
    return "".join(f"{_command(report, finding, results)}\n" for report, finding in results.findings)


def _command(report: FileReport, finding: Finding, results: Results) -> str:
    start, end = finding.range.start, finding.range.end
    is_on_one_line = start.line == end.line
    properties = {
        "title": f"neuron-config ({finding.code})",
        "file": absolute(report.path, results.folder),
        "line": row(start),
        **({"col": column(start)} if is_on_one_line else {}),
        "endLine": row(end),
        **({"endColumn": column(end)} if is_on_one_line else {}),
    }
    lines = [_line(report.path, start, f"{finding.code} {finding.message}", results)]
    lines += [
        _line(each.path or report.path, each.range.start, each.message, results) for each in finding.related
    ]
    said = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    message = "\n".join(lines)
    return f"::{_COMMANDS[finding.severity]} {said}::{_data(message)}"


def _line(path: Path, position: Position, message: str, results: Results) -> str:
    return f"{relative(path, results.folder)}:{shown(position)}: {message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
