"""Findings that are known and not reported: for a project that starts with some, and wants no more of them.

The file has no line numbers, so that a finding which moves is known again, and a line for each, sorted, so
that two branches can be merged. An entry is a file, a code, a class and what is underlined; as often as it is
there, as many findings of that kind are passed over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from neuron_config_server.lint.files import write_in_one_step
from neuron_config_server.lint.output.places import relative
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules.finding import Finding

_VERSION = 1
_LONGEST_TEXT = 120


class BaselineError(Exception):
    """A baseline can't be used; the message says what to do."""


@dataclass(frozen=True, order=True)
class Entry:
    """A kind of finding in a file."""

    file: str
    """Relative to the baseline's folder."""
    code: str
    class_name: str
    """Empty if it is about the file."""
    text: str
    """What is underlined: its first line, cut where it is long."""


@dataclass(frozen=True)
class Baseline:
    """What is known, and how often."""

    path: Path
    entries: Counter[Entry]

    def without_known(self, results: Results) -> tuple[Results, Counter[Entry]]:
        """The results without what is known; and entries of the files checked that match nothing any more."""
        left = Counter(self.entries)
        reports = tuple(self._without_known(report, results, left) for report in results.reports)
        checked = {relative(results.folder / report.path, self.path.parent) for report in results.reports}
        stale = Counter(
            {entry: count for entry, count in left.items() if entry.file in checked and count > 0}
        )
        return replace(results, reports=reports), stale

    def _without_known(self, report: FileReport, results: Results, left: Counter[Entry]) -> FileReport:
        kept: list[Finding] = []
        for finding, entry in zip(report.findings, _entries(report, results, self.path.parent)):
            if left[entry] > 0:
                left[entry] -= 1
            else:
                kept.append(finding)
        return replace(report, findings=tuple(kept))


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        BaselineError: it isn't there, or is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != _VERSION:
            raise BaselineError(f"{path} was written by another version; renew it with --write-baseline")
        return Baseline(path, Counter({_entry(each): int(each["count"]) for each in data["findings"]}))
    except FileNotFoundError as error:
        raise BaselineError(f"there is no baseline {path}; --write-baseline makes it") from error
    except OSError as error:
        raise BaselineError(f"the baseline {path} can't be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is no baseline of neuron-config ({type(error).__name__}: {error})"
        raise BaselineError(f"{message}; renew it with --write-baseline") from error


def write_baseline(path: Path, results: Results, before: Baseline | None) -> int:
    """Take down what was found; entries of files that weren't checked and are still there stay.

    Gives how many findings the baseline has now.

    Raises:
        BaselineError: it can't be written.
    """
    checked = {relative(results.folder / report.path, path.parent) for report in results.reports}
    kept = {
        entry: count
        for entry, count in (before.entries if before is not None else Counter()).items()
        if entry.file not in checked and (path.parent / entry.file).is_file()
    }
    found = Counter(entry for report in results.reports for entry in _entries(report, results, path.parent))
    lines = [
        json.dumps(_as_object(entry, count), ensure_ascii=False) for entry, count in _sorted(kept, found)
    ]
    listed = ",\n    ".join(lines)
    body = f"[\n    {listed}\n  ]" if lines else "[]"
    text = f'{{\n  "version": {_VERSION},\n  "findings": {body}\n}}\n'
    try:
        write_in_one_step(path, text.encode())
    except OSError as error:
        raise BaselineError(f"the baseline {path} can't be written: {error.strerror or error}") from error
    return sum(kept.values()) + sum(found.values())


def _sorted(*counts: dict[Entry, int]) -> Iterable[tuple[Entry, int]]:
    return sorted((entry, count) for each in counts for entry, count in each.items())


def _entries(report: FileReport, results: Results, folder: Path) -> Sequence[Entry]:
    source = SourceText(report.text)
    file = relative(results.folder / report.path, folder)
    return [
        Entry(file, finding.code, finding.class_name or "", _underlined(source, finding))
        for finding in report.findings
    ]


def _underlined(source: SourceText, finding: Finding) -> str:
    return source.slice(finding.range).strip().partition("\n")[0].strip()[:_LONGEST_TEXT]


def _entry(data: dict[str, Any]) -> Entry:
    return Entry(str(data["file"]), str(data["code"]), str(data["class"]), str(data["text"]))


def _as_object(entry: Entry, count: int) -> dict[str, Any]:
    return {
        "file": entry.file,
        "code": entry.code,
        "class": entry.class_name,
        "text": entry.text,
        "count": count,
    }
