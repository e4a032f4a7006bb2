"""One line a finding: ``path:row:column: CODE [*] message``; the star marks a fix that ``--fix`` applies."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from neuron_config_server.lint.run import FileReport
from neuron_config_server.rules.finding import Applicability, Finding, Severity

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold blue"}


def write(reports: Sequence[FileReport]) -> Text:
    return Text("\n").join(headline(report, finding) for report in reports for finding in report.findings)


def headline(report: FileReport, finding: Finding) -> Text:
    """The line for one finding."""
    start = finding.range.start
    fixable = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    return Text.assemble(
        (f"{report.path}", "bold"),
        (f":{start.line + 1}:{start.column + 1}: ", "dim"),
        (finding.code, STYLES[finding.severity]),
        (" [*] " if fixable else " ", "cyan"),
        finding.message,
    )
