"""A finding with the lines of source around it, its range underlined, and its fix as a diff."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import takewhile

from rich.cells import cell_len
from rich.text import Text

from neuron_config_server.lint.output.concise import STYLES, headline
from neuron_config_server.lint.output.places import shown
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import SourceText, apply_edits, split_lines
from neuron_config_server.rules.finding import Applicability, Finding, Fix, Related

_CONTEXT = 1
"""Lines shown above and below."""


def write(results: Results) -> Text:
    return Text("\n\n").join(_block(report, finding, results) for report, finding in results.findings)


def _block(report: FileReport, finding: Finding, results: Results) -> Text:
    source = SourceText(report.text)
    lines = [headline(report, finding, results), *_frame(source, finding)]
    lines += [_related(report, related) for related in finding.related]
    if finding.fix is not None:
        lines += _fix(source, finding.fix)
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


def _related(report: FileReport, related: Related) -> Text:
    place = f"{related.path or report.path}:{shown(related.range.start)}"
    return Text.assemble(("  note: ", "bold blue"), f"{place}: {related.message}")


def _fix(source: SourceText, fix: Fix) -> Iterator[Text]:
    unsafe = " (unsafe: it may change what the code means)"
    note = unsafe if fix.applicability is Applicability.UNSAFE else ""
    yield Text.assemble(("  fix: ", "bold cyan"), fix.title, (note, "yellow"))
    yield from _diff(list(source.lines), split_lines(apply_edits(source.text, fix.edits)))


def _diff(old: list[str], new: list[str]) -> Iterator[Text]:
    """The lines that differ; those that are alike above and below aren't even compared twice."""
    width = len(str(max(len(old), len(new))))
    same = sum(1 for _ in takewhile(_alike, zip(old, new)))
    ending = sum(1 for _ in takewhile(_alike, zip(reversed(old[same:]), reversed(new[same:]))))
    one, other = old[same : len(old) - ending], new[same : len(new) - ending]
    for kind, start, end, new_start, new_end in SequenceMatcher(None, one, other).get_opcodes():
        if kind != "equal":
            for number in range(start, end):
                yield Text(f"  {number + same + 1:>{width}} - {one[number].rstrip()}", style="red")
            for number in range(new_start, new_end):
                yield Text(f"  {number + same + 1:>{width}} + {other[number].rstrip()}", style="green")


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]
