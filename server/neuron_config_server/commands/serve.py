"""``neuron-config serve --stdio``: the language server."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="talk over stdin and stdout (the default)")
    parser.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> int:
    """Serve until the client says ``exit``; 1 if it did so without ``shutdown``, as the protocol asks."""
    from neuron_config_server.server import create_server

    server = create_server()
    server.start_io()  # pygls 2.1.1 swallows the exit code
    return 0 if server.was_shut_down else 1
