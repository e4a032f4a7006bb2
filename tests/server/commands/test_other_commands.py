from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

from neuron_config_server.cli import main


@pytest.mark.parametrize("code", ["NC101", "nc101", "unknown-input"])
def test_explain_tells_what_a_rule_is_about(capsys: pytest.CaptureFixture[str], code: str) -> None:
    assert main(["explain", code]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# NC101 unknown-input\n\nSeverity: **error**. Some of its findings have a fix.")
    assert '["input_ids", "attention_mask"]' in out


def test_explain_names_the_nearest_rule_when_there_is_no_such_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "NC1010"]) == 2
    assert capsys.readouterr().err == (
        "neuron-config: there is no rule NC1010, did you mean NC101? (neuron-config rules lists them)\n"
    )


def test_what_only_an_export_shows_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "NC807"]) == 0
    out = capsys.readouterr().out
    assert "`neuron-config check` never reports it" in out
    assert "## What to do" in out


def test_rules_are_listed_with_who_speaks_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert lines["NC401"] == ["NC401", "unknown-alias", "error", "yes", "check"]
    assert lines["NC805"] == ["NC805", "dead-input", "warning", "export"]


def test_rules_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--format", "json"]) == 0
    rules = {rule["code"]: rule for rule in json.loads(capsys.readouterr().out)}
    assert rules["NC101"]["fix"] is True
    assert rules["NC706"]["spoken_by"] == "export"
    assert rules["NC301"]["summary"].startswith("Checks that every task in a registration")


@pytest.mark.parametrize("arguments", [[], ["no-such-command"]])
def test_usage_errors(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2


def test_the_module_runs_as_the_script_does() -> None:
    completed = subprocess.run(
        [sys.executable, "-m", "neuron_config_server", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert completed.stdout.startswith("neuron-config ")


def test_the_module_does_nothing_when_a_spawned_process_imports_it() -> None:
    importlib.import_module("neuron_config_server.__main__")
