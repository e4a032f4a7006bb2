from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import pytest

from neuron_core import protocol
from neuron_core.protocol import (
    ExportRequest,
    Failure,
    OutputComparison,
    Progress,
    ProtocolError,
    Report,
    Stage,
    StageTime,
    Verdict,
    WorkerInfo,
    decode,
    encode,
    from_json,
    to_json,
)

COMPARISON = OutputComparison(
    name="logits",
    verdict=Verdict.FAIL,
    reason="differs",
    shape=(2, 3),
    reference_shape=None,
    dtype="float32",
    max_abs_diff=0.25,
    tolerance=1e-3,
    seed=4,
)
REPORT = Report(
    verdict=Verdict.FAIL,
    config_class="EsmNeuronConfig",
    config_file=None,
    model_type="esm",
    task="fill-mask",
    model="tiny random EsmForMaskedLM",
    parameters=22_505,
    backend="cpu",
    route="TorchScript",
    output="out",
    inputs={"input_ids": (1, 16), "attention_mask": (1, 16)},
    outputs=(COMPARISON,),
    stages=(StageTime(Stage.LOAD, 0.5), StageTime(Stage.TRACE, 1.0)),
    versions={"torch": "2.13.0"},
    warnings=("A replaces B.",),
)
REQUEST = ExportRequest(
    task="fill-mask",
    output="out",
    config_file="esm.py",
    config_class="EsmNeuronConfig",
    model="models/esm",
    model_type="esm",
    shapes={"batch_size": 1, "sequence_length": 16},
    atol=1e-4,
    validate=False,
    backend="cpu",
    seed=3,
    force=True,
)
MESSAGES = [
    REQUEST,
    ExportRequest(task="fill-mask", output="out"),
    Progress(1, Stage.BUILD, "building", 0.1),
    COMPARISON,
    REPORT,
    StageTime(Stage.SAVE, 0.25),
    WorkerInfo(protocol.PROTOCOL_VERSION, "python 3.11", 42),
    Failure("it failed", "do this", Stage.TRACE, "Traceback …"),
    Failure("it failed before it began"),
]


def sent(message: Any) -> Any:
    """What the other side reads."""
    return from_json(type(message), decode(encode({"params": to_json(message)}))["params"])


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message: Any) -> None:
    assert sent(message) == message


def test_no_message_is_left_out_above() -> None:
    messages = {value for value in vars(protocol).values() if dataclasses.is_dataclass(value)}
    assert messages == {type(message) for message in MESSAGES}


def test_inputs_arrive_in_their_order() -> None:
    assert list(sent(REPORT).inputs) == ["input_ids", "attention_mask"]


def test_a_difference_that_is_not_a_number_arrives() -> None:
    assert math.isnan(sent(dataclasses.replace(COMPARISON, max_abs_diff=math.nan)).max_abs_diff)
    assert sent(dataclasses.replace(COMPARISON, max_abs_diff=math.inf)).max_abs_diff == math.inf


@pytest.mark.parametrize(
    "text",
    [
        "näïve 😋 数",
        "two\nlines\r\nand\u2028more",
        "\x00\x1b[31m",
        "a path that is not UTF-8: \udce9",
        "half a character: \ud83d",
    ],
)
def test_any_text_arrives_on_one_line(text: str) -> None:
    line = encode(to_json(Failure(text)))
    assert line.count(b"\n") == 1
    assert sent(Failure(text)).message == text


def test_defaults_stand_in_for_fields_that_were_not_sent() -> None:
    assert from_json(ExportRequest, {"task": "fill-mask", "output": "out"}) == ExportRequest(
        "fill-mask", "out"
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"forse": True}, "unknown field 'forse'"),
        ({"task": None}, "expected str, got NoneType"),
        ({"task": 3}, "expected str, got int"),
        ({"model": 3}, "expected str, got int"),
        ({"seed": "3"}, "expected int, got str"),
        ({"seed": 3.0}, "expected int, got float"),
        ({"seed": True}, "expected int, got bool"),
        ({"force": 1}, "expected bool, got int"),
        ({"atol": "1e-3"}, "expected float, got str"),
        ({"atol": True}, "expected float, got bool"),
        ({"shapes": [1, 16]}, "expected dict, got list"),
        ({"shapes": {"batch_size": "1"}}, "expected int, got str"),
        ({"shapes": {"batch_size": None}}, "expected int, got NoneType"),
        ({"atol": 10**400}, ""),
    ],
)
def test_a_field_of_another_type_or_name_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ProtocolError, match=f"not a ExportRequest: {problem}"):
        from_json(ExportRequest, {**to_json(REQUEST), **change})


@pytest.mark.parametrize("data", [None, [], "task", {"task": "fill-mask"}])
def test_what_is_no_request_is_refused(data: Any) -> None:
    with pytest.raises(ProtocolError, match="not a ExportRequest"):
        from_json(ExportRequest, data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["verdict"], "passed"),
        (["stages", 0, "stage"], "compile"),
        (["stages", 0, "stage"], None),
        (["outputs", 0, "seeds"], 1),
        (["outputs", 0, "shape"], [2, "3"]),
        (["inputs", "input_ids"], 16),
    ],
)
def test_a_fault_deep_within_a_report_is_found(path: list[Any], value: Any) -> None:
    data = to_json(REPORT)
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ProtocolError, match="not a Report"):
        from_json(Report, data)


def test_a_whole_number_is_taken_where_a_fraction_may_be() -> None:
    atol = from_json(ExportRequest, {**to_json(REQUEST), "atol": 1}).atol
    assert (atol, type(atol)) == (1.0, float)


def test_a_line_says_that_it_is_json_rpc() -> None:
    assert json.loads(encode({"method": "shutdown", "id": 1})) == {
        "jsonrpc": "2.0",
        "method": "shutdown",
        "id": 1,
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"", "not JSON"),
        (b"Hello from user code\n", "not JSON: b'Hello from user code"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"id": 1', "not JSON"),
        (b"[1, 2]", r"not a JSON object: b'\[1, 2\]'"),
        (b"null", "not a JSON object"),
        (b'{"id": ' + b"1" * 5000 + b"}", "not JSON"),
        (b'{"a":' * 100_000, "not JSON"),
    ],
    ids=["empty", "text", "bytes", "unfinished", "list", "null", "huge number", "too deep"],
)
def test_what_is_no_message_is_refused(line: bytes, problem: str) -> None:
    with pytest.raises(ProtocolError, match=problem):
        decode(line)


def test_a_line_that_is_too_long_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_MESSAGE_BYTES", 1_000)
    with pytest.raises(ProtocolError, match="1,001 bytes is longer than the 1,000 allowed"):
        decode(b" " * 1_001)
    assert decode(b'{"id": 1}'.ljust(1_000)) == {"id": 1}
