"""``neuron-config explain CODE``: a rule's documentation."""

from __future__ import annotations

import argparse
from difflib import get_close_matches

from neuron_config_server.commands.exit_codes import ExitCode, UsageError
from neuron_config_server.rules import rule_by_code, rule_names
from neuron_config_server.rules.documentation import as_object, page


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="such as NC101, or a rule's name")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json for programs")
    parser.set_defaults(run=explain)


def explain(options: argparse.Namespace) -> ExitCode:
    codes_by_name = {name: code for code, name in rule_names().items()}
    rule = rule_by_code(codes_by_name.get(options.code.lower(), options.code))
    if rule is None:
        close = get_close_matches(options.code.upper(), list(rule_names()), n=1)
        meant = f", did you mean {close[0]}?" if close else ""
        raise UsageError(f"there is no rule {options.code}{meant} (neuron-config rules lists them)")
    if options.format == "json":
        from neuron_config_server.commands.model_lookup import print_json

        print_json(as_object(rule))
        return ExitCode.CLEAN
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    text = page(rule)
    console.print(
        Markdown(text) if console.is_terminal else text, markup=False, highlight=False, soft_wrap=True
    )
    return ExitCode.CLEAN
