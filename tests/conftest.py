"""What tests of every part share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

os.environ["NEURON_CONFIG_CACHE_DIR"] = ""  # what one test reads must not be there for the next

DATA = Path(__file__).parent / "data"


@pytest.fixture
def data() -> Path:
    """The folder of inputs that we wrote."""
    return DATA


@pytest.fixture(scope="session")
def optimum_neuron() -> Path:
    """The files of optimum-neuron, which .ci/setup-venv unpacks; they can't be imported here."""
    folder = Path(os.environ.get("OPTIMUM_NEURON_SOURCE") or Path(sys.prefix) / "optimum-neuron")
    if not (folder / "optimum/exporters/neuron/base.py").is_file():
        pytest.skip(f"{folder} has no files of optimum-neuron (OPTIMUM_NEURON_SOURCE: another folder)")
    return folder


@pytest.fixture(scope="session")
def model_configs_text(optimum_neuron: Path) -> str:
    """The file that authors of optimum-neuron write into."""
    return (optimum_neuron / "optimum/exporters/neuron/model_configs.py").read_text(encoding="utf-8")


@pytest.fixture
def esm_with_mistakes(data: Path) -> str:
    """An ESM config as the contribution guide of optimum-neuron writes it, with three mistakes."""
    return (data / "esm_with_mistakes.py").read_text(encoding="utf-8")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tables that tests made are printed behind the run, whichever process made them."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in report.user_properties:
                if name == "table":
                    terminalreporter.write_line(str(value))
