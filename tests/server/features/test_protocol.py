from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

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
