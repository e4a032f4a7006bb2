"""A text -> its findings."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.suppressions import without_suppressed
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.rule import Rule

SYNTAX_ERROR = "NC001"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckResult:
    """What the rules said of a text."""

    findings: tuple[Finding, ...]
    """In the order of the text, without those that a comment silences."""
    crashed: tuple[str, ...]
    """Codes of the rules that raised; their findings are missing, those of the others are here."""


def check(file: ConfigFile, catalog: Catalog, rules: Sequence[Rule]) -> CheckResult:
    """Ask every rule that hangs on what has changed.

    One that raises is logged with its traceback and costs only its own findings.
    """
    findings: list[Finding] = []
    crashed: list[str] = []
    memory = file.memory
    for rule in rules:
        found = memory.known(rule)
        if found is not None:
            findings += found
            continue
        try:
            findings += memory.of(rule, partial(_found, rule, file, catalog))
        except Exception:
            logger.exception("rule %s (%s) failed; its findings are missing", rule.code, rule.name)
            crashed.append(rule.code)
    catalog.forget_sources()
    placed = [each for each in findings if _is_placed(each, file.being_typed)]
    reported = without_suppressed(placed, file, catalog, rules, crashed)
    return CheckResult(
        tuple(sorted(reported, key=lambda finding: (finding.range, finding.code))), tuple(crashed)
    )


def _found(rule: Rule, file: ConfigFile, catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(rule.check(file, catalog))


def _is_placed(finding: Finding, being_typed: Sequence[Range]) -> bool:
    """Whether its place is that of the text as it is now: in a statement that is being typed, it isn't."""
    return finding.code == SYNTAX_ERROR or not any(each.contains(finding.range) for each in being_typed)
