"""How the command line ends, as a shell sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import pytest

from neuron_config_server.cli import main

COMMAND = [sys.executable, "-m", "neuron_config_server"]


def run(
    *arguments: str, stdout: int | TextIO = subprocess.PIPE, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=env,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_internal_error_ends_with_2_and_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("neuron_config_server.commands.rules.all_rules", lambda: 1 / 0)
    assert main(["rules"]) == 2
    assert "internal error, please report this" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("neuron_config_server.cli._parser", interrupt)
    assert main(["rules"]) == 130
    assert capsys.readouterr().err == "neuron-config: interrupted\n"


def test_output_that_cannot_be_encoded_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "é.py"
    path.write_text("x = [1, 2\n")
    done = run("check", str(path), env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert "\\xe9.py:1:5: NC001" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["rules", "env"])
def test_a_full_disk_is_said_so(command: str) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = run(command, stdout=full)
    assert (done.returncode, done.stderr) == (
        2,
        "neuron-config: the output can't be written: No space left on device\n",
    )


def test_a_working_directory_that_is_gone_is_said_so(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os, sys; os.rmdir({str(gone)!r}); from neuron_config_server.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", script, "check"],
        cwd=gone,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "neuron-config: the working directory was deleted; change to one that is there\n"


def test_exit_without_shutdown_ends_with_1() -> None:
    body = b'{"jsonrpc":"2.0","method":"exit"}'
    message = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    done = subprocess.run([*COMMAND, "serve"], input=message, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
