"""What tests of every part share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["NEURON_CONFIG_CACHE_DIR"] = ""  # what one test reads must not be there for the next

DATA = Path(__file__).parent / "data"


@pytest.fixture
def data() -> Path:
    """The folder of inputs that we wrote."""
    return DATA


@pytest.fixture
def esm_with_mistakes(data: Path) -> str:
    """An ESM config as the contribution guide of optimum-neuron writes it, with three mistakes."""
    return (data / "esm_with_mistakes.py").read_text(encoding="utf-8")
