"""``path:row: [CODE] message``, which many tools read as what pylint's format "parseable" writes."""

from __future__ import annotations

from neuron_config_server.lint.output.places import relative, row
from neuron_config_server.lint.report import Results


def write(results: Results) -> str:
    return "".join(
        f"{relative(report.path, results.folder)}:{row(finding.range.start)}: "
        f"[{finding.code}] {' '.join(finding.message.split())}\n"
        for report, finding in results.findings
    )
