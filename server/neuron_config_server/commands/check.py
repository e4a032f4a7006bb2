"""``neuron-config check``: the linter."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from neuron_config_server.commands.check_options import Request, add_options, requested
from neuron_config_server.commands.check_output import (
    note_what_was_not_checked,
    print_diffs,
    print_results,
    print_statistics,
)
from neuron_config_server.commands.exit_codes import ExitCode, UsageError
from neuron_config_server.commands.notes import note
from neuron_config_server.lint.baseline import Baseline, BaselineError, read_baseline, write_baseline
from neuron_config_server.lint.discovery import Problem, find_targets
from neuron_config_server.lint.files import UnreadableError, decode_source
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.lint.run import do_all, run
from neuron_config_server.lint.work import Done
from neuron_config_server.settings.files import SettingsError

_OBJECTS_BEFORE_A_COLLECTION = 200_000
"""With Python's 700, looking for garbage takes a tenth of a run, and finds next to none."""


def configure(parser: argparse.ArgumentParser) -> None:
    add_options(parser)
    parser.set_defaults(run=check_paths)


def check_paths(options: argparse.Namespace) -> ExitCode:
    """Check, print the findings on stdout and notes on stderr."""
    gc.set_threshold(_OBJECTS_BEFORE_A_COLLECTION)
    try:
        if options.watch:
            from neuron_config_server.commands.check_watch import watch

            watch(options)
        return check_once(requested(options))[0]
    except (SettingsError, BaselineError) as error:
        raise UsageError(str(error)) from error


def check_once(request: Request) -> tuple[ExitCode, set[Path]]:
    """One run, and the files that decided what came of it, beside those that were checked.

    Raises:
        SettingsError, BaselineError: what is set can't be used.
        UsageError: the output can't be written.
    """
    known = _baseline(request)
    done, problems = _done(request)
    outcomes = [each.outcome for each in done]
    results = Results(
        tuple(each for each in outcomes if isinstance(each, FileReport)),
        (*problems, *(each for each in outcomes if isinstance(each, Problem))),
        request.folder,
        request.applies_unsafe,
    )
    if request.writes_baseline and request.baseline is not None:
        count = write_baseline(request.baseline, results, known)
        note(f"{request.baseline} holds {count} finding{'' if count == 1 else 's'}")
        code = ExitCode.CLEAN if results.is_complete else ExitCode.ERROR
    else:
        code = _told(request, results, known)
    note_what_was_not_checked(request, results, done)
    return code, {path for each in done for path in each.depended_on}


def _done(request: Request) -> tuple[list[Done], list[Problem]]:
    if request.reads_stdin:
        return _stdin_done(request), []
    targets, problems = find_targets(
        request.paths, request.plan.policies.excludes, names_count=not request.force_exclude
    )
    return run(targets, request.plan), problems


def _stdin_done(request: Request) -> list[Done]:
    path = request.folder / request.stdin_filename
    if request.force_exclude and request.plan.policies.excludes(path):
        return []
    try:
        source = decode_source(path, sys.stdin.buffer.read())
    except UnreadableError as error:
        return [Done(Problem(request.stdin_filename, str(error)))]
    return do_all([request.plan.work(source, request.stdin_filename, named=True)], request.plan)


def _baseline(request: Request) -> Baseline | None:
    if request.baseline is None or (request.writes_baseline and not request.baseline.exists()):
        return None
    return read_baseline(request.baseline)


def _told(request: Request, results: Results, known: Baseline | None) -> ExitCode:
    """Print what came of the run."""
    total = len(results.findings)
    stale = 0
    if known is not None:
        results, entries = known.without_known(results)
        stale = sum(entries.values())
    if request.shows_diffs:
        would_change = print_diffs(results)
        code = ExitCode.FINDINGS if would_change else ExitCode.CLEAN
    else:
        if request.statistics:
            print_statistics(request, results)
        else:
            print_results(request, results, known=total - len(results.findings))
        code = ExitCode.FINDINGS if results.fails else ExitCode.CLEAN
    if stale:
        note(
            f"{stale} of the findings in {request.baseline} {'is' if stale == 1 else 'are'} there no longer; "
            "renew it with --write-baseline"
        )
    if not results.is_complete:
        return ExitCode.ERROR
    return ExitCode.CLEAN if request.exits_zero else code
