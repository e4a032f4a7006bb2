"""Fixes held against execution: each file of idioms is fixed as ``--fix`` does it, and imported before and after.

After it, every class gives what it gave, in the same order, but for the inputs that were taken out; and everything
else that it says is as it was. The idioms were written to be hard to follow, not with fixes in mind.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Finding

pytestmark = pytest.mark.truth

TESTS = Path(__file__).parents[2]
FILES = ("classes.py", "combinations.py", "flow.py", "lists.py", "registering.py")


def cases(file: ConfigFile) -> list[dict[str, Any]]:
    """Every class and task, where nobody says otherwise than by default."""
    return [
        {
            "class": each.config.name,
            "task": each.task,
            "hf_config": {"model_type": each.hf_model_type},
            "as_exported": {},
            "conditions": [],
            "situations": [{"config": {}, "instance": {}}],
        }
        for each in file.effective
    ]


def executed(path: Path, asked: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Property -> what it gives, of each case."""
    request, answer = folder / "request.json", folder / "answer.json"
    request.write_text(json.dumps({"how": "file", "path": str(path), "names": [], "cases": asked}))
    program = TESTS / "truth" / "executed_configs.py"
    done = subprocess.run(
        [sys.executable, str(program), str(request), str(answer)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [case[0]["properties"] for case in json.loads(answer.read_text())["cases"]]


def taken_out(findings: tuple[Finding, ...]) -> set[str]:
    """The strings that fixes took out; those that a finding speaks of, where its fix changes more than strings."""
    gone: set[str] = set()
    for finding in findings:
        assert finding.fix is not None
        assert finding.fix.intent is not None
        renamed = {rename.literal.value for rename in finding.fix.intent.renames}
        gone |= renamed or set(re.findall('"([^"]+)"', finding.message))
    return gone


@pytest.mark.parametrize("name", FILES)
def test_what_is_fixed_gives_what_it_gave_without_what_was_taken_out(
    name: str, real_catalog: Catalog, tmp_path: Path
) -> None:
    for folder in ("before", "after"):
        shutil.copytree(TESTS / "data" / "idioms", tmp_path / folder)
    old, new = tmp_path / "before" / name, tmp_path / "after" / name
    file = read_config_file(old.read_text(encoding="utf-8"), real_catalog, old)
    asked = cases(file)
    mended = fix(file.text, real_catalog, all_rules(), path=new)
    new.write_text(mended.text, encoding="utf-8")
    gone = taken_out(mended.fixed)
    for case, before, after in zip(asked, executed(old, asked, tmp_path), executed(new, asked, tmp_path)):
        for aspect in ("inputs", "outputs"):
            lists = before.pop(aspect), after.pop(aspect)
            assert is_without(*lists, gone), (case["class"], aspect, lists, gone)
        assert after == before, case["class"]


def is_without(before: dict[str, Any], after: dict[str, Any], gone: set[str]) -> bool:
    """Whether a list has lost nothing but what was taken out; an exception stays what it is."""
    if "value" not in before or "value" not in after:
        return before == after
    rest = iter(after["value"])
    following = next(rest, None)
    for name in before["value"]:
        if name == following:
            following = next(rest, None)
        elif name not in gone:
            return False
    return following is None
