"""``neuron-config inspect``: what each config class of a file means, for people and programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from neuron_config_server.cli import main

CONFIG = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig
from optimum.utils import NormalizedConfigManager

from .wrappers import EsmWrapper


@register_in_tasks_manager("esm", *["feature-extraction", "fill-mask"])
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ATOL_FOR_VALIDATION = {"fill-mask": 1e-3, "feature-extraction": 1e-4}
    CUSTOM_MODEL_WRAPPER = EsmWrapper

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    @property
    def outputs(self) -> list[str]:
        names = super().outputs
        if self.output_hidden_states:
            names.append("hidden_states")
        return names


class BaseOfOthersNeuronConfig(TextEncoderNeuronConfig):
    pass
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "configs.py"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["inspect", *map(str, arguments), "--environment", sys.prefix])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_what_it_means_as_json(run, file: Path) -> None:
    code, out, _ = run(file, "--format", "json")
    assert code == 0
    extraction, fill_mask = json.loads(out)
    assert extraction == {
        "class": "EsmNeuronConfig",
        "library": "transformers",
        "model_type": "esm",
        "task": "feature-extraction",
        "line": 8,
        "inputs": {
            "variants": [
                {"when": None, "value": ["input_ids", "attention_mask"], "default": True, "raises": None}
            ],
            "unknown": None,
        },
        "outputs": {
            "variants": [
                {
                    "when": "not self.output_hidden_states",
                    "value": ["last_hidden_state", "pooler_output"],
                    "default": True,
                    "raises": None,
                },
                {
                    "when": "self.output_hidden_states",
                    "value": ["last_hidden_state", "pooler_output", "hidden_states"],
                    "default": False,
                    "raises": None,
                },
            ],
            "unknown": None,
        },
        "axes": {
            "variants": [
                {"when": None, "value": ["batch_size", "sequence_length"], "default": True, "raises": None}
            ],
            "unknown": None,
        },
        "generators": extraction["generators"],
        "normalized_config": extraction["normalized_config"],
        "atol": 1e-4,
        "MODEL_TYPE": None,
        "custom_model_wrapper": ".wrappers.EsmWrapper",
        "values_override": None,
        "unknown": {},
        "registered_at": {"row": 7, "column": 2},
    }
    assert [each["value"] for each in fill_mask["outputs"]["variants"]] == [
        ["logits"],
        ["logits", "hidden_states"],
    ]
    assert fill_mask["atol"] == 1e-3
    (generators,) = extraction["generators"]["variants"]
    assert [name.rpartition(".")[2] for name in generators["value"]] == ["DummyTextInputGenerator"]
    assert extraction["normalized_config"]["class"] == "NormalizedTextConfig"
    assert extraction["normalized_config"]["attributes"]["num_layers"] == "num_hidden_layers"


def test_what_it_means_as_text(run, file: Path) -> None:
    code, out, _ = run(file)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("EsmNeuronConfig · esm · transformers")
    assert lines[0].endswith("configs.py:8")
    assert "  inputs             input_ids, attention_mask" in lines
    assert "last_hidden_state, pooler_output   if not self.output_hidden_states" in out
    assert "registered for nothing" in out


def test_one_class(run, file: Path) -> None:
    code, out, _ = run(file, "--class", "BaseOfOthersNeuronConfig")
    assert code == 0
    assert out.startswith("BaseOfOthersNeuronConfig")
    assert "EsmNeuronConfig" not in out


def test_a_class_that_is_not_there_is_said_with_the_nearest(run, file: Path) -> None:
    code, out, err = run(file, "--class", "EsnNeuronConfig")
    assert (code, out) == (2, "")
    assert "no config class 'EsnNeuronConfig', did you mean 'EsmNeuronConfig'?" in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = 1\n", "has no Neuron config class"),
        (b"\xff\xfe\x00", "not text that Python can decode"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_says_nothing_is_an_error(run, tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "other.py"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run(path)
    assert (code, out) == (2, "")
    assert said in err


def test_a_broken_statement_is_said_and_the_rest_is_told(run, file: Path) -> None:
    file.write_text(CONFIG + "\n\nclass BrokenNeuronConfig(TextEncoderNeuronConfig:\n    pass\n")
    code, out, err = run(file)
    assert code == 0
    assert out.startswith("EsmNeuronConfig")
    assert f"{file}:{CONFIG.count(chr(10)) + 3}:" in err
    assert "syntax error" in err


def test_what_is_not_known_is_said_with_its_reason(run, file: Path) -> None:
    file.write_text(CONFIG.replace('["input_ids", "attention_mask"]', '["input_ids", *more()]'))
    _, out, _ = run(file)
    assert "input_ids, unknown: `more()` is not followed" in out
    _, out, _ = run(file, "--format", "json")
    assert json.loads(out)[0]["unknown"] == {"inputs": "`more()` is not followed"}
