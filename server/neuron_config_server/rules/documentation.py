"""A rule's documentation as a page, and the index of all pages (``make docs`` writes them to docs/rules)."""

from __future__ import annotations

from collections.abc import Sequence

from neuron_config_server.rules.rule import ExecutedRule, Rule

HOME: str | None = None
"""Where the project's repository is on the web, without a slash at the end; None: it has no address yet.

Findings link to their rule's page below it, and have no link without it.
"""

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


def url_of(code: str) -> str | None:
    """The address of a rule's page; None while the project has none."""
    return f"{HOME}/blob/main/docs/rules/{code}.md" if HOME is not None else None


def page(rule: Rule) -> str:
    """The page of a rule, in Markdown."""
    return f"# {rule.code} {rule.name}\n\n{_facts(rule)}\n\n{rule.documentation()}\n"


def index(rules: Sequence[Rule]) -> str:
    """The list of all rules by group, in Markdown."""
    groups = dict.fromkeys(rule.code[:3] for rule in rules)
    sections = (_section(group, [rule for rule in rules if rule.code.startswith(group)]) for group in groups)
    return (
        "# Rules\n\n"
        "Made from the rules' sources by `make docs`. `neuron-config explain CODE` shows a page in a terminal.\n\n"
        + "\n".join(sections)
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
    sentence, dot, _ = " ".join(text.split()).partition(". ")
    return sentence.rstrip(".:") + ("." if dot or not sentence.endswith(":") else "")


def _facts(rule: Rule) -> str:
    if isinstance(rule, ExecutedRule):
        kind = "It speaks after an export (`neuron-config export`); `neuron-config check` never reports it."
    else:
        kind = "" if rule.is_on_by_default else f"Off by default: `--extend-select {rule.code}` turns it on."
    fix = "Some of its findings have a fix." if rule.has_fix() else ""
    return " ".join(filter(None, (f"Severity: **{rule.severity.value}**.", fix, kind)))
