"""``neuron-config signature``, ``tasks``, ``models`` and ``env``: what the catalog knows, for people and programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuron_config_server.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], small_environment: Path):
    def run(*arguments: str, environment: Path = small_environment) -> tuple[int, str, str]:
        code = main([*arguments, "--environment", str(environment)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_a_signature_as_json(run, small_environment: Path) -> None:
    code, out, _ = run("signature", "esm", "masked-lm", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert {key: found[key] for key in ("model_type", "task", "library", "model_class")} == {
        "model_type": "esm",
        "task": "fill-mask",
        "library": "transformers",
        "model_class": "EsmForMaskedLM",
    }
    assert found["file"].startswith(str(small_environment))
    assert found["line"] > 0
    assert found["parameters"][0].keys() == {"name", "kind", "default", "annotation", "required"}
    assert "input_ids" in [parameter["name"] for parameter in found["parameters"]]
    assert isinstance(found["kwargs_keys"], list)
    assert isinstance(found["accepts_any_kwargs"], bool)
    assert {"output_class", "outputs"} <= found.keys()


def test_a_signature_as_text(run) -> None:
    code, out, _ = run("signature", "esm", "fill-mask")
    assert code == 0
    assert out.startswith("EsmForMaskedLM.forward")
    assert "  input_ids" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("signature", "emm", "fill-mask"), "no model type 'emm', did you mean 'esm'?"),
        (("signature", "esm", "fill-masc"), "no task 'fill-masc', did you mean 'fill-mask'?"),
        (("signature", "esm", "image-classification"), "it has one for "),
        (("tasks", "protein"), "no model type 'protein'"),
        (("models", "--task", "folding"), "no task 'folding'; it has "),
    ],
)
def test_what_is_not_there_is_said_with_what_is(run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_tasks_of_a_model_type(run) -> None:
    code, out, _ = run("tasks", "esm", "--format", "json")
    assert code == 0
    assert {"task": "fill-mask", "model_classes": ["EsmForMaskedLM"]} in json.loads(out)
    _, text, _ = run("tasks", "esm")
    assert any(line.split() == ["fill-mask", "EsmForMaskedLM"] for line in text.splitlines())


def test_models_and_models_of_a_task(run) -> None:
    _, out, _ = run("models", "--format", "json")
    assert {"esm", "bert"} <= {row["model_type"] for row in json.loads(out)}
    _, out, _ = run("models", "--task", "fill-mask")
    assert [line.split()[0] for line in out.splitlines()] == ["bert", "esm"]


def test_the_environment_and_what_is_in_it(run, small_environment: Path, tmp_path: Path) -> None:
    code, out, _ = run("env", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert found["origin"] == "asked for"
    assert found["missing"] == []
    assert found["cache"] is None
    assert str(small_environment) in found["search_path"][0]["path"]
    (tmp_path / "lib/python3.11/site-packages").mkdir(parents=True)
    _, text, _ = run("env", environment=tmp_path)
    assert "transformers          " in text
    assert "not installed" in text
