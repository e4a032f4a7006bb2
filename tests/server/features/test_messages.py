from __future__ import annotations

import json
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter

from neuron_config_server.features.messages import (
    Json,
    json_of_diagnostic,
    notification,
    problems,
    response,
    usual_params,
)

CONVERTER = default_converter()
DOCUMENT = {"uri": "file:///a%20b.py"}
PLACE = {"line": 3, "character": 4}
AT = {"textDocument": DOCUMENT, "position": PLACE}
VERSIONED = {**DOCUMENT, "version": 7}
TOKENS = {"workDoneToken": "a", "partialResultToken": 5}
CHANGE = {"range": {"start": PLACE, "end": {"line": 3, "character": 9}}, "text": "é"}
USUAL = [
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": [CHANGE, {"text": "x\n"}]}),
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": [{**CHANGE, "rangeLength": 5}]}),
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": []}),
    ("textDocument/diagnostic", {"textDocument": DOCUMENT}),
    (
        "textDocument/diagnostic",
        {"textDocument": DOCUMENT, "identifier": "x", "previousResultId": "1a", **TOKENS},
    ),
    ("textDocument/hover", AT),
    ("textDocument/hover", {**AT, "workDoneToken": 3}),
    ("textDocument/completion", {**AT, **TOKENS}),
    ("textDocument/completion", {**AT, "context": {"triggerKind": 1}}),
    ("textDocument/completion", {**AT, "context": {"triggerKind": 2, "triggerCharacter": '"'}}),
]
UNUSUAL = [
    ("textDocument/didChange", None),
    ("textDocument/didChange", []),
    ("textDocument/didChange", "text"),
    ("textDocument/didChange", {"textDocument": DOCUMENT, "contentChanges": []}),
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": [3]}),
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": ["range"]}),
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": [{**CHANGE, "text": 5}]}),
    ("textDocument/didChange", {"textDocument": VERSIONED, "contentChanges": [{**CHANGE, "range": PLACE}]}),
    ("textDocument/diagnostic", {"textDocument": DOCUMENT, "previousResultId": 3}),
    ("textDocument/hover", {**AT, "position": {"line": -1, "character": 0}}),
    ("textDocument/hover", {**AT, "position": {"line": "1", "character": 0}}),
    ("textDocument/completion", {**AT, "context": {"triggerKind": 9}}),
    ("textDocument/completion", {**AT, "context": "none"}),
    ("textDocument/definition", AT),
    (["textDocument/hover"], AT),
]


def message(method: object, params: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@pytest.mark.parametrize(("method", "params"), USUAL)
def test_usual_parameters_are_those_that_pygls_reads(method: str, params: dict[str, Any]) -> None:
    found = usual_params(message(method, params))
    read = CONVERTER.structure(message(method, params), types.METHOD_TO_TYPES[method][0])
    assert found == read.params
    assert type(found) is type(read.params)


@pytest.mark.parametrize(("method", "params"), UNUSUAL)
def test_what_is_not_as_usual_is_left_to_pygls(method: object, params: object) -> None:
    assert usual_params(message(method, params)) is None


@pytest.mark.parametrize("sent", [[], 5, None, {}, {"method": "textDocument/hover", "params": AT}])
def test_so_is_what_is_no_message(sent: Any) -> None:
    assert usual_params(sent) is None


@pytest.mark.parametrize(
    "diagnostic",
    [
        types.Diagnostic(types.Range(types.Position(1, 2), types.Position(3, 4)), 'a "😋" \\ \n'),
        types.Diagnostic(
            range=types.Range(types.Position(0, 0), types.Position(0, 0)),
            message="m",
            severity=types.DiagnosticSeverity.Warning,
            code="NC101",
            code_description=types.CodeDescription("https://example.com"),
            source="neuron-config",
            tags=[types.DiagnosticTag.Unnecessary],
            data={"class": "é", "tasks": ["fill-mask"]},
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location("file:///a.py", types.Range(types.Position(5, 6), types.Position(7, 8))),
                    "there",
                )
            ],
        ),
    ],
)
def test_a_diagnostic_is_written_as_pygls_writes_it(diagnostic: types.Diagnostic) -> None:
    assert json.loads(json_of_diagnostic(diagnostic)) == json.loads(
        json.dumps(CONVERTER.unstructure(diagnostic))
    )


@pytest.mark.parametrize("msg_id", [1, 'a"b', "é"])
def test_a_response_and_a_notification_are_messages(msg_id: str | int) -> None:
    result = Json('{"items": ["é"]}')
    expected = {"jsonrpc": "2.0", "id": msg_id, "result": {"items": ["é"]}}
    assert json.loads(response(msg_id, result)) == expected
    assert json.loads(notification("a/b", Json("[1]"))) == {"jsonrpc": "2.0", "method": "a/b", "params": [1]}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "params.textDocument: required field missing; params.position: required field missing"),
        ({**AT, "position": {"line": 1}}, "params.position.character: required field missing"),
        (
            {**AT, "position": {"line": -1, "character": 0}},
            "params.position: Position.line should be in range [0:2147483647], but was -1.",
        ),
    ],
)
def test_problems_say_what_is_wrong_where(params: dict[str, Any], expected: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - of cattrs
        CONVERTER.structure(message("textDocument/hover", params), types.HoverRequest)
    assert problems(raised.value) == expected
    assert problems(JsonRpcException("why")) == "why"
