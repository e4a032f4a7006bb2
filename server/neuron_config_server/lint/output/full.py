"""A finding with the lines of source around it, its range underlined, and what its fix does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from neuron_config_server.lint.output.concise import STYLES, headline
from neuron_config_server.lint.run import FileReport
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules.finding import Finding

_CONTEXT = 1
"""Lines shown above and below."""


def write(reports: Sequence[FileReport]) -> Text:
    return Text("\n\n").join(_block(report, finding) for report in reports for finding in report.findings)


def _block(report: FileReport, finding: Finding) -> Text:
    lines = [headline(report, finding), *_frame(SourceText(report.text), finding)]
    if finding.fix is not None:
        lines.append(Text.assemble(("  fix: ", "bold cyan"), finding.fix.title))
    return Text("\n").join(lines)


def _frame(source: SourceText, finding: Finding) -> Iterator[Text]:
    start = finding.range.start.line
    first, last = max(0, start - _CONTEXT), min(len(source.lines) - 1, start + _CONTEXT)
    width = len(str(last + 1))
    for number in range(first, last + 1):
        yield Text.assemble((f"  {number + 1:>{width}} | ", "dim"), source.line(number))
        if number == start:
            underline = Text(_underline(source.line(number), finding), style=STYLES[finding.severity])
            yield Text.assemble((f"  {'':>{width}} | ", "dim"), underline)


def _underline(line: str, finding: Finding) -> str:
    """Carets below the range, as far as it is on the line; wide characters and tabs keep their width."""
    start, end = finding.range.start, finding.range.end
    stop = end.column if end.line == start.line else len(line)
    indent = "".join(
        "\t" if character == "\t" else " " * cell_len(character) for character in line[: start.column]
    )
    return indent + "^" * max(1, cell_len(line[start.column : stop]))
