"""Starting the engine in the author's environment, and what is said when that fails."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from neuron_config_server.jobs.engine_process import EngineError, started_engine
from neuron_core import protocol
from neuron_core.protocol import ExportRequest, Progress, Report

REQUEST = ExportRequest(task="fill-mask", output="somewhere", model_type="esm")


def export_with(python: Path, request: ExportRequest = REQUEST) -> tuple[Report, list[Progress]]:
    told: list[Progress] = []

    async def run() -> Report:
        async with started_engine(python) as engine:
            return await engine.export(request, told.append)

    return asyncio.run(run()), told


def interpreter(folder: Path, script: str) -> Path:
    """A stand-in for an interpreter, which does as the script says."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\nimport sys, json, os, time\n{script}", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="can't be started: No such file") as caught:
        export_with(tmp_path / "python")
    assert "--environment" in caught.value.failure.hint


def test_an_environment_without_the_engine(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    python = tmp_path / "bare" / "bin" / "python"
    with pytest.raises(EngineError) as caught:
        export_with(python)
    assert caught.value.failure.message == f"torch, transformers, optimum not installed with {python}."
    assert "pip install 'neuron-config-server[engine]'" in caught.value.failure.hint


def test_an_interpreter_that_ends_at_once_is_told_with_what_it_said(tmp_path: Path) -> None:
    python = interpreter(tmp_path, "print('no such option', file=sys.stderr); sys.exit(3)")
    with pytest.raises(EngineError, match="ended before it answered \\(exit code 3\\)") as caught:
        export_with(python)
    assert caught.value.failure.detail == "no such option"


def test_an_engine_of_another_version(tmp_path: Path) -> None:
    info = {"protocol_version": protocol.PROTOCOL_VERSION + 1, "python": "p", "pid": 1}
    answer = {"id": 1, "result": info}
    python = interpreter(
        tmp_path, f"sys.stdin.readline(); print(json.dumps({answer!r}), flush=True); sys.stdin.read()"
    )
    with pytest.raises(EngineError, match=f"speaks version {protocol.PROTOCOL_VERSION + 1}") as caught:
        export_with(python)
    assert "Install the same version" in caught.value.failure.hint


def test_noise_on_the_pipe_is_no_message(tmp_path: Path) -> None:
    python = interpreter(tmp_path, "print('hello', flush=True); sys.stdin.read()")
    with pytest.raises(EngineError, match="something that is no message: not JSON: b'hello"):
        export_with(python)


def test_an_engine_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuron_config_server.jobs.engine_process._SECONDS_TO_END", 0.2)
    pid_file = tmp_path / "pid"
    python = interpreter(
        tmp_path,
        f"open({str(pid_file)!r}, 'w').write(str(os.getpid())); print('x', flush=True); time.sleep(60)",
    )
    with pytest.raises(EngineError):
        export_with(python)
    assert not Path(f"/proc/{pid_file.read_text()}").exists()


@pytest.mark.skipif(find_spec("torch") is None, reason="the extra [engine]")
def test_modules_of_the_working_directory_do_not_get_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('not this one')")
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    request = ExportRequest(task="fill-mask", output=str(tmp_path / "file"), model_type="esm")
    with pytest.raises(EngineError, match="file is a file"):
        export_with(Path(sys.executable), request)
