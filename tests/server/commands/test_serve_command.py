"""``neuron-config serve``: how a client gets at the server, and where its log goes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from neuron_config_server.cli import main

SERVE = (sys.executable, "-m", "neuron_config_server", "serve")


def message(**content: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def connected(port: int) -> socket.socket:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError(f"nobody listens at port {port}")


def test_over_tcp(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "server.log"
    server = subprocess.Popen((*SERVE, "--tcp", str(port), "--log-file", str(log)))
    try:
        with connected(port) as client:
            client.sendall(
                message(
                    id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}}
                )
            )
            assert b'"capabilities"' in client.recv(1 << 16)
            client.sendall(message(id=2, method="shutdown"))
            client.recv(1 << 16)
            client.sendall(message(method="exit"))
        assert server.wait(20) == 0
    finally:
        server.kill()
    assert log.is_file()


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--tcp", str(port)]) == 2
    assert f"port {port} of 127.0.0.1 can't be used" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--log-file", str(tmp_path / "none/server.log")]) == 2
    assert "the log can't be written to" in capsys.readouterr().err


def test_what_goes_wrong_with_the_protocol_is_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    garbage = b"Content-Length: 9\r\n\r\nnot json!" + message(method="exit")
    done = subprocess.run(
        (*SERVE, "--log-file", str(log)), input=garbage, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 1, "exit without shutdown"
    assert "Unable to handle message" in log.read_text(encoding="utf-8")
