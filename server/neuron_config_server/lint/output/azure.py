"""Azure Pipelines' logging commands, escaped as microsoft/azure-pipelines-task-lib does (taskcommand.ts)."""

from __future__ import annotations

from neuron_config_server.lint.output.places import absolute, column, row
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.rules.finding import Finding, Severity


def write(results: Results) -> str:
    return "".join(f"{_command(report, finding, results)}\n" for report, finding in results.findings)


def _command(report: FileReport, finding: Finding, results: Results) -> str:
    start = finding.range.start
    properties = {
        "type": "error" if finding.severity is Severity.ERROR else "warning",  # there is nothing less
        "sourcepath": absolute(report.path, results.folder),
        "linenumber": row(start),
        "columnnumber": column(start),
        "code": finding.code,
    }
    said = "".join(f"{key}={_property(str(value))};" for key, value in properties.items())
    return f"##vso[task.logissue {said}]{_data(finding.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
