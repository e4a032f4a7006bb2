"""What is made from the sources (``make docs``) is what the sources say; ``make rule`` writes a rule that is found."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MADE = runpy.run_path(str(ROOT / ".ci" / "make-docs.py"))["made"]()


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_what_is_made_is_current(path: Path) -> None:
    assert path.is_file(), "run: make docs"
    assert path.read_text(encoding="utf-8") == MADE[path], "run: make docs"


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {path for path in MADE if path.parent.name == "rules"} == set(
        (ROOT / "docs" / "rules").glob("*.md")
    )


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file(), target


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what ``make rule`` writes into."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "server", tmp_path / "server", ignore=ignored)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "server" / "rules").mkdir(parents=True)
    return tmp_path


def make_rule(copy: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(copy / ".ci" / "make-rule.py"), name],
        env={"PYTHONPATH": str(copy / "server")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_rule_is_found_listed_and_formatted(copy: Path) -> None:
    done = make_rule(copy, "NC999-some-new-name")
    assert done.returncode == 0, done.stderr
    rule = copy / "server/neuron_config_server/rules/nc999_some_new_name.py"
    test = copy / "tests/server/rules/test_nc999_some_new_name.py"
    listed = subprocess.run(
        [sys.executable, "-m", "neuron_config_server", "rules"],
        env={"PYTHONPATH": f"{copy / 'server'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "NC999  some-new-name" in listed.stdout
    for command in (["format", "--check"], ["check"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(rule), str(test)], cwd=copy, check=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NC101-other-name", "there is a rule NC101 unknown-input; codes and names are never used twice"),
        ("NC999-unknown-input", "there is a rule unknown-input; codes and names are never used twice"),
        ("999-name", "'999-name' is no code and name in kebab case, such as NC999-some-name"),
        ("NC999_name", "'NC999_name' is no code and name in kebab case, such as NC999-some-name"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(copy: Path, name: str, message: str) -> None:
    done = make_rule(copy, name)
    assert done.returncode == 1
    assert done.stderr.strip() == message
