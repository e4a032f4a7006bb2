"""``neuron-config explain CODE``: a rule's documentation."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.markdown import Markdown

from neuron_config_server.commands.common import ExitCode, UsageError
from neuron_config_server.rules import all_rules, rule_by_code


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="such as NC101")
    parser.set_defaults(run=explain)


def explain(options: argparse.Namespace) -> ExitCode:
    rule = rule_by_code(options.code)
    if rule is None:
        raise UsageError(
            f"there is no rule {options.code}; there are {', '.join(each.code for each in all_rules())}"
        )
    text = f"# {rule.code} {rule.name} ({rule.severity.value})\n\n{rule.documentation()}\n"
    console = Console()
    console.print(
        Markdown(text) if console.is_terminal else text, markup=False, highlight=False, soft_wrap=True
    )
    return ExitCode.CLEAN
