"""``neuron-config export`` as a shell sees it: stdout, stderr, exit code, what is left on the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_config_server.cli import main
from neuron_config_server.commands.export import _print_failure
from neuron_config_server.commands.report_text import report_text
from neuron_core.protocol import Failure, OutputComparison, Report, Stage, StageTime, Verdict

pytest.importorskip("torch", reason="the extra [engine]")

ESM = ("--model_type", "esm", "--task", "text-classification", "--batch_size", "1", "--sequence_length", "16")
OURSELVES = Path(sys.prefix)


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, environment: Path = OURSELVES) -> tuple[int, str, str]:
        code = main(["export", *map(str, arguments), "--environment", str(environment)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def comparison(**changes: object) -> OutputComparison:
    values = {
        "name": "logits",
        "verdict": Verdict.PASS,
        "reason": "",
        "shape": (1, 2),
        "reference_shape": (1, 2),
        "dtype": "float32",
        "max_abs_diff": 2e-7,
        "tolerance": 1e-3,
        "seed": 1,
    }
    return OutputComparison(**{**values, **changes})


def report(*outputs: OutputComparison, verdict: Verdict = Verdict.PASS) -> Report:
    return Report(
        verdict=verdict,
        config_class="EsmNeuronConfig",
        config_file=None,
        model_type="esm",
        task="fill-mask",
        model="tiny random EsmForMaskedLM",
        parameters=12345,
        backend="cpu",
        route="a route",
        output=str(Path.cwd() / "out"),
        inputs={"input_ids": (1, 16)},
        outputs=outputs,
        stages=(StageTime(Stage.TRACE, 1.25),),
        versions={},
    )


def test_an_export_is_validated_and_reported(export, tmp_path: Path) -> None:
    code, out, err = export(*ESM, "out", "--report", "report.json")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "EsmNeuronConfig · esm · text-classification"
    assert lines[3] == "  inputs   input_ids [1, 16], attention_mask [1, 16]"
    assert lines[5].split() == ["output", "shape", "max", "abs", "diff", "tolerance", "verdict"]
    assert lines[6].split()[:3] == ["logits", "[1,", "2]"]
    assert lines[6].endswith("0.001       pass")
    assert "validated: every output agrees with PyTorch" in lines
    assert "  saved to  out/" in lines
    assert "tracing EsmForSequenceClassification" in err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["config.json", "model.neuron"]
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "pass"

    code, out, err = export(*ESM, "out")
    assert (code, out) == (2, "")
    assert "holds an earlier export.\n  Replace it with --force" in err


def test_a_failed_validation_exits_with_1(export, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(
        "import torch\n"
        "from neuron_core.configs import EsmNeuronConfig, register_in_tasks_manager\n"
        "class Off(torch.nn.Module):\n"
        "    def __init__(self, inner):\n"
        "        super().__init__()\n"
        "        self.inner = inner\n"
        "    def forward(self, *inputs):\n"
        "        return (self.inner(*inputs)[0] + 0.01,)\n"
        "@register_in_tasks_manager('esm', 'text-classification')\n"
        "class MyNeuronConfig(EsmNeuronConfig):\n"
        "    def patch_model_and_prepare_aliases(self, *arguments, **more):\n"
        "        wrapped, aliases = super().patch_model_and_prepare_aliases(*arguments, **more)\n"
        "        return Off(wrapped), aliases\n"
    )
    code, out, _ = export("--config-file", "config.py", *ESM[2:], "out")
    assert code == 1
    assert "VALIDATION FAILED" in out
    assert "    differs from PyTorch by 0.01 with seed" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--task", "fill-mask", "out"),
            "say what to export: --config-file FILE, --model MODEL or --model_type TYPE",
        ),
        (("--task", "fill-mask", "--config-file", "no.py", "out"), "there is no file no.py"),
        ((*ESM, "."), "is the current directory"),
        ((*ESM, "out", "--atol", "-1"), "--atol is -1: pass a number of 0 or more"),
        ((*ESM, "out", "--atol", "nan"), "--atol is nan: pass a number of 0 or more"),
        ((*ESM, "out", "--report", "no/report.json"), "--report no/report.json: there is no folder no"),
        ((*ESM, "out", "--report", "out/report.json"), "lies within out, which is the export's alone"),
        ((*ESM, "out", "--report", "x/../out"), "lies within out"),
        ((*ESM, "new/out", "--report", "."), "--report . is a folder: name a file"),
    ],
)
def test_usage_errors_exit_with_2(export, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = export(*arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_two_dots_are_gone_from_what_is_reported(export, tmp_path: Path) -> None:
    code, out, err = export(*ESM, "a/../out", "--disable-validation")
    assert code == 0
    assert "  saved to  out/" in out.splitlines()
    assert ".." not in err
    assert not (tmp_path / "a").exists()


def test_what_was_warned_of_is_noted_under_the_table(export, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(
        "from neuron_core.configs import EsmNeuronConfig, register_in_tasks_manager\n"
        "for name in 'AB':\n"
        "    register_in_tasks_manager('esm', 'text-classification')(type(name, (EsmNeuronConfig,), {}))\n"
    )
    code, out, _ = export("--config-file", "config.py", *ESM[2:], "out")
    assert code == 0
    (note,) = [line for line in out.splitlines() if line.startswith("note: ")]
    assert note == "note: abc.B replaces abc.A for esm and the task text-classification."


@pytest.mark.parametrize(("detail", "times"), [("", 1), ("it broke", 1), ("Traceback\nit broke", 2)])
def test_an_error_is_not_said_twice(detail: str, times: int, capsys: pytest.CaptureFixture[str]) -> None:
    _print_failure(Failure("it broke", detail=detail))
    assert capsys.readouterr().err.count("it broke") == times


def test_an_environment_that_is_none(export, tmp_path: Path) -> None:
    code, _, err = export(*ESM, "out", environment=tmp_path)
    assert code == 2
    assert f"{tmp_path} is no Python environment" in err


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(
        "from neuron_core.configs import EsmNeuronConfig, register_in_tasks_manager\n"
        "import time\n"
        "@register_in_tasks_manager('esm', 'text-classification')\n"
        "class MyNeuronConfig(EsmNeuronConfig):\n"
        "    @property\n"
        "    def inputs(self):\n"
        "        time.sleep(60)\n"
    )
    command = [sys.executable, "-m", "neuron_config_server", "export", "--config-file", "config.py", *ESM[2:]]
    process = subprocess.Popen(
        [*command, "new/out", "--environment", str(OURSELVES)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore the interrupt; this one must not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    while "building" not in process.stderr.readline():
        pass
    interrupted = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert time.monotonic() - interrupted < 10
    assert "interrupted" in process.stderr.read()
    assert [path.name for path in tmp_path.iterdir()] == ["config.py"]


def test_the_columns_of_the_table_line_up() -> None:
    text = report_text(
        report(
            comparison(),
            comparison(name="last_hidden_state", shape=(1, 16, 320), max_abs_diff=0.0),
            comparison(
                name="x", verdict=Verdict.FAIL, reason="returns 2 outputs", shape=None, max_abs_diff=None
            ),
            verdict=Verdict.FAIL,
        )
    ).plain
    table = [line for line in text.splitlines() if line.endswith(("verdict", "pass", "fail"))]
    assert [line.rindex(" ") for line in table] == [table[0].rindex(" ")] * 4
    assert "\n    returns 2 outputs\n" in text
    assert not any(line != line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize(
    ("difference", "tolerance", "shown"),
    [(0.0, 1e-3, "0 0.001"), (2.26e-7, 1.5e-3, "2.3e-07 0.0015"), (None, 1e-5, "- 1e-05")],
)
def test_numbers_are_shown_as_they_are(difference: float | None, tolerance: float, shown: str) -> None:
    text = report_text(report(comparison(max_abs_diff=difference, tolerance=tolerance))).plain
    assert f"[1, 2] {shown} pass" in " ".join(text.split())


def test_a_validation_that_compared_nothing_was_not_asked_for() -> None:
    began = replace(report(verdict=Verdict.SKIPPED), stages=(StageTime(Stage.VALIDATE, 0.0),))
    assert "NOT VALIDATED: no output was compared" in report_text(began).plain


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.PASS, "validated: every output agrees with PyTorch"),
        (Verdict.FAIL, "VALIDATION FAILED"),
        (Verdict.SKIPPED, "not validated, as asked"),
    ],
)
def test_the_verdict_is_said_in_words(verdict: Verdict, said: str) -> None:
    assert said in report_text(report(verdict=verdict)).plain
