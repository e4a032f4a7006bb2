from __future__ import annotations

import re
from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.lint import run as running
from neuron_config_server.lint.cache import ResultCache
from neuron_config_server.lint.discovery import Problem, Target
from neuron_config_server.lint.policy import Overrides, Policies
from neuron_config_server.lint.report import FileReport
from neuron_config_server.lint.run import Plan, may_mention_configs, run
from neuron_config_server.lint.selection import Layer
from neuron_config_server.lint.work import Mode
from neuron_config_server.lint.workshop import Workshop
from neuron_config_server.reading.config_file import mentions_configs
from neuron_config_server.settings.files import Configurations


@pytest.fixture
def plan(tmp_path: Path, small_environment: Path) -> Plan:
    environment = Environment.discover(None, small_environment, {})
    policies = Policies(Configurations(), Overrides(tmp_path, Layer()))
    return Plan(policies, lambda _: environment, processes=2)


@pytest.fixture
def targets(tmp_path: Path, esm_with_mistakes: str) -> list[Target]:
    """Twenty files, each with one mistake more or less, and one that can't be read among them."""
    found = []
    for number in range(20):
        path = tmp_path / f"config_{number:02}.py"
        text = esm_with_mistakes if number % 3 else esm_with_mistakes.replace(', "token_type_ids"', "")
        path.write_text("\n" * number + text, encoding="utf-8")
        found.append(Target(path, named=False))
    (tmp_path / "config_05.py").write_bytes(b"class ANeuronConfig: '\xe9'\n")
    return found


def told(outcome: object) -> object:
    if isinstance(outcome, FileReport):
        return outcome.path.name, [(each.code, each.range.start.line) for each in outcome.findings]
    return outcome


def test_processes_find_what_one_finds_in_the_same_order(plan: Plan, targets: list[Target]) -> None:
    alone = run(targets, Plan(plan.policies, plan.environment_of, processes=1))
    shared = run(targets, plan)
    assert [told(each.outcome) for each in shared] == [told(each.outcome) for each in alone]
    assert [told(each.outcome) for each in shared][:2] == [
        ("config_00.py", [("NC301", 9), ("NC401", 11)]),
        ("config_01.py", [("NC301", 10), ("NC401", 12), ("NC101", 17)]),
    ]
    assert isinstance(shared[5].outcome, Problem)


def test_a_few_files_start_no_process(
    plan: Plan, targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_pool", lambda _: pytest.fail("a process was started"))
    assert len(run(targets[:5], plan)) == 5


def test_fixes_are_written_file_by_file(
    plan: Plan, targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_pool", lambda _: pytest.fail("a process was started"))
    done = run(targets, Plan(plan.policies, plan.environment_of, Mode.FIX, processes=2))
    assert [each.outcome.findings for each in done if isinstance(each.outcome, FileReport)] == [()] * 19


def test_a_process_that_dies_costs_files_and_is_told(
    plan: Plan, targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_do", _die)
    outcomes = [each.outcome for each in run(targets, plan)]
    assert len(outcomes) == 20
    messages = {
        each.message for each in outcomes if isinstance(each, Problem) and "config_05" not in str(each.path)
    }
    assert messages == {"not checked: the process that did it died, please report this"}


def _die(work: object) -> None:
    import os

    os._exit(9)


def test_files_without_configs_are_not_even_decoded(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = '\xe9'\n")
    assert run([Target(tmp_path / "a.py", named=False)], plan) == []
    (done,) = run([Target(tmp_path / "a.py", named=True)], plan)
    assert isinstance(done.outcome, Problem)


@pytest.mark.parametrize(
    "mention",
    [
        "NeuronConfig",
        "NeuronDefaultConfig",
        "NeuronExportConfig",
        "register_in_tasks_manager",
        "create_register",
    ],
)
def test_what_is_passed_over_mentions_no_config(mention: str) -> None:
    assert mentions_configs(mention)
    assert may_mention_configs(mention.encode())


def test_nothing_of_a_real_tree_is_passed_over_that_mentions_configs(optimum_neuron: Path) -> None:
    files = [path.read_bytes() for path in optimum_neuron.rglob("*.py")]
    mentioning = [data for data in files if mentions_configs(data.decode())]
    assert len(mentioning) > 10
    assert all(may_mention_configs(data) for data in mentioning)


def test_a_clean_file_in_the_cache_is_not_read_when_fixing(
    plan: Plan, tmp_path: Path, targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, faulty = tmp_path / "clean.py", targets[1].path
    clean.write_text("class ANeuronConfig:\n    pass\n")
    cache = ResultCache(tmp_path / "cache")
    both = [Target(clean, named=True), Target(faulty, named=True)]
    run(both, Plan(plan.policies, plan.environment_of, cache=cache))
    seen: list[Path] = []
    do = Workshop.do
    monkeypatch.setattr(Workshop, "do", lambda self, work: (seen.append(work.display), do(self, work))[1])
    run(both, Plan(plan.policies, plan.environment_of, Mode.FIX, cache=cache))
    assert seen == [faulty]
    assert not re.search("sequence-classification", faulty.read_text())


def test_a_missing_file_is_a_problem(plan: Plan, tmp_path: Path) -> None:
    (done,) = run([Target(tmp_path / "gone.py", named=True)], plan)
    assert done.outcome == Problem(tmp_path / "gone.py", "No such file or directory")
