from __future__ import annotations

import subprocess
import sys

import pytest

from neuron_config_server.cli import main


def test_explain_tells_what_a_rule_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "nc101"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# NC101 unknown-input (error)")
    assert '["input_ids", "attention_mask"]' in out


def test_explain_names_the_rules_when_there_is_no_such_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "NC000"]) == 2
    assert capsys.readouterr().err == (
        "neuron-config: there is no rule NC000; there are NC001, NC101, NC301, NC401\n"
    )


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    assert "unknown-alias" in capsys.readouterr().out


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
