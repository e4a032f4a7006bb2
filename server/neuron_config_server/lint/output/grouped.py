"""Findings under the name of their file, for reading through."""

from __future__ import annotations

from rich.text import Text

from neuron_config_server.lint.output.concise import says
from neuron_config_server.lint.output.places import shown
from neuron_config_server.lint.report import FileReport, Results


def write(results: Results) -> Text:
    return Text("\n\n").join(_group(report, results) for report in results.reports if report.findings)


def _group(report: FileReport, results: Results) -> Text:
    places = [shown(finding.range.start) for finding in report.findings]
    width = max(map(len, places))
    lines = [
        Text.assemble((f"  {place:<{width}}  ", "dim"), says(finding, results))
        for place, finding in zip(places, report.findings)
    ]
    return Text("\n").join([Text(f"{report.path}:", style="bold"), *lines])
