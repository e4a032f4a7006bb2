"""What ``neuron-config check`` prints: findings to stdout or a file, notes about the run to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING, Union

from neuron_config_server.commands.check_options import Request
from neuron_config_server.commands.exit_codes import UsageError
from neuron_config_server.commands.notes import note
from neuron_config_server.lint.files import write_in_one_step
from neuron_config_server.lint.output import FOR_PEOPLE, write
from neuron_config_server.lint.output.places import relative
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.lint.statistics import as_json, as_table, count_by_rule
from neuron_config_server.lint.work import Done, Mode
from neuron_config_server.reading.positions import split_lines
from neuron_config_server.rules.finding import Applicability, Severity

if TYPE_CHECKING:
    from rich.text import Text


def print_results(request: Request, results: Results, *, known: int) -> None:
    """The findings in the format asked for; people get a summary below them.

    Args:
        known: how many findings were passed over because the baseline has them.
    """
    written = write(request.output_format, results)
    if request.reads_stdin and request.plan.mode is not Mode.CHECK:
        _print_mended(results)
        _print(written, sys.stderr)
        return
    if request.output_format in FOR_PEOPLE:
        summary = _summary(results, known)
        written = f"{written}\n{summary}" if isinstance(written, str) and written else _with(written, summary)
    if request.output_file is not None:
        _write_file(request, written if isinstance(written, str) else written.plain)
    else:
        _print(written, sys.stdout)


def print_statistics(request: Request, results: Results) -> None:
    counts = count_by_rule(results)
    text = as_json(counts) if request.output_format == "json" else as_table(counts)
    if request.output_file is not None:
        _write_file(request, text)
    else:
        sys.stdout.write(text)


def print_diffs(results: Results) -> bool:
    """What fixes would change, as a patch; whether there is anything."""
    changed = [report for report in results.reports if report.original is not None]
    for report in changed:
        sys.stdout.write(_diff(report, results))
    fixed = sum(len(report.fixed) for report in changed)
    if changed:
        note(f"would fix {_count(fixed, 'finding')} in {_count(len(changed), 'file')}")
    return bool(changed)


def _diff(report: FileReport, results: Results) -> str:
    path = str(relative(report.path, results.folder)).lstrip("/")
    lines = unified_diff(
        split_lines(report.original or ""), split_lines(report.text), f"a/{path}", f"b/{path}"
    )
    return "".join(
        line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def note_what_was_not_checked(request: Request, results: Results, done: Sequence[Done]) -> None:
    for problem in results.problems:
        note(f"{problem.path}: {problem.message}")
    for report in results.reports:
        for unread in report.unread:
            note(f"{report.path}:{unread.line + 1}: a statement is not checked: {unread.reason}")
    if not results.reports and not results.problems:
        paths = ", ".join(map(str, request.paths))
        note(f"nothing to check: no Python file with Neuron configs in {paths}")
    for absence in dict.fromkeys(each.absence for each in done if each.absence is not None):
        note(f"{absence} with --environment.")


def _print_mended(results: Results) -> None:
    for report in results.reports:
        sys.stdout.write(report.text)


def _write_file(request: Request, text: str) -> None:
    if request.output_file is None:
        return
    try:
        write_in_one_step(request.output_file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(
            f"--output-file: {request.output_file} can't be written: {error.strerror or error}"
        ) from error


def _print(written: Union[str, Text], stream: object) -> None:
    """In colour on a terminal; ``rich.console`` is imported only for one."""
    out = sys.stderr if stream is sys.stderr else sys.stdout
    if isinstance(written, str):
        out.write(written)
        return
    if not written:
        return
    if out.isatty() or os.environ.get("FORCE_COLOR"):
        from rich.console import Console

        Console(file=out, highlight=False, soft_wrap=True).print(written, end="")
    else:
        out.write(written.plain)
    if not written.plain.endswith("\n"):
        out.write("\n")


def _with(written: Union[str, Text], summary: Text) -> Text:
    from rich.text import Text

    findings = Text(written) if isinstance(written, str) else written
    return Text("\n").join([findings, summary]) if findings else summary


def _summary(results: Results, known: int) -> Text:
    from rich.text import Text

    findings = [finding for _, finding in results.findings]
    fixed = sum(len(report.fixed) for report in results.reports)
    summary = Text("\n" if findings else "")
    if fixed:
        summary.append(f"Fixed {_count(fixed, 'finding')}.\n", style="green")
    in_baseline = f"; {known} in the baseline" if known else ""
    if not findings:
        new = "new " if known else ""
        text = f"No {new}findings in {_count(len(results.reports), 'file')}{in_baseline}.\n"
        return summary.append(text if results.reports else "", style="green")
    severities = [finding.severity for finding in findings]
    counts = ", ".join(_counted(severities))
    summary.append(f"Found {counts}{in_baseline}.\n", style="bold")
    return summary.append(_fixable(results), style="cyan")


def _counted(severities: Sequence[Severity]) -> Iterable[str]:
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    return [
        _count(severities.count(severity), name) for severity, name in names.items() if severity in severities
    ]


def _fixable(results: Results) -> str:
    applicabilities = [finding.fix.applicability for _, finding in results.findings if finding.fix]
    safe = applicabilities.count(Applicability.SAFE)
    unsafe = len(applicabilities) - safe
    if results.applies_unsafe:
        safe, unsafe = safe + unsafe, 0
    text = f"[*] {safe} fixable with the --fix option.\n" if safe else ""
    return text + (f"{unsafe} more with --fix --unsafe-fixes.\n" if unsafe else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
