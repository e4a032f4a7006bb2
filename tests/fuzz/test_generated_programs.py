"""Generated programs: what the reader tells of them, held against the programs executed.

``generated_programs.py`` makes them, ``executed_programs.py`` executes them in a process of its own; in two of them, with
different hash seeds, so that the order of a set passes for no value. Unknown is always a right answer; that most values
are told is asserted too.

What isn't followed is taken to raise nothing: where the reader met something of that kind on its way to a value, and the
program raises there instead, that is counted and not wrong.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.reading.effective import Possible, Variant
from neuron_config_server.reading.evaluation.values import MISSING, Symbol, Unknown

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(1800)]

EXECUTED = Path(__file__).with_name("executed_programs.py")
PROGRAMS = 300
"""For each of :data:`BATCHES`."""
BATCHES = 4
HASH_SEEDS = ("0", "12")

NAMES = ("inputs", "outputs", "axes")
SCALARS = ("exported_model_type",)

LEAST_TOLD = 0.5
"""Of the inputs and outputs of programs that can be imported."""
LEAST_IN_FULL = 0.1
"""Of them, told with everything on the way followed, so that an exception is told too."""
MOST_FAILING = 0.3
"""Of the programs, how many may raise while they are imported: nothing is compared then."""


def generator() -> ModuleType:
    """``generated_programs.py``, which is no test and stands in no package."""
    spec = importlib.util.spec_from_file_location(
        "generated_programs", EXECUTED.with_name("generated_programs.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


Execute = Callable[[str, list[str]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def execute() -> Iterator[Execute]:
    """Executes a program in every process."""
    executors = [Executor(seed) for seed in HASH_SEEDS]
    yield lambda source, conditions: [each.answer(source, conditions) for each in executors]
    for each in executors:
        each.end()


class Executor:
    """A process of ``executed_programs.py``; where a program ends it, the next one gets a new one."""

    def __init__(self, hash_seed: str) -> None:
        self._hash_seed = hash_seed
        self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        path = os.pathsep.join(each for each in sys.path if each)
        return subprocess.Popen(
            [sys.executable, EXECUTED],
            env={
                **os.environ,
                "PYTHONPATH": path,
                "PYTHONHASHSEED": self._hash_seed,
                "HF_HUB_OFFLINE": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def answer(self, source: str, conditions: list[str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"source": source, "conditions": conditions}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self.end()
        self._process = self._started()
        return {"fails": "it ended the process: without memory, or without stack"}

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


class NotFollowed:
    """Counts what evaluation comes across and doesn't follow, or doesn't know the default of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        make_unknown, make_symbol = Unknown.__init__, Symbol.__init__

        def unknown(made: Unknown, *args: Any, **kwargs: Any) -> None:
            self.count += 1
            make_unknown(made, *args, **kwargs)

        def symbol(made: Symbol, *args: Any, **kwargs: Any) -> None:
            make_symbol(made, *args, **kwargs)
            self.count += made.default is MISSING

        monkeypatch.setattr(Unknown, "__init__", unknown)
        monkeypatch.setattr(Symbol, "__init__", symbol)


@dataclass
class Outcome:
    """What came of a batch."""

    wrong: dict[str, str] = field(default_factory=dict)
    """Seed, class, task and property -> what is told of it, and what it gives."""
    counted: Counter[str] = field(default_factory=Counter)
    """``told`` and ``unknown`` values, ``told in full`` where all is followed, programs that ``fail``."""


@dataclass(frozen=True)
class Told:
    """What the reader says of one property."""

    possible: Possible[Any]
    is_followed: bool
    """Whether nothing on the way, at import neither, isn't followed."""


def compare(
    seed: int, source: str, catalog: Catalog, execute: Execute, not_followed: NotFollowed, outcome: Outcome
) -> None:
    not_followed.count = 0
    file = read_config_file(source, catalog)
    effective = {(each.config.name, each.task): each for each in file.effective}
    at_import = not_followed.count
    told: dict[tuple[str, str, str], Told] = {}
    for (class_, task), config in effective.items():
        for name in (*NAMES, *SCALARS):
            not_followed.count = at_import
            config.config.memory.clear()  # what another task didn't follow would not be counted
            possible = getattr(config, name)
            told[class_, task, name] = Told(possible, not_followed.count == 0)

    answers = execute(source, conditions_of(told.values()))
    if any("fails" in each for each in answers):
        outcome.counted["fails"] += 1
        return
    for answer in answers:
        for asked in answer["classes"]:
            for name in (*NAMES, *SCALARS):
                key = (asked["class"], asked["task"], name)
                if key in told:
                    compare_property(f"{seed}  {'  '.join(key)}", told[key], name, asked, outcome)


def compare_property(where: str, told: Told, name: str, asked: dict[str, Any], outcome: Outcome) -> None:
    real = asked["properties"][name]
    variants = told.possible.variants
    applying = [each for each in variants if each.when is None or each.when in asked["holding"]]
    values = [told_by(each, name) for each in applying if each.unknown is None]
    if name in ("inputs", "outputs"):
        outcome.counted["told" if values else "unknown"] += 1
        outcome.counted["told in full"] += bool(values) and told.is_followed
    for each in values:
        if each == real or "endless" in real:
            continue
        if "raises" in real and not told.is_followed:
            outcome.counted["raises in what is not followed"] += 1
        else:
            outcome.wrong.setdefault(where, f"{asked['situation']}\n    told: {each}\n    real: {real}")


def conditions_of(told: Iterable[Told]) -> list[str]:
    """All conditions that variants are told under."""
    conditions = {variant.when for each in told for variant in each.possible.variants}
    return sorted(condition for condition in conditions if condition is not None)


def told_by(variant: Variant[Any], name: str) -> dict[str, Any]:
    if variant.raises is not None:
        return {"raises": variant.raises.partition(":")[0]}
    value: Any = variant.value
    return {"value": list(value.values) if name in NAMES else value}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_told_of_a_program_is_what_it_gives(
    batch: int, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = generator()
    not_followed = NotFollowed(monkeypatch)
    catalog = Catalog(Environment.own())
    outcome = Outcome()
    for seed in range(batch * PROGRAMS, (batch + 1) * PROGRAMS):
        compare(seed, programs.generated_program(seed), catalog, execute, not_followed, outcome)

    counted = outcome.counted
    if outcome.wrong:
        shown = "\n".join(f"seed {where}, {text}" for where, text in list(outcome.wrong.items())[:20])
        pytest.fail(f"{len(outcome.wrong)} are told wrong ({dict(counted)}):\n{shown}", pytrace=False)
    asked = counted["told"] + counted["unknown"]
    assert counted["told"] >= LEAST_TOLD * asked, counted
    assert counted["told in full"] >= LEAST_IN_FULL * asked, counted
    assert counted["fails"] <= MOST_FAILING * PROGRAMS, counted
