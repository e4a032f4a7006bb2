"""``neuron-config serve --stdio``: the language server."""

from __future__ import annotations

import argparse

from neuron_config_server.commands.common import ExitCode


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="talk over stdin and stdout (the default)")
    parser.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> ExitCode:
    from neuron_config_server.server import create_server

    create_server().start_io()
    return ExitCode.CLEAN
