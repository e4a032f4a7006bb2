"""What ``data/programs.json`` says that small programs give, held against the programs executed once more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.truth, pytest.mark.timeout(900)]

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "server" / "reading"))
from test_programs import BASE, HEAD, PROGRAMS  # noqa: E402 - it stands in no package

OPEN = {"order": "up to Python"}


def executed(seed: str) -> dict[str, dict[str, Any]]:
    """Name -> the inputs of ``A``, with that seed of Python's hashes."""
    requests = (
        json.dumps({"source": HEAD + each["source"].replace("BASE\n", BASE), "conditions": []})
        for each in PROGRAMS.values()
    )
    done = subprocess.run(
        [sys.executable, TESTS / "fuzz" / "executed_programs.py"],
        input="".join(f"{each}\n" for each in requests),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "HF_HUB_OFFLINE": "1"},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        name: next(
            each["properties"]["inputs"]
            for each in answer["classes"]
            if each["class"] == "A" and each["situation"] == "by default"
        )
        for name, answer in zip(PROGRAMS, answers, strict=True)
    }


def test_the_programs_give_what_is_written_down() -> None:
    one, other = executed("0"), executed("12")
    found = {name: one[name] if one[name] == other[name] else OPEN for name in PROGRAMS}
    assert found == {name: each["executed"] for name, each in PROGRAMS.items()}
