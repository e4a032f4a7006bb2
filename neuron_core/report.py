"""Builds the report of an export: what was done, how long it took, with which versions."""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterable

from neuron_core.protocol import OutputComparison, Stage, StageTime, Verdict

ProgressCallback = Callable[[Stage, str, float], None]
"""Takes the stage, a message for people, and the fraction of the whole job."""

_PACKAGES = ("torch", "transformers", "optimum")

_STARTS = {Stage.LOAD: 0.0, Stage.BUILD: 0.1, Stage.TRACE: 0.25, Stage.SAVE: 0.75, Stage.VALIDATE: 0.8}
"""Where on the way each stage starts; tiny models spend most of it tracing."""


class StageClock:
    """Tells progress and measures how long each stage takes."""

    def __init__(self, progress: ProgressCallback | None) -> None:
        self._progress = progress or (lambda stage, message, fraction: None)
        self._seconds: dict[Stage, float] = {}
        self._stage: Stage | None = None
        self._since = time.perf_counter()

    @property
    def stage(self) -> Stage | None:
        """The stage that is under way."""
        return self._stage

    def enter(self, stage: Stage, message: str) -> None:
        """The next stage begins."""
        self._close()
        self._stage = stage
        self._progress(stage, message, _STARTS[stage])

    def finish(self, message: str) -> tuple[StageTime, ...]:
        """The last stage is over; gives the time of each."""
        self._close()
        self._progress(self._stage or Stage.LOAD, message, 1.0)
        return tuple(StageTime(stage, seconds) for stage, seconds in self._seconds.items())

    def _close(self) -> None:
        now = time.perf_counter()
        if self._stage is not None:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._since = now


def versions() -> dict[str, str]:
    """Versions of everything that has a say in the result."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def overall(outputs: Iterable[OutputComparison]) -> Verdict:
    """Fails when one output does; skipped when none was compared."""
    verdicts = {output.verdict for output in outputs}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.PASS if Verdict.PASS in verdicts else Verdict.SKIPPED
