"""What starting costs: the server and the linter never load torch, transformers or optimum."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"torch", "transformers", "optimum", "numpy"}
DATA = Path(__file__).parent / "data"


def imported_by(*arguments: str) -> set[str]:
    """Top-level packages that a run of the interpreter imports."""
    completed = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=False
    )
    lines = [line for line in completed.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import neuron_config_server.server"),
        ("-c", "import neuron_core, neuron_core.protocol, neuron_core.worker"),
        ("-m", "neuron_config_server", "check", str(DATA / "esm_with_mistakes.py")),
        ("-m", "neuron_config_server", "export", "--help"),
    ],
)
def test_nothing_heavy_is_imported(arguments: tuple[str, ...]) -> None:
    imported = imported_by(*arguments)
    assert "neuron_config_server" in imported or "neuron_core" in imported
    assert not imported & HEAVY


def test_the_linter_does_not_load_the_language_server() -> None:
    imported = imported_by("-m", "neuron_config_server", "check", str(DATA / "esm_with_mistakes.py"))
    assert not imported & {"pygls", "lsprotocol", "asyncio"}


def test_what_is_in_the_cache_is_told_without_the_reader(tmp_path: Path) -> None:
    arguments = ("check", str(DATA / "esm_with_mistakes.py"), "--environment", str(DATA / "environment"))
    run = ("-m", "neuron_config_server", *arguments, "--cache-dir", str(tmp_path / "cache"))
    assert "libcst" in imported_by(*run)
    assert not imported_by(*run) & {"libcst", "sqlite3", "multiprocessing", "concurrent"}
