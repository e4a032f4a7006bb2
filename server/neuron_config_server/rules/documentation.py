"""A rule's documentation as a page, and the index of all pages (``make docs`` writes them to docs/rules)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuron_config_server.rules.home import url_of
from neuron_config_server.rules.rule import ExecutedRule, Rule

_GROUPS = {
    "NC0": "The file",
    "NC1": "Inputs",
    "NC2": "Outputs",
    "NC3": "Tasks and registration",
    "NC4": "The normalized config",
    "NC5": "The class",
    "NC6": "Compilation",
    "NC7": "Executed: preflight and compile",
    "NC8": "Executed: validation",
    "NC9": "Contribution to optimum-neuron",
}


def page(rule: Rule) -> str:
    """The page of a rule, in Markdown."""
    return f"# {rule.code} {rule.name}\n\n{_facts(rule)}\n\n{rule.documentation()}\n"


def as_object(rule: Rule) -> dict[str, Any]:
    """A rule as a plain value, for programs."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": summary(rule),
        "severity": rule.severity.value,
        "fix": rule.has_fix(),
        "on_by_default": rule.is_on_by_default,
        "spoken_by": "export" if isinstance(rule, ExecutedRule) else "check",
        "url": url_of(rule.code),
        "documentation": rule.documentation(),
    }


def index(rules: Sequence[Rule]) -> str:
    """The list of all rules by group, in Markdown."""
    groups = dict.fromkeys(rule.code[:3] for rule in rules)
    sections = (_section(group, [rule for rule in rules if rule.code.startswith(group)]) for group in groups)
    return (
        "# Rules\n\n"
        "Made from the rules' sources by `make docs`. `neuron-config explain CODE` shows a page in a "
        "terminal.\n\n" + "\n".join(sections)
    )


def _section(group: str, rules: Sequence[Rule]) -> str:
    lines = [
        f"## {_GROUPS[group]} ({group})",
        "",
        "| code | name | severity | fix | what it does |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value} | "
            f"{'yes' if rule.has_fix() else ''} | {summary(rule)} |"
            for rule in rules
        ),
        "",
    ]
    return "\n".join(lines)


def summary(rule: Rule) -> str:
    """The first sentence of what a rule says that it does, on one line."""
    text = rule.documentation().partition("## What it does\n")[2].partition("\n\n")[0]
    sentence = " ".join(text.split()).partition(". ")[0]
    return sentence if sentence.endswith("…") else f"{sentence.rstrip('.:')}."


def _facts(rule: Rule) -> str:
    if isinstance(rule, ExecutedRule):
        kind = "What it is about shows only when a model is exported: `neuron-config check` never reports it."
    else:
        kind = "" if rule.is_on_by_default else f"Off by default: `--extend-select {rule.code}` turns it on."
    fix = "Some of its findings have a fix." if rule.has_fix() else ""
    return " ".join(filter(None, (f"Severity: **{rule.severity.value}**.", fix, kind)))
