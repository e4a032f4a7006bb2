from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from lsprotocol import types
from wire import PULLED, Wire

from neuron_config_server.features.protocol import OnceEach
from neuron_config_server.server import create_server


def test_an_answer_to_a_cancelled_request_is_dropped() -> None:
    protocol = create_server().protocol
    waiting: Future[object] = Future()
    waiting.cancel()
    protocol._request_futures["1"] = waiting
    protocol._handle_response("1", "an answer")
    assert protocol._request_futures == {}


def test_shutdown_with_requests_in_flight() -> None:
    protocol = create_server().protocol
    for msg_id in "abc":
        waiting: Future[object] = Future()
        waiting.add_done_callback(lambda _, msg_id=msg_id: protocol._request_futures.pop(msg_id))
        protocol._request_futures[msg_id] = waiting
    list(protocol.lsp_shutdown(None))
    assert protocol._shutdown
    assert protocol._request_futures == {}


def test_exit_after_shutdown_ends_with_0() -> None:
    initialize = {"processId": None, "rootUri": None, "capabilities": {}}
    bodies = (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize},
        {"jsonrpc": "2.0", "id": 2, "method": "shutdown"},
        {"jsonrpc": "2.0", "method": "exit"},
    )
    encoded = [json.dumps(body).encode() for body in bodies]
    sent = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(each), each) for each in encoded)
    command = [sys.executable, "-m", "neuron_config_server", "serve"]
    done = subprocess.run(command, input=sent, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0


def test_nothing_is_kept_of_what_was_handled() -> None:
    protocol = create_server().protocol

    def handler() -> Iterator[None]:
        yield from ()

    protocol._execute_handler("1", handler, lambda future: None)
    assert protocol._request_futures == {}


def test_the_log_tells_of_a_failing_rule_once(caplog: pytest.LogCaptureFixture) -> None:
    once = OnceEach()
    caplog.handler.addFilter(once)
    logger = logging.getLogger("some.logger")
    for code in ("NC101", "NC102", "NC101"):
        logger.error("rule %s failed", code)
    caplog.handler.removeFilter(once)
    assert [record.args for record in caplog.records] == [("NC101",), ("NC102",)]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("wire")
    wire = Wire(folder / "server.log")
    wire.initialize(folder, PULLED)
    yield wire
    wire.kill()


@pytest.mark.parametrize(
    ("method", "params", "told"),
    [
        ("textDocument/hover", None, "params: invalid value"),
        ("textDocument/hover", [], "params.textDocument: invalid value"),
        ("textDocument/diagnostic", {"textDocument": {}}, "params.textDocument.uri: required field missing"),
        (
            "textDocument/completion",
            {"textDocument": {"uri": "file:///a.py"}, "position": {"line": -1, "character": 0}},
            "Position.line should be in range [0:2147483647], but was -1",
        ),
        ("textDocument/codeAction", {"textDocument": {"uri": "file:///a.py"}}, "params.range: required"),
        ("workspace/diagnostic", {}, "params.previousResultIds: required field missing"),
        ("initialize", {"processId": 1}, "params.capabilities: required field missing"),
    ],
)
def test_a_request_that_cannot_be_read_is_told_why(wire: Wire, method: str, params: Any, told: str) -> None:
    error = wire.ask(method, params)["error"]
    assert error["code"] == -32602
    assert told in error["message"]


@pytest.mark.parametrize("params", [None, {}, {"textDocument": 5}])
def test_a_request_that_nothing_answers_is_refused_as_such(wire: Wire, params: Any) -> None:
    for method in ("textDocument/declaration", "some/method"):
        assert wire.ask(method, params)["error"]["code"] == -32601


def test_a_notification_that_cannot_be_read_is_logged_once(wire: Wire) -> None:
    for _ in range(3):
        wire.tell("textDocument/didChange", {"textDocument": {"uri": "file:///a.py"}})
    wire.ask("workspace/executeCommand", {"command": "neuron-config.debugInformation"})
    lines = [line for line in wire.log.read_text().splitlines() if "textDocument/didChange" in line]
    assert len(lines) == 1
    assert "params.textDocument.version: required field missing" in lines[0]


@pytest.mark.parametrize(
    "body", [b"[]", b"5", b"null", b"{", b"\xff", b'{"id": 1}', b'{"jsonrpc": "2.0", "id": 1, "method": []}']
)
def test_what_is_no_message_is_logged(wire: Wire, body: bytes) -> None:
    assert wire.process.stdin is not None
    before = len(wire.complaints)
    wire.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    wire.process.stdin.flush()
    wire.ask("workspace/executeCommand", {"command": "neuron-config.debugInformation"})
    assert len(wire.complaints) > before


def test_an_answer_that_cannot_be_read_is_an_error_to_who_asked() -> None:
    protocol = create_server().protocol
    waiting: Future[object] = Future()
    protocol._request_futures["1"] = waiting
    protocol._result_types["1"] = types.ApplyWorkspaceEditResponse
    protocol.handle_message({"jsonrpc": "2.0", "id": "1", "result": 5})
    assert "result" in str(waiting.exception(timeout=0))


def test_messages_of_keystrokes_and_others_are_answered_in_their_order(wire: Wire) -> None:
    """Of the first, pygls doesn't see the parameters."""
    document = {"textDocument": {"uri": "file:///a.py"}}
    at = {**document, "position": {"line": 0, "character": 0}}
    asked = [("diagnostic", document), ("definition", at), ("hover", at), ("foldingRange", document)]
    numbers = [wire.send(f"textDocument/{method}", params) for method, params in asked]
    answers = [wire.answer(number) for number in numbers]
    assert answers[0]["result"] == {"kind": "full", "items": []}
    assert all("result" in each for each in answers)
    arrivals = [wire.arrivals[number] for number in numbers]
    assert arrivals == sorted(arrivals)


def test_a_handler_that_fails_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    server = create_server()
    sent: list[dict[str, Any]] = []
    server.protocol._send_data = lambda data: sent.append(data)
    position = {"line": 0, "character": 0}
    params = {"textDocument": {"uri": "file:///a.py"}, "position": position}
    hover = {"jsonrpc": "2.0", "id": 5, "method": "textDocument/hover", "params": params}
    server.protocol.handle_message(hover)  # before `initialize` there is no workspace
    (answer,) = sent
    assert (answer.id, answer.error.code) == (5, -32603)
    assert "The workspace is not available" in answer.error.message
    change = {"textDocument": {"uri": "file:///a.py", "version": 2}, "contentChanges": [{"text": ""}]}
    caplog.clear()
    server.protocol.handle_message({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change})
    assert len(sent) == 1
    assert "The workspace is not available" in caplog.text


def test_nothing_is_answered_after_shutdown() -> None:
    server = create_server()
    sent: list[object] = []
    server.protocol._send_data = sent.append
    server.protocol._shutdown = True
    params = {"textDocument": {"uri": "file:///a.py"}}
    server.protocol.handle_message(
        {"jsonrpc": "2.0", "id": 1, "method": "textDocument/diagnostic", "params": params}
    )
    assert sent == []
