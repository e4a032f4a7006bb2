"""``neuron-config serve --stdio``: the language server."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from neuron_config_server.commands.exit_codes import UsageError

_HOST = "127.0.0.1"


def configure(parser: argparse.ArgumentParser) -> None:
    transport = parser.add_mutually_exclusive_group()
    transport.add_argument("--stdio", action="store_true", help="talk over stdin and stdout (the default)")
    transport.add_argument(
        "--tcp", type=int, metavar="PORT", help=f"wait for a client at this port of {_HOST} instead"
    )
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="write the log there, not to stderr")
    parser.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> int:
    """Serve until the client says ``exit``; 1 if it did so without ``shutdown``, as the protocol asks."""
    from neuron_config_server.features import light_types

    light_types.load()  # before anything else imports lsprotocol
    from neuron_config_server.server import create_server

    _log_to(options.log_file)
    server = create_server()
    if options.tcp is not None:
        try:
            server.start_tcp(_HOST, options.tcp)
        except (OSError, OverflowError) as error:
            raise UsageError(f"port {options.tcp} of {_HOST} can't be used: {error}") from error
    else:
        output, sys.stdout = sys.stdout.buffer, sys.stderr  # a stray print must not break the protocol
        server.start_io(sys.stdin.buffer, output)  # pygls 2.1.1 swallows the exit code
    return 0 if server.was_shut_down else 1


def _log_to(file: Path | None) -> None:
    """Lines of the log start with the time, where it is kept."""
    if file is None:
        return
    try:
        handler = logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the log can't be written to {file}: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for other in list(root.handlers):
        root.removeHandler(other)
    root.addHandler(handler)
