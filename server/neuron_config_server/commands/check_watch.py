"""``neuron-config check --watch``: checks again whenever a file changes.

It looks at the files' times: watchfiles would be told of changes, and is a compiled package that nothing else
here needs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from neuron_config_server.commands.check import check_once
from neuron_config_server.commands.check_options import requested
from neuron_config_server.commands.exit_codes import UsageError
from neuron_config_server.commands.notes import note
from neuron_config_server.lint.baseline import BaselineError
from neuron_config_server.lint.discovery import find_targets
from neuron_config_server.settings.files import OWN_FILE, SHARED_FILE, SettingsError

_PAUSE = 0.5
"""Seconds between two looks; longer where a look takes long."""

_Times = Mapping[Path, tuple[int, int]]

_CLEAR = "\x1b[2J\x1b[H"


def watch(options: argparse.Namespace) -> NoReturn:
    """Until Ctrl-C, which ends it with 130 as it ends ruff's."""
    requested(options)  # what is wrong from the start is said once, and ends it
    while True:
        # Taken before the check: what changes while it is under way is a change too.
        before = _times(_watched(options))
        if sys.stdout.isatty():
            sys.stdout.write(_CLEAR)
        others = _checked(options)
        sys.stdout.flush()
        note("watching for changes; Ctrl-C ends it")
        _wait_for_change(options, others, {**_times(others), **before})


def _checked(options: argparse.Namespace) -> set[Path]:
    """Check once; settings that were broken meanwhile are said, and waited for to be mended.

    Gives the files that decided about the result, beside those that were checked.
    """
    try:
        return check_once(requested(options))[1]
    except (SettingsError, BaselineError, UsageError) as error:
        note(str(error))
        return set()


def _wait_for_change(options: argparse.Namespace, others: set[Path], before: _Times) -> None:
    while True:
        started = time.monotonic()
        if {**_times(others), **_times(_watched(options))} != before:
            return
        time.sleep(max(_PAUSE, 4 * (time.monotonic() - started)))


def _watched(options: argparse.Namespace) -> set[Path]:
    """The files that are checked, and settings files that count for them or may appear."""
    try:
        excludes = requested(options).plan.policies.excludes
        targets, _ = find_targets(options.paths, excludes)
    except (SettingsError, UsageError):
        targets, _ = find_targets(options.paths)
    files = {target.path for target in targets}
    settings = {folder / name for folder in _folders(files) for name in (OWN_FILE, SHARED_FILE)}
    return files | settings | ({options.baseline} if options.baseline is not None else set())


def _folders(files: Iterable[Path]) -> set[Path]:
    """The folders of the files, and those above them."""
    found: set[Path] = set()
    for file in files:
        folder = Path(os.path.abspath(file)).parent  # noqa: PTH100 - links count by their names
        while folder not in found:
            found.add(folder)
            folder = folder.parent
    return found


def _times(files: Iterable[Path]) -> _Times:
    """Of those that are there."""
    return {file: found for file in files if (found := _time(file)) is not None}


def _time(file: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116 - asked for twice a second, for each file
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
