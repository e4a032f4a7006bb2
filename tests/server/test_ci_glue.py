"""The pre-commit hooks and the GitHub Action, done as pre-commit and as a runner do them.

pre-commit itself would install this project with all that it depends on for each hook, over the network.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.cli import main

yaml = pytest.importorskip("yaml", reason="PyYAML isn't installed")

ROOT = Path(__file__).parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


@pytest.fixture
def repository(tmp_path: Path, esm_with_mistakes: str) -> Path:
    """A repository with a config that has mistakes, a script without configs that is broken, and a text."""
    folder = tmp_path / "repository"
    (folder / "package").mkdir(parents=True)
    (folder / "package/esm.py").write_text(esm_with_mistakes)
    (folder / "broken.py").write_text("print 'Python 2'\n")
    (folder / "notes.md").write_text("class EsmNeuronConfig\n")
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder for PATH in which ``neuron-config`` runs what is tested."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "neuron-config"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m neuron_config_server "$@"\n')
    script.chmod(0o755)
    return folder


def run_hook(
    hook: dict[str, Any], repository: Path, program: Path, environment: Path
) -> subprocess.CompletedProcess[str]:
    """As pre-commit: entry, args and the staged files of the hook's types, without a shell, at the root."""
    assert hook["types"] == ["python"]
    staged = subprocess.run(
        ["git", "ls-files", "--cached"], cwd=repository, capture_output=True, text=True, check=True
    )
    files = [file for file in staged.stdout.splitlines() if file.endswith((".py", ".pyi"))]
    return subprocess.run(
        [*shlex.split(hook["entry"]), *hook["args"], "--environment", str(environment), *files],
        cwd=repository,
        env={**os.environ, "PATH": f"{program}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_hooks_have_what_pre_commit_asks_for() -> None:
    assert set(HOOKS) == {"neuron-config-check", "neuron-config-fix"}
    for hook in HOOKS.values():
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert hook["language"] == "python"
        assert hook["require_serial"] is True, "one run knows all files, and starts processes itself"


def test_the_hook_fails_on_findings_and_passes_over_files_without_configs(
    repository: Path, program: Path, small_environment: Path
) -> None:
    done = run_hook(HOOKS["neuron-config-check"], repository, program, small_environment)
    assert done.returncode == 1
    assert "Found 3 errors." in done.stdout
    assert "broken.py" not in done.stdout + done.stderr


def test_the_fixing_hook_changes_files_which_pre_commit_takes_for_a_failure_and_then_passes(
    repository: Path, program: Path, small_environment: Path
) -> None:
    run_hook(HOOKS["neuron-config-fix"], repository, program, small_environment)
    changed = subprocess.run(
        ["git", "diff", "--name-only"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert changed.stdout.split() == ["package/esm.py"]
    assert run_hook(HOOKS["neuron-config-fix"], repository, program, small_environment).returncode == 0
    assert run_hook(HOOKS["neuron-config-check"], repository, program, small_environment).returncode == 0


def test_the_hook_honours_what_the_project_excludes(
    repository: Path, program: Path, small_environment: Path
) -> None:
    (repository / "neuron-config.toml").write_text('exclude = ["package"]\n')
    assert run_hook(HOOKS["neuron-config-check"], repository, program, small_environment).returncode == 0


def run_action(
    inputs: dict[str, str], repository: Path, temp: Path, program: Path
) -> list[subprocess.CompletedProcess[str]]:
    """As a runner: each step's script by bash, with the expressions of its variables put in."""
    values = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | inputs
    known = {**{f"inputs.{name}": value for name, value in values.items()}, "github.action_path": str(ROOT)}
    done = []
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script would let inputs run code"
        variables = {
            name: re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], value)
            for name, value in step["env"].items()
        }
        done.append(
            subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=repository,
                env={
                    **os.environ,
                    "PATH": f"{program}:{os.environ['PATH']}",
                    "RUNNER_TEMP": str(temp),
                    **variables,
                },
                capture_output=True,
                text=True,
                check=False,
            )
        )
        if done[-1].returncode:
            break
    return done


@pytest.fixture
def runner(tmp_path: Path, program: Path) -> Path:
    """A ``python3`` that notes what it should install, and gives an environment with the tested program."""
    temp = tmp_path / "temp"
    stub = program / "python3"
    stub.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {temp}/said\n'
        f'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp {program}/neuron-config {program}/python3 "$3/bin";'
        ' mv "$3/bin/python3" "$3/bin/python"; fi\n'
    )
    stub.chmod(0o755)
    temp.mkdir()
    return temp


def test_the_action_annotates_and_fails(
    repository: Path, program: Path, runner: Path, small_environment: Path
) -> None:
    install, check = run_action(
        {"args": f"--environment {small_environment} --select NC1", "src": "package"},
        repository,
        runner,
        program,
    )
    assert install.returncode == 0
    assert (runner / "said").read_text().splitlines()[-1].endswith(f" {ROOT}"), "its own ref is installed"
    assert check.returncode == 1
    assert check.stdout.startswith("::error title=neuron-config (NC101),file=")
    assert check.stdout.count("::error") == 1


def test_the_action_passes_when_there_is_nothing_to_find(
    repository: Path, program: Path, runner: Path, small_environment: Path
) -> None:
    (repository / "package/esm.py").unlink()
    _, check = run_action({"args": f"--environment {small_environment}"}, repository, runner, program)
    assert check.returncode == 0


def test_the_action_installs_the_version_that_is_asked_for(
    repository: Path, program: Path, runner: Path, small_environment: Path
) -> None:
    run_action({"version": "0.1.0", "args": "--exit-zero"}, repository, runner, program)
    assert (runner / "said").read_text().splitlines()[-1].endswith(" neuron-config-server==0.1.0")


def test_the_options_that_the_documentation_shows_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    known = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (ROOT / "docs/linter.md").read_text()))
    assert shown <= known
