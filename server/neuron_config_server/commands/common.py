"""What several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from enum import IntEnum
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.jobs.interpreter_paths import find_environment


class ExitCode(IntEnum):
    """As ruff's, and 130 where Ctrl-C ended it."""

    CLEAN = 0
    FINDINGS = 1
    ERROR = 2
    INTERRUPTED = 130


class UsageError(Exception):
    """The command can't do what was asked; the message says what to do instead."""


def add_environment_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--environment",
        type=Path,
        metavar="PATH",
        help="Python environment (its folder or interpreter) that has transformers and optimum; default: "
        "VIRTUAL_ENV, else a .venv of this folder or one above, else the one that runs neuron-config",
    )


def chosen_environment(options: argparse.Namespace) -> Environment:
    """The environment that the options ask for, else the one that the working directory suggests.

    Raises:
        UsageError: what was asked for is none.
    """
    try:
        return find_environment(Path.cwd(), options.environment, os.environ)
    except EnvironmentNotFoundError as error:
        raise UsageError(str(error)) from error


def chosen_catalog(options: argparse.Namespace) -> Catalog:
    """The catalog of that environment.

    Raises:
        UsageError: what was asked for is none.
    """
    return Catalog.with_cache_and_snapshot(chosen_environment(options), os.environ)


def note(message: str) -> None:
    """A line on stderr: about the run, not of its result."""
    print(f"neuron-config: {message}", file=sys.stderr)
