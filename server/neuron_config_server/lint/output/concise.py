"""One line a finding: ``path:row:column: CODE [*] message``; the star marks a fix that ``--fix`` applies."""

from __future__ import annotations

from rich.text import Text

from neuron_config_server.lint.output.places import shown
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.rules.finding import Applicability, Finding, Severity

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold blue"}


def write(results: Results) -> Text:
    lines = [headline(report, finding, results) for report, finding in results.findings]
    return Text("\n").join(lines)


def headline(report: FileReport, finding: Finding, results: Results) -> Text:
    """The line for one finding."""
    place = ((f"{report.path}", "bold"), (f":{shown(finding.range.start)}: ", "dim"))
    return Text.assemble(*place, says(finding, results))


def says(finding: Finding, results: Results) -> Text:
    """What comes after the place."""
    return Text.assemble(
        (finding.code, STYLES[finding.severity]),
        (" [*] " if is_applied(finding, results) else " ", "cyan"),
        " ".join(finding.message.split()),
    )


def is_applied(finding: Finding, results: Results) -> bool:
    """Whether ``--fix`` would mend it, with the options given."""
    fix = finding.fix
    return fix is not None and (results.applies_unsafe or fix.applicability is Applicability.SAFE)
