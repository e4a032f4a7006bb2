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

_CLEAR = "\x1b[2J\x1b[H"


def watch(options: argparse.Namespace) -> NoReturn:
    """Until Ctrl-C, which ends it with 130 as it ends ruff's."""
    requested(options)  # what is wrong from the start is said once, and ends it
    while True:
        if sys.stdout.isatty():
            sys.stdout.write(_CLEAR)
        files = _checked(options)
        sys.stdout.flush()
        note("watching for changes; Ctrl-C ends it")
        _wait_for_change(options, files)


def _checked(options: argparse.Namespace) -> set[Path]:
    """Check once; settings that were broken meanwhile are said, and waited for to be mended."""
    try:
        return check_once(requested(options))[1]
    except (SettingsError, BaselineError, UsageError) as error:
        note(str(error))
        return set()


def _wait_for_change(options: argparse.Namespace, others: set[Path]) -> None:
    before = _times(options, others)
    while True:
        started = time.monotonic()
        now = _times(options, others)
        if now != before:
            return
        time.sleep(max(_PAUSE, 4 * (time.monotonic() - started)))


def _times(options: argparse.Namespace, others: Iterable[Path]) -> Mapping[Path, tuple[int, int]]:
    """Of the files that are checked, those that decide about them, and settings files that may appear."""
    try:
        excludes = requested(options).plan.policies.excludes
        targets, _ = find_targets(options.paths, excludes)
    except (SettingsError, UsageError):
        targets, _ = find_targets(options.paths)
    files = {target.path for target in targets} | set(others)
    files |= {folder / name for folder in _folders(files) for name in (OWN_FILE, SHARED_FILE)}
    if options.baseline is not None:
        files.add(options.baseline)
    return {file: found for file in files if (found := _time(file)) is not None}


def _folders(files: Iterable[Path]) -> set[Path]:
    """The folders of the files, and those above them."""
    found: set[Path] = set()
    for file in files:
        folder = Path(os.path.abspath(file)).parent  # noqa: PTH100 - links count by their names
        while folder not in found:
            found.add(folder)
            folder = folder.parent
    return found


def _time(file: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116 - asked for twice a second, for each file
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
