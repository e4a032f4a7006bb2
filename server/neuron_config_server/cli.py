"""``neuron-config``: the command line. Each command is a module of :mod:`neuron_config_server.commands`."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence

from neuron_config_server import __version__
from neuron_config_server.commands import COMMANDS
from neuron_config_server.commands.common import ExitCode, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; exit code 0: clean, 1: findings or a failed validation, 2: usage or internal error."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(next(iter(arguments), None)).parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="neuron-config: %(message)s")
    try:
        return int(options.run(options))
    except UsageError as error:
        print(f"neuron-config: {error}", file=sys.stderr)
        return int(ExitCode.ERROR)
    except KeyboardInterrupt:
        print("neuron-config: interrupted", file=sys.stderr)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, a pager) has gone; what it didn't want needs no traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.ERROR)


def _parser(command: str | None) -> argparse.ArgumentParser:
    """The parser; of the commands, only the one that is called is imported."""
    parser = argparse.ArgumentParser(
        prog="neuron-config",
        description="Check, export and validate the classes that describe how a Hugging Face model is "
        "exported to AWS Neuron.",
    )
    parser.add_argument("--version", action="version", version=f"neuron-config {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        subparser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == command:
            importlib.import_module(f"{__package__}.commands.{name}").configure(subparser)
    return parser
