"""``neuron-config rules``: the rules that there are."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from neuron_config_server.commands.exit_codes import ExitCode
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.documentation import as_object
from neuron_config_server.rules.rule import ExecutedRule, Rule


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json for programs")
    parser.set_defaults(run=list_rules)


def list_rules(options: argparse.Namespace) -> ExitCode:
    if options.format == "json":
        from neuron_config_server.commands.model_lookup import print_json

        print_json([as_object(rule) for rule in all_rules()])
        return ExitCode.CLEAN
    table = Table(box=None, header_style="bold")
    for heading in ("code", "name", "severity", "fix", "shows in"):
        table.add_column(heading)
    for rule in all_rules():
        fix = "yes" if rule.has_fix() else ""
        table.add_row(rule.code, rule.name, rule.severity.value, fix, _shows_in(rule))
    Console().print(table)
    return ExitCode.CLEAN


def _shows_in(rule: Rule) -> str:
    if isinstance(rule, ExecutedRule):
        return "export"
    return "check" if rule.is_on_by_default else f"check --extend-select {rule.code}"
