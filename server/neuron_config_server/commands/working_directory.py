"""The folder that a command is called in."""

from __future__ import annotations

from pathlib import Path

from neuron_config_server.commands.exit_codes import UsageError


def working_directory() -> Path:
    """Raises UsageError where it was deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the working directory was deleted; change to one that is there") from error
