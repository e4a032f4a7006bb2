"""Each invalid example of each rule fails when it is executed, and neither its fix nor a valid one does.

Two exporters execute them on the CPU: optimum-neuron's own code, and neuron_core. ``invalid_examples/promises.py`` says
what each rule promises, and which examples can't be executed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import transformers

from neuron_config_server.rules import all_rules
from neuron_config_server.rules.rule import ExecutedRule, Invalid

pytestmark = [pytest.mark.truth, pytest.mark.timeout(900)]

FOLDER = Path(__file__).with_name("invalid_examples")
sys.path.insert(0, str(FOLDER))
from promises import (  # noqa: E402 - it stands in no package
    FROM_TRANSFORMERS_5_ON,
    MORE_LENIENT,
    NOT_RUN,
    PARTLY,
    PROMISES,
    VALID_FOR_OTHER_REASONS,
    Promise,
)

RULES = [each for each in all_rules() if not isinstance(each, ExecutedRule) and each.code < "NC9"]
INVALID = {f"{rule.code}-{n}": case for rule in RULES for n, case in enumerate(rule.INVALID)}
VALID = {f"{rule.code}-{n}": text for rule in RULES for n, text in enumerate(rule.VALID)}
EXPORTERS = ("optimum-neuron", "neuron_core")


def promise_of(example: str) -> Promise | None:
    return PROMISES.get(example, PROMISES.get(example.partition("-")[0]))


def pattern(exporter: str, promise: Promise, at: str) -> str:
    promised = promise.optimum_neuron if exporter == "optimum-neuron" else promise.neuron_core
    return promised.replace("{at}", re.escape(at.strip("\"'")))


class Worker:
    """A process that executes examples, each in a process of its own."""

    def __init__(self, exporter: str, optimum_neuron: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / "worker.py", exporter, optimum_neuron],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )

    @cache  # noqa: B019 - it lives as long as the tests
    def faults(self, source: str, case: Invalid | None, until: str, effect: str) -> tuple[str, ...]:
        """Everything that is wrong with it."""
        request = {
            "source": source,
            "path": case and case.path,
            "beside": case.beside if case else (),
            "until": until,
            "effects": [effect] if effect else [],
        }
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(request), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "crashed" not in answer, f"the worker could not execute it: {answer['crashed']}"
        return tuple(answer["faults"])

    def end(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="session")
def worker(optimum_neuron: Path) -> Iterator[Callable[[str], Worker]]:
    """A worker of each exporter, started when it is first asked for."""
    workers: dict[str, Worker] = {}

    def started(exporter: str) -> Worker:
        if exporter not in workers:
            workers[exporter] = Worker(exporter, optimum_neuron)
        return workers[exporter]

    yield started
    for each in workers.values():
        each.end()


def told(faults: tuple[str, ...]) -> str:
    return "".join(f"\n    {fault[:300]}" for fault in faults) or "\n    nothing at all"


EXECUTED = [
    pytest.param(exporter, example, id=f"{exporter}-{example}")
    for example in INVALID
    for exporter in EXPORTERS
    if promise_of(example)
]
FIXED = [each for each in EXECUTED if INVALID[str(each.values[1])].fixed is not None]
SOUND = [
    pytest.param(exporter, example, id=f"{exporter}-{example}")
    for example in VALID
    for exporter in EXPORTERS
    if any(name.startswith(f"{example.partition('-')[0]}") for name in PROMISES)
]


def is_lenient(exporter: str, example: str) -> bool:
    return exporter == "neuron_core" and (
        example in MORE_LENIENT or example.partition("-")[0] in MORE_LENIENT
    )


@pytest.mark.parametrize(("exporter", "example"), EXECUTED)
def test_an_invalid_example_fails(worker: Callable[[str], Worker], exporter: str, example: str) -> None:
    case, promise = INVALID[example], promise_of(example)
    assert promise
    found = worker(exporter).faults(case.source, case, promise.until, promise.effect)
    if is_lenient(exporter, example):
        assert found == (), f"{exporter} isn't lenient about {example} any more:{told(found)}"
        return
    promised = pattern(exporter, promise, case.at)
    assert any(re.search(promised, fault) for fault in found), f"{example}: no {promised!r}, but{told(found)}"


@pytest.mark.parametrize(("exporter", "example"), FIXED)
def test_its_fix_takes_the_fault_away(worker: Callable[[str], Worker], exporter: str, example: str) -> None:
    case, promise = INVALID[example], promise_of(example)
    assert promise
    assert case.fixed is not None
    found = worker(exporter).faults(case.fixed, case, promise.until, promise.effect)
    promised = pattern(exporter, promise, case.at) or "."
    still = tuple(fault for fault in found if re.search(promised, fault))
    assert not still, f"{example} as it is fixed:{told(still)}"


def faults_of_the_rule(worker: Worker, exporter: str, example: str) -> tuple[str, ...]:
    """What is wrong with a valid example that any of the rule's promises is about."""
    code, found = example.partition("-")[0], []
    for name, promise in PROMISES.items():
        if name.partition("-")[0] == code:
            promised = pattern(exporter, promise, "{at}").replace(r"\{at\}", ".*") or "."
            faults = worker.faults(VALID[example], None, promise.until, promise.effect)
            found += [fault for fault in faults if re.search(promised, fault)]
    return tuple(found)


@pytest.mark.parametrize(("exporter", "example"), SOUND)
def test_a_valid_example_has_no_such_fault(
    worker: Callable[[str], Worker], exporter: str, example: str
) -> None:
    found = faults_of_the_rule(worker(exporter), exporter, example)
    if example in VALID_FOR_OTHER_REASONS:
        may_lack_it = example in FROM_TRANSFORMERS_5_ON and transformers.__version__.startswith("4.")
        assert found or may_lack_it, f"{example} has no fault any more: it needs no reason"
    else:
        assert not found, f"{example} is valid:{told(found)}"


@pytest.mark.parametrize("example", NOT_RUN)
def test_what_is_not_run_shows_nothing_when_it_is(worker: Callable[[str], Worker], example: str) -> None:
    for exporter in EXPORTERS:
        found = worker(exporter).faults(INVALID[example].source, INVALID[example], "VALIDATION", "")
        assert found == (), f"{example} can be run:{told(found)}"


def test_every_invalid_example_is_executed_or_has_a_reason() -> None:
    executed = {example for example in INVALID if promise_of(example)}
    assert executed | set(NOT_RUN) == set(INVALID)
    assert not executed & set(NOT_RUN)
    names = set(INVALID) | {rule.code for rule in RULES}
    assert set(PROMISES) | set(MORE_LENIENT) | set(PARTLY) <= names
    assert set(VALID_FOR_OTHER_REASONS) <= set(VALID)
