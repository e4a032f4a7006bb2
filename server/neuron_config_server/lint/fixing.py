"""Applies fixes to a text until nothing more can be fixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import CheckResult, check
from neuron_config_server.reading.config_file import ConfigFile, ConfigReader
from neuron_config_server.reading.positions import Range, apply_edits
from neuron_config_server.rules.finding import Applicability, Edit, Finding
from neuron_config_server.rules.rule import Rule

_MAX_ROUNDS = 20
"""Fixes that go on longer than this undo each other."""


class FixBrokeSyntaxError(Exception):
    """A fix would have broken the text's syntax, so nothing was changed: a fault of the rule."""

    def __init__(self, codes: Iterable[str]) -> None:
        super().__init__(
            f"the fixes of {', '.join(sorted(set(codes)))} would break the syntax; please report this"
        )


@dataclass(frozen=True)
class FixResult:
    """A text after its fixes."""

    text: str
    fixed: tuple[Finding, ...]
    """What was mended, in the order in which it was."""
    result: CheckResult
    """What is left."""
    file: ConfigFile
    """As it is read now."""


def fix(
    text: str,
    catalog: Catalog,
    rules: Sequence[Rule],
    *,
    reader: ConfigReader | None = None,
    path: Path | None = None,
) -> FixResult:
    """Apply safe fixes round by round, those that don't overlap at once, until a round has none.

    Raises:
        FixBrokeSyntaxError: a fix added a syntax error.
    """
    fixed: list[Finding] = []
    reader = reader or ConfigReader(catalog)
    file = reader.read(text, path)
    result = check(file, catalog, rules)
    for _ in range(_MAX_ROUNDS):
        chosen = _compatible(result.findings)
        if not chosen:
            break
        mended = reader.read(apply_edits(file.text, _edits(chosen)), path)
        if len(mended.faults) > len(file.faults):
            raise FixBrokeSyntaxError(finding.code for finding in chosen)
        fixed += chosen
        file, result = mended, check(mended, catalog, rules)
    return FixResult(file.text, tuple(fixed), result, file)


def _compatible(findings: Sequence[Finding]) -> list[Finding]:
    """Findings with a safe fix, each kept if its edits touch none of those kept before it."""
    kept: list[Finding] = []
    taken: list[Range] = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix and finding.fix.applicability is Applicability.SAFE else ()
        if edits and not any(_touch(edit.range, range_) for edit in edits for range_ in taken):
            kept.append(finding)
            taken += [edit.range for edit in edits]
    return kept


def _edits(findings: Sequence[Finding]) -> list[Edit]:
    return [edit for finding in findings if finding.fix for edit in finding.fix.edits]


def _touch(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end
