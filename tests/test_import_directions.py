"""Who may import whom (ARCHITECTURE.md, "Invariants"), and that breaking it is noticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml on the packages below a folder."""
    path = os.pathsep.join([str(folder / "server"), str(folder)])
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources to break things in."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("server", "neuron_core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    return tmp_path


def test_every_import_goes_where_it_may() -> None:
    completed = lint_imports(ROOT)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "0 broken" in completed.stdout


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("rules/finding.py", "import pygls", "only server.py and features speak LSP"),
        (
            "rules/nc001_syntax_error.py",
            "def f():\n    from lsprotocol import types",
            "only server.py and features",
        ),
        (
            "commands/export.py",
            "from neuron_core.exporting import main_export",
            "only what they say to each other",
        ),
        ("features/analysis.py", "import neuron_core.configs.base", "only what they say to each other"),
        ("catalog/catalog.py", "import transformers", "the server never imports what it reads"),
        ("catalog/catalog.py", "import neuron_config_server.reading.literals", "reading on catalog"),
        ("reading/literals.py", "import neuron_config_server.rules.finding", "reading on catalog"),
        ("lint/run.py", "import subprocess", "only jobs starts processes"),
        ("rules/finding.py", "import time", "no clock, no network, no chance"),
        (
            "../../neuron_core/protocol.py",
            "import neuron_config_server",
            "the engine doesn't know the server",
        ),
    ],
)
def test_an_import_that_goes_elsewhere_is_noticed(
    copy: Path, module: str, statement: str, contract: str
) -> None:
    broken = copy / "server" / "neuron_config_server" / module
    broken.write_text(broken.read_text(encoding="utf-8") + f"\n{statement}\n", encoding="utf-8")
    completed = lint_imports(copy)
    assert completed.returncode == 1, completed.stdout + completed.stderr
    verdicts = [line for line in completed.stdout.splitlines() if " BROKEN" in line]
    assert any(contract in line for line in verdicts), verdicts
