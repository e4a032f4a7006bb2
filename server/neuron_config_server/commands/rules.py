"""``neuron-config rules``: the rules that there are."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from neuron_config_server.commands.common import ExitCode
from neuron_config_server.rules import all_rules


def configure(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=list_rules)


def list_rules(options: argparse.Namespace) -> ExitCode:
    table = Table(box=None, header_style="bold")
    for heading in ("code", "name", "severity", "fix"):
        table.add_column(heading)
    for rule in all_rules():
        table.add_row(rule.code, rule.name, rule.severity.value, "yes" if rule.has_fix() else "")
    Console().print(table)
    return ExitCode.CLEAN
