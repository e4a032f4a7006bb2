"""Checks files: passes over those without configs, takes from the cache what it has, and shares out the rest.

One file that can't be read never stops the run.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Union

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.lint.cache import ResultCache
from neuron_config_server.lint.discovery import Problem, Target
from neuron_config_server.lint.files import SourceFile, UnreadableError, decode_source, read_bytes
from neuron_config_server.lint.policy import Policies
from neuron_config_server.lint.report import FileReport
from neuron_config_server.lint.work import Done, Mode, Work
from neuron_config_server.settings.files import Configuration

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from neuron_config_server.lint.workshop import Workshop

_WORTH_A_PROCESS = 6
"""So many files for each process: to start one costs as much as two or three of them."""

_MENTIONS = (b"Neuron", b"create_register", b"register_in_tasks_manager")
"""A file that holds none of these bytes holds no config, and isn't even decoded. ``mentions_configs`` is more
exact, and imports the reader.
"""


def _cores() -> int:
    """Of the machine, as far as this process may use them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Plan:
    """What is to be done with files."""

    policies: Policies
    environment_of: Callable[[Configuration], Environment]
    mode: Mode = Mode.CHECK
    applies_unsafe: bool = False
    cache: ResultCache | None = None
    processes: int = field(default_factory=_cores)

    def work(self, source: SourceFile, display: Path, *, named: bool) -> Work:
        """What a file takes, by its settings.

        Raises:
            SettingsError: they can't be used.
        """
        policy = self.policies.of(source.path)
        return Work(
            source,
            display,
            named,
            policy.selection(source.path),
            self.environment_of(policy.configuration),
            self.mode,
            self.applies_unsafe,
        )


def run(targets: Iterable[Target], plan: Plan) -> list[Done]:
    """What came of each file that holds or may hold configs, in the order of the targets.

    Raises:
        SettingsError: the settings of one can't be used.
    """
    works = [each for target in targets if (each := _work(target, plan)) is not None]
    return do_all(works, plan)


def do_all(works: Sequence[Union[Work, Done]], plan: Plan) -> list[Done]:
    """Do the works, in their order; what is done already is passed on."""
    results = {place: each for place, each in enumerate(works) if isinstance(each, Done)}
    pending: dict[int, Work] = {}
    for place, work in enumerate(works):
        if isinstance(work, Work):
            known = _known(work, plan)
            if known is not None:
                results[place] = known
            else:
                pending[place] = work
    for place, done in zip(pending, _done(list(pending.values()), plan)):
        if plan.cache is not None and plan.mode is Mode.CHECK:
            plan.cache.put(pending[place], done)
        results[place] = done
    return [results[place] for place in sorted(results)]


def may_mention_configs(data: bytes) -> bool:
    """Whether a file could hold Neuron configs: a test that is cheaper than to decode it."""
    return any(mention in data for mention in _MENTIONS)


def _work(target: Target, plan: Plan) -> Work | Done | None:
    path = Path(os.path.abspath(target.path))  # noqa: PTH100 - a link counts by the name that it has
    try:
        data = read_bytes(path)
        if not target.named and not may_mention_configs(data):
            return None
        return plan.work(decode_source(path, data), target.path, named=target.named)
    except UnreadableError as error:
        return Done(Problem(target.path, str(error)))


def _known(work: Work, plan: Plan) -> Done | None:
    """From the cache; where fixes are to be made, only what has none."""
    known = plan.cache.get(work) if plan.cache is not None else None
    report = known.outcome if known is not None else None
    has_fixes = isinstance(report, FileReport) and any(finding.fix for finding in report.findings)
    return known if plan.mode is Mode.CHECK or not has_fixes else None


def _done(works: Sequence[Work], plan: Plan) -> Iterator[Done]:
    processes = min(plan.processes, len(works) // _WORTH_A_PROCESS)
    # Fixes of one file may decide what is wrong with another: they are made in order.
    if processes < 2 or plan.mode is not Mode.CHECK:
        workshop = _new_workshop() if works else None
        yield from (workshop.do(work) for work in works if workshop is not None)
        return
    from concurrent.futures.process import BrokenProcessPool

    _new_workshop()  # what it imports is there when the processes fork
    with _pool(processes) as pool:
        futures = [pool.submit(_do, work) for work in works]
        for work, future in zip(works, futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield Done(
                    Problem(work.display, "not checked: the process that did it died, please report this")
                )


@contextmanager
def _pool(processes: int) -> Generator[ProcessPoolExecutor]:
    """Processes that end with the run, at once if it ends before they are done."""
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(processes, initializer=_ignore_interrupts)
    try:
        yield pool
    except BaseException:
        for process in list(pool._processes.values()):  # what Python 3.14 calls terminate_workers
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Ctrl-C is sent to every process of the terminal; the first one says when to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


_workshop: Workshop | None = None


def _do(work: Work) -> Done:
    """In a process of the pool, which keeps its workshop."""
    global _workshop
    _workshop = _workshop or _new_workshop()
    return _workshop.do(work)


def _new_workshop() -> Workshop:
    from neuron_config_server.lint.workshop import Workshop

    return Workshop()
