"""``make demo``, as a person sees it; twice, because the second time it meets what the first left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


def demo() -> str:
    programs = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "VIRTUAL_ENV": sys.prefix,
        "PATH": os.pathsep.join([programs, os.environ["PATH"]]),
    }
    completed = subprocess.run(
        ["bash", "tests/demo/demo.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_demo_goes_the_whole_way(time: str) -> None:
    shown = demo()
    steps = [
        "esm.py:10:72: NC301",
        "esm.py:12:83: NC401",
        "esm.py:17:48: NC101",
        "Found 3 errors.",
        "Fixed 3 findings.",
        "$ neuron-config check esm.py\nNo findings in 1 file.",
        "logits   [1, 2]",
        "validated: every output agrees with PyTorch",
        "logits: [[",
    ]
    places = [shown.find(step) for step in steps]
    assert -1 not in places, dict(zip(steps, places))
    assert places == sorted(places)
