"""``neuron-config check``: the linter."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.commands.common import ExitCode, add_environment_option, chosen_catalog, note
from neuron_config_server.lint.discovery import Problem, find_targets
from neuron_config_server.lint.output import FORMATS
from neuron_config_server.lint.run import FileReport, run
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Applicability, Severity


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[Path()], metavar="PATH", help="files or folders (default: .)"
    )
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are safe")
    parser.add_argument(
        "--output-format",
        choices=sorted(FORMATS),
        default="full",
        help="how to write the findings (default: full)",
    )
    add_environment_option(parser)
    parser.set_defaults(run=check_paths)


def check_paths(options: argparse.Namespace) -> ExitCode:
    """Check, print the findings on stdout and notes on stderr."""
    catalog = chosen_catalog(options)
    targets, problems = find_targets(options.paths)
    reports: list[FileReport] = []
    for outcome in run(targets, catalog, all_rules(), apply_fixes=options.fix):
        if isinstance(outcome, Problem):
            problems.append(outcome)
        else:
            reports.append(outcome)
    _print_findings(reports, options.output_format)
    _print_notes(reports, problems, catalog, options.paths)
    if problems or any(report.crashed for report in reports):
        return ExitCode.ERROR
    return ExitCode.FINDINGS if any(report.findings for report in reports) else ExitCode.CLEAN


def _print_findings(reports: Sequence[FileReport], format_name: str) -> None:
    written = FORMATS[format_name](reports)
    if isinstance(written, str):
        sys.stdout.write(written)
        return
    console = Console(highlight=False, soft_wrap=True)
    if written:
        console.print(written)
    if reports:
        console.print(_summary(reports), end="")


def _summary(reports: Sequence[FileReport]) -> Text:
    findings = [finding for report in reports for finding in report.findings]
    fixed = sum(len(report.fixed) for report in reports)
    fixable = sum(1 for found in findings if found.fix and found.fix.applicability is Applicability.SAFE)
    summary = Text("\n" if findings else "")
    if fixed:
        summary.append(f"Fixed {_count(fixed, 'finding')}.\n", style="green")
    if not findings:
        return summary.append(f"No findings in {_count(len(reports), 'file')}.\n", style="green")
    counts = [
        (sum(1 for found in findings if found.severity is severity), severity.value) for severity in Severity
    ]
    summary.append(
        f"Found {', '.join(_count(number, kind) for number, kind in counts if number)}.\n", style="bold"
    )
    if fixable:
        summary.append(f"[*] {fixable} fixable with the --fix option.\n", style="cyan")
    return summary


def _print_notes(
    reports: Sequence[FileReport], problems: Sequence[Problem], catalog: Catalog, paths: Sequence[Path]
) -> None:
    for problem in problems:
        note(f"{problem.path}: {problem.message}")
    for report in reports:
        for unread in report.unread:
            note(f"{report.path}:{unread.line + 1}: a statement is not checked: {unread.reason}")
    if not reports and not problems:
        note(f"nothing to check: no Python file with Neuron configs in {', '.join(map(str, paths))}")
    if reports and catalog.absence is not None:
        note(f"{catalog.absence} with --environment.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
