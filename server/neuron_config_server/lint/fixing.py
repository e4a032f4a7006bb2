"""Applies fixes to a text until nothing more can be fixed, and tells which fixes hold."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import CheckResult, check
from neuron_config_server.lint.fix_safety import Meaning, Meanings, keeps_meaning, takes_arguments_away
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.reading.positions import Position, Range, apply_edits
from neuron_config_server.reading.statements import count_line_ends
from neuron_config_server.rules.finding import Applicability, Edit, Finding, Fix
from neuron_config_server.rules.rule import Rule

logger = logging.getLogger(__name__)

_MAX_ROUNDS = 100
"""As ruff's; fixes that go on longer than this undo each other."""

SAFE_ONLY = frozenset({Applicability.SAFE})
ALL_FIXES = frozenset(Applicability)


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
    """What is left; fixes that don't hold are taken off."""
    file: ConfigFile
    """As it is read now."""


def fix(
    text: str,
    catalog: Catalog,
    rules: Sequence[Rule],
    *,
    reader: ConfigReader | None = None,
    path: Path | None = None,
    apply: frozenset[Applicability] = SAFE_ONLY,
    codes: Collection[str] | None = None,
) -> FixResult:
    """Apply fixes round by round, those that don't overlap at once, until a round has none.

    Args:
        codes: what is fixed, of all that is found; None: all of it.

    Raises:
        FixBrokeSyntaxError: a fix added a syntax error.
    """
    fixed: list[Finding] = []
    reader = reader or ConfigReader(catalog)
    file = reader.read(text, path)
    result = check(file, catalog, rules)
    for _ in range(_MAX_ROUNDS):
        trial = Trial(file, reader)
        meant = [each for each in result.findings if codes is None or each.code in codes]
        chosen = trial.holding(_compatible(meant, apply))
        if not chosen:
            break
        fixed += chosen
        file = reader.read(apply_edits(file.text, _edits(chosen)), path)
        result = check(file, catalog, rules)
    text = file.text
    result = with_fixes_that_hold(file, result, reader)
    return FixResult(text, tuple(fixed), result, reader.read(text, path))


def with_fixes_that_hold(file: ConfigFile, result: CheckResult, reader: ConfigReader) -> CheckResult:
    """The findings, without those fixes that would change more than they mean to, or break the syntax.

    Args:
        reader: that read the file; afterwards the file is as stale as if another text had been read.
    """
    trial = Trial(file, reader)
    together = _compatible(result.findings, SAFE_ONLY)
    held = set(map(id, together)) if together and trial.is_good(together) else set()
    findings = tuple(
        replace(finding, fix=None)
        if finding.fix is not None and id(finding) not in held and not trial.is_good([finding])
        else finding
        for finding in result.findings
    )
    return replace(result, findings=findings)


class Trial:
    """Tries fixes of a text out; what the text means is worked out once, before another one is read."""

    def __init__(self, file: ConfigFile, reader: ConfigReader) -> None:
        """Of a file.

        Args:
            reader: that read it, and that nothing else reads with as long as the trial is used.
        """
        self._text = file.text
        self._path = file.path
        self._faults = len(file.faults)
        self._reader = reader
        self._file = file
        self._meanings = Meanings()
        self._before: Meaning | None = None

    def holding(self, findings: Sequence[Finding]) -> list[Finding]:
        """Findings whose fixes hold when they are made together: all of them, or those that do in turn."""
        if not findings or self.holds(findings):
            return list(findings)
        kept: list[Finding] = []
        for finding in findings:
            if self.holds([*kept, finding]):
                kept.append(finding)
        return kept

    def is_good(self, findings: Sequence[Finding]) -> bool:
        """Whether they hold and leave the syntax as good as it is; if it isn't, the rule is logged."""
        try:
            return self.holds(findings)
        except FixBrokeSyntaxError as error:
            if len(findings) == 1:
                logger.error("%s", error)
            return False

    def holds(self, findings: Sequence[Finding]) -> bool:
        """Whether the text means what it meant when these fixes are made.

        Raises:
            FixBrokeSyntaxError: they add a syntax error.
        """
        fixes = [finding.fix for finding in findings if finding.fix is not None]
        after = self._file_with(fixes)
        if after is not None and len(after.faults) > self._faults:
            raise FixBrokeSyntaxError(finding.code for finding in findings)
        return after is not None and self._keeps_meaning(after, fixes)

    def outcome(self, change: Fix) -> ConfigFile | None:
        """The text as it is read with a change that no rule offers; None if that doesn't hold, or breaks the
        syntax.
        """
        after = self._file_with([change])
        if after is None or len(after.faults) > self._faults or not self._keeps_meaning(after, [change]):
            return None
        return after

    def _file_with(self, fixes: Sequence[Fix]) -> ConfigFile | None:
        """The text as it is read with these fixes; None where one takes away what a call is given."""
        if self._before is None:
            self._before = self._meanings.of(self._file)
        if takes_arguments_away(self._file, fixes):
            return None
        edits = [edit for fix in fixes for edit in fix.edits]
        return self._reader.read(apply_edits(self._text, [*edits, *_blanks(self._file, edits)]), self._path)

    def _keeps_meaning(self, after: ConfigFile, fixes: Sequence[Fix]) -> bool:
        return self._before is not None and keeps_meaning(self._before, self._meanings.of(after), fixes)


def _compatible(findings: Sequence[Finding], apply: frozenset[Applicability]) -> list[Finding]:
    """Findings with such a fix, each kept if its edits touch none of those kept before it."""
    kept: list[Finding] = []
    taken: list[Range] = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix and finding.fix.applicability in apply else ()
        if edits and not any(_touch(edit.range, range_) for edit in edits for range_ in taken):
            kept.append(finding)
            taken += [edit.range for edit in edits]
    return kept


def _edits(findings: Sequence[Finding]) -> list[Edit]:
    return [edit for finding in findings if finding.fix for edit in finding.fix.edits]


def _blanks(file: ConfigFile, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Blank lines in place of those that a statement loses, so that what stands below stays where it is."""
    for edit in edits:
        lost = edit.range.end.line - edit.range.start.line - count_line_ends(edit.new_text)
        starts = (Position(each.line, 0) for each in file.statements)
        below = next((start for start in starts if start >= edit.range.end), None)
        if lost > 0 and below is not None:
            yield Edit(Range(below, below), "\n" * lost)


def _touch(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end
