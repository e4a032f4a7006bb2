from __future__ import annotations

import platform
import time

import pytest
import torch

from neuron_core.protocol import OutputComparison, Stage, Verdict
from neuron_core.report import StageClock, overall, versions

STAGES = [Stage.LOAD, Stage.BUILD, Stage.TRACE, Stage.SAVE, Stage.VALIDATE]


def test_progress_is_told_at_every_stage_and_never_goes_back() -> None:
    told: list[tuple[Stage, str, float]] = []
    clock = StageClock(lambda stage, message, fraction: told.append((stage, message, fraction)))
    for stage in STAGES:
        clock.enter(stage, f"begins {stage.value}")
    clock.finish("done")

    assert [stage for stage, _, _ in told] == [*STAGES, Stage.VALIDATE]
    assert [message for _, message, _ in told][-2:] == ["begins validate", "done"]
    fractions = [fraction for _, _, fraction in told]
    assert fractions == sorted(set(fractions))
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)


def test_each_stage_gets_its_own_time() -> None:
    clock = StageClock(None)
    time.sleep(0.02)  # before the first stage: nobody's
    clock.enter(Stage.LOAD, "")
    clock.enter(Stage.TRACE, "")
    time.sleep(0.02)
    load, trace = clock.finish("")
    assert (load.stage, trace.stage) == (Stage.LOAD, Stage.TRACE)
    assert load.seconds < 0.01
    assert 0.02 <= trace.seconds < 0.5


def test_a_stage_that_comes_twice_has_the_time_of_both() -> None:
    clock = StageClock(None)
    clock.enter(Stage.SAVE, "")
    time.sleep(0.01)
    clock.enter(Stage.VALIDATE, "")
    clock.enter(Stage.SAVE, "")
    time.sleep(0.01)
    save, validate = clock.finish("")
    assert (save.stage, validate.stage) == (Stage.SAVE, Stage.VALIDATE)
    assert save.seconds >= 0.02


def test_the_stage_that_is_under_way_is_known() -> None:
    clock = StageClock(None)
    assert clock.stage is None
    clock.enter(Stage.TRACE, "")
    assert clock.stage is Stage.TRACE


def output(verdict: Verdict) -> OutputComparison:
    return OutputComparison("logits", verdict, "", (1,), (1,), "float32", 0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        ([], Verdict.SKIPPED),
        ([Verdict.SKIPPED], Verdict.SKIPPED),
        ([Verdict.PASS, Verdict.PASS], Verdict.PASS),
        ([Verdict.PASS, Verdict.SKIPPED], Verdict.PASS),
        ([Verdict.PASS, Verdict.FAIL], Verdict.FAIL),
        ([Verdict.SKIPPED, Verdict.FAIL], Verdict.FAIL),
    ],
)
def test_one_output_that_fails_makes_the_export_fail(verdicts: list[Verdict], result: Verdict) -> None:
    assert overall(map(output, verdicts)) is result


def test_the_versions_are_those_of_what_runs() -> None:
    found = versions()
    assert list(found) == ["python", "torch", "transformers", "optimum"]
    assert found["python"] == platform.python_version()
    assert torch.__version__.startswith(found["torch"].partition("+")[0])
