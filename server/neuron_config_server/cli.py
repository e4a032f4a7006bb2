"""``neuron-config``: the command line. Each command is a module of :mod:`neuron_config_server.commands`."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import logging
import os
import sys
from collections.abc import Sequence

from neuron_config_server import __version__
from neuron_config_server.commands import COMMANDS
from neuron_config_server.commands.exit_codes import ExitCode, UsageError

logger = logging.getLogger(__name__)

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; exit code 0: clean, 1: findings or a failed validation, 2: usage or internal error."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        return _ended(f"{error}")
    except KeyboardInterrupt:
        return _ended("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, a pager) has gone; what it didn't want needs no words.
        _drop_output()
        return int(ExitCode.ERROR)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _drop_output()
            return _ended(f"the output can't be written: {error.strerror}")
        logger.exception("internal error, please report this")
        return int(ExitCode.ERROR)


def _run(arguments: Sequence[str]) -> int:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="neuron-config: %(message)s")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    options = _parser(next(iter(arguments), None)).parse_args(arguments)
    code = int(options.run(options))
    if not sys.stdout.closed:  # the language server closes it
        sys.stdout.flush()
    return code


def _ended(message: str, code: ExitCode = ExitCode.ERROR) -> int:
    print(f"neuron-config: {message}", file=sys.stderr)
    return int(code)


def _drop_output() -> None:
    """Let what is still buffered go nowhere: Python flushes it once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
