"""How a command ends; kept apart so that the command line can end well before anything else is imported."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """As ruff's, and 130 where Ctrl-C ended it."""

    CLEAN = 0
    FINDINGS = 1
    ERROR = 2
    INTERRUPTED = 130


class UsageError(Exception):
    """The command can't do what was asked; the message says what to do instead."""
