"""Interpreters and wrappers that are asked where their packages are; all of them are shell scripts made here."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.jobs.interpreter_paths import ask_interpreter, find_environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the wrappers are shell scripts")


def make_wrapper(folder: Path, script: str, name: str = "python") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wrapper = folder / name
    wrapper.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    return wrapper


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environments") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder


def site_packages(venv: Path) -> Path:
    return next(venv.glob("lib/python3*/site-packages"))


def test_an_interpreter_says_where_its_packages_are(venv: Path) -> None:
    environment = ask_interpreter(venv / "bin" / "python")
    assert environment.roots == (site_packages(venv),)
    assert environment.python == venv / "bin" / "python"
    assert environment.roots == Environment.discover(None, venv, {}).roots


def test_a_wrapper_is_asked_and_the_interpreter_behind_it_taken(tmp_path: Path, venv: Path) -> None:
    wrapper = make_wrapper(tmp_path / "shims", f'echo "using $0"; exec {venv}/bin/python "$@"')
    environment = find_environment(None, wrapper, {})
    assert environment.roots == (site_packages(venv),)
    assert environment.python == venv / "bin" / "python"
    assert environment.origin == f"asked for ({wrapper} was asked)"


def test_what_the_layout_tells_is_not_asked(tmp_path: Path) -> None:
    wrapper = make_wrapper(tmp_path / "bin", f"touch {tmp_path}/ran")
    (tmp_path / "lib/python3.12/site-packages").mkdir(parents=True)
    environment = find_environment(None, wrapper, {})
    assert environment.roots == (tmp_path / "lib/python3.12/site-packages",)
    assert not (tmp_path / "ran").exists()


def test_what_is_no_environment_is_not_asked_either(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentNotFoundError, match="no Python environment: expected"):
        find_environment(None, tmp_path / "nowhere", {})


def test_the_workspace_is_where_it_is_run_and_its_checkouts_come_first(tmp_path: Path, venv: Path) -> None:
    marker = tmp_path / "work" / "src" / "transformers" / "models" / "auto" / "modeling_auto.py"
    marker.parent.mkdir(parents=True)
    marker.touch()
    wrapper = make_wrapper(tmp_path / "shims", f'pwd > {tmp_path}/seen; exec {venv}/bin/python "$@"')
    environment = ask_interpreter(wrapper, tmp_path / "work")
    assert environment.roots == (tmp_path / "work" / "src", site_packages(venv))
    assert (tmp_path / "seen").read_text().strip() == str(tmp_path / "work")
    assert ask_interpreter(wrapper, tmp_path / "gone").roots == (site_packages(venv),)


def test_the_working_directory_and_pythonpath_do_not_count(
    tmp_path: Path, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert ask_interpreter(venv / "bin" / "python", tmp_path).roots == (site_packages(venv),)


def test_editable_installs_behind_import_hooks_are_found_too(tmp_path: Path, venv: Path) -> None:
    package = tmp_path / "src" / "transformers"
    package.mkdir(parents=True)
    finder, hook = (site_packages(venv) / name for name in ("__editable___t_finder.py", "t.pth"))
    finder.write_text(f"MAPPING = {{'transformers': {str(package)!r}}}\n")
    hook.write_text("import __editable___t_finder\n")
    try:
        assert ask_interpreter(venv / "bin" / "python").roots == (site_packages(venv), tmp_path / "src")
    finally:
        finder.unlink()
        hook.unlink()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "ended with status 3 and said nothing"),
        ("echo 'pyenv: python3.12: command not found' >&2; echo more >&2; exit 127", "command not found"),
        ("echo 'Traceback (most …)' >&2; echo 'ImportError: no json' >&2; exit 1", "ImportError: no json"),
        ("echo hello", "is no Python interpreter"),
        ("echo 'neuron-config: {broken'", "is no Python interpreter"),
        ("echo 'neuron-config: [1]'", "is no Python interpreter"),
        ("echo 'neuron-config: {\"path\": 1}'", "is no Python interpreter"),
        ("printf 'neuron-config: \\377\\n'", "is no Python interpreter"),
        ('echo \'neuron-config: {"path": ["/in/a/container", 1, ""]}\'', "on this machine: /in/a/container"),
        ("kill -9 $$", "ended with status -9"),
    ],
)
def test_what_does_not_answer_is_said_with_its_reason(tmp_path: Path, script: str, message: str) -> None:
    wrapper = make_wrapper(tmp_path, script)
    with pytest.raises(EnvironmentNotFoundError) as caught:
        ask_interpreter(wrapper)
    assert message in str(caught.value)
    assert str(wrapper) in str(caught.value)


def test_what_can_not_be_started_is_said(tmp_path: Path) -> None:
    plain = tmp_path / "python"
    plain.write_bytes(b"\x00 no program")
    for path in (plain, tmp_path / "gone", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(EnvironmentNotFoundError, match="can't be run"):
            ask_interpreter(path)
    plain.chmod(0o755)
    with pytest.raises(EnvironmentNotFoundError, match="can't be run"):
        ask_interpreter(plain)


@pytest.mark.parametrize("script", ["sleep 60", "sleep 60 & wait", "trap '' TERM; sleep 60; sleep 60"])
def test_one_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path, script: str) -> None:
    wrapper = make_wrapper(tmp_path, f"echo $$ > {tmp_path}/group; {script}")
    begun = time.monotonic()
    with pytest.raises(EnvironmentNotFoundError, match=r"didn't say within 0\.5 s"):
        ask_interpreter(wrapper, time_limit=0.5)
    assert time.monotonic() - begun < 5
    group = int((tmp_path / "group").read_text())
    assert not running(group)


def running(group: int) -> bool:
    """Whether a process of the group is left; one that ended and isn't waited for yet counts as gone."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return any(row[0] == str(group) and not row[1].startswith("Z") for row in rows)
