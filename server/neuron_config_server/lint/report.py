"""What came of checking a file, as it is written down, kept in the cache and sent between processes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.lint.discovery import Problem
from neuron_config_server.rules.finding import Finding, Severity


@dataclass(frozen=True)
class Unread:
    """A statement that the rules know nothing of."""

    line: int
    """From 0."""
    reason: str


@dataclass(frozen=True)
class FileReport:
    """What came of one file."""

    path: Path
    """As it was given or found."""
    text: str
    """As it is now, fixes applied."""
    findings: tuple[Finding, ...]
    """In the order of the text; those with a fix have one that holds (``lint.fix_safety``)."""
    fixed: tuple[Finding, ...] = ()
    crashed: tuple[str, ...] = ()
    """Codes of the rules that failed on it."""
    unread: tuple[Unread, ...] = ()
    original: str | None = None
    """The text before its fixes; None if nothing was fixed."""


@dataclass(frozen=True)
class Results:
    """What came of a run."""

    reports: tuple[FileReport, ...]
    problems: tuple[Problem, ...]
    folder: Path
    """The working directory: what paths in reports are relative to."""
    applies_unsafe: bool = False
    """Whether ``--fix`` would apply unsafe fixes too."""

    @property
    def findings(self) -> tuple[tuple[FileReport, Finding], ...]:
        return tuple((report, finding) for report in self.reports for finding in report.findings)

    @property
    def fails(self) -> bool:
        """Whether there is an error or a warning; what is merely an opportunity fails no run."""
        return any(finding.severity is not Severity.INFO for _, finding in self.findings)

    @property
    def is_complete(self) -> bool:
        """Whether every file was checked by every rule."""
        return not self.problems and not any(report.crashed for report in self.reports)
