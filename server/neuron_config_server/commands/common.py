"""What several commands share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.commands.exit_codes import ExitCode, UsageError
from neuron_config_server.commands.notes import note
from neuron_config_server.commands.working_directory import working_directory
from neuron_config_server.jobs.interpreter_paths import find_environment

__all__ = [
    "ExitCode",
    "UsageError",
    "add_environment_option",
    "chosen_catalog",
    "chosen_environment",
    "note",
]


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
        UsageError: what was asked for is none, or the working directory is gone.
    """
    try:
        return find_environment(working_directory(), options.environment, os.environ)
    except EnvironmentNotFoundError as error:
        raise UsageError(str(error)) from error


def chosen_catalog(options: argparse.Namespace) -> Catalog:
    """The catalog of that environment.

    Raises:
        UsageError: what was asked for is none.
    """
    return Catalog.with_cache_and_releases(chosen_environment(options), os.environ)
