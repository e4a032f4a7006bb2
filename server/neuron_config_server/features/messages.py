"""The messages of each keystroke, read and written by hand.

cattrs walks through generated functions of every class within a message. Between two keystrokes a machine's
caches fill with other things, so that an answer takes as long as what it touches: by hand, that is little.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cattrs import transform_error
from cattrs.errors import ClassValidationError
from cattrs.v import format_exception
from lsprotocol import types


@dataclass(frozen=True)
class Json:
    """A result, or the parameters of a notification, as JSON already."""

    text: str


def response(msg_id: str | int, result: Json) -> str:
    """A response that answers a request."""
    return f'{{"id": {json.dumps(msg_id)}, "jsonrpc": "2.0", "result": {result.text}}}'


def notification(method: str, params: Json) -> str:
    return f'{{"method": "{method}", "params": {params.text}, "jsonrpc": "2.0"}}'


def json_of_diagnostic(diagnostic: types.Diagnostic) -> str:
    """A diagnostic as JSON."""
    related = diagnostic.related_information
    fields = {
        "range": _json_of_range(diagnostic.range),
        "message": diagnostic.message,
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "codeDescription": {"href": diagnostic.code_description.href}
        if diagnostic.code_description
        else None,
        "source": diagnostic.source,
        "tags": diagnostic.tags,
        "relatedInformation": [_json_of_related(each) for each in related] if related else None,
        "data": diagnostic.data,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def _json_of_related(related: types.DiagnosticRelatedInformation) -> dict[str, Any]:
    location = {"uri": related.location.uri, "range": _json_of_range(related.location.range)}
    return {"location": location, "message": related.message}


def _json_of_range(range_: types.Range) -> dict[str, Any]:
    start, end = range_.start, range_.end
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }


def is_message(message: Any) -> bool:
    """Whether JSON is a message of JSON-RPC."""
    return isinstance(message, dict) and "jsonrpc" in message and isinstance(message.get("method", ""), str)


def usual_params(message: dict[str, Any]) -> Any:
    """The parameters of a message that comes with each keystroke; None of every other one.

    None, too, of one that isn't as editors send it: what it means, or what is wrong with it, pygls says.
    """
    try:
        make = _MAKERS.get(message["method"])
        return make(message["params"]) if make is not None and message["jsonrpc"] == "2.0" else None
    except (KeyError, TypeError, ValueError):  # the validators of lsprotocol's classes raise the last two
        return None


def problems(error: BaseException | None) -> str:
    """Why a message can't be read: what is wrong at which places in it."""
    if not isinstance(error, ClassValidationError):
        return str(error)
    found = (each.rpartition(" @ $.") for each in transform_error(error, format_exception=_problem))
    return "; ".join(
        f"{_CAPITAL.sub(lambda found: found[1].upper(), place)}: {problem}" for problem, _, place in found
    )


def _problem(error: BaseException, expected: type | None) -> str:
    says_it = isinstance(error, ValueError) and expected is None  # lsprotocol's validators do
    return str(error) if says_it else format_exception(error, expected)


def _did_change(params: dict[str, Any]) -> types.DidChangeTextDocumentParams:
    document = params["textDocument"]
    return types.DidChangeTextDocumentParams(
        types.VersionedTextDocumentIdentifier(document["version"], document["uri"]),
        tuple(_content_change(each) for each in params["contentChanges"]),
    )


def _content_change(change: dict[str, Any]) -> types.TextDocumentContentChangeEvent:
    if "range" not in change:
        return types.TextDocumentContentChangeWholeDocument(change["text"])
    place = types.Range(_position(change["range"]["start"]), _position(change["range"]["end"]))
    return types.TextDocumentContentChangePartial(place, change["text"], change.get("rangeLength"))


def _diagnostic(params: dict[str, Any]) -> types.DocumentDiagnosticParams:
    return types.DocumentDiagnosticParams(
        _document(params),
        params.get("identifier"),
        params.get("previousResultId"),
        params.get("workDoneToken"),
        params.get("partialResultToken"),
    )


def _hover(params: dict[str, Any]) -> types.HoverParams:
    return types.HoverParams(_document(params), _position(params["position"]), params.get("workDoneToken"))


def _completion(params: dict[str, Any]) -> types.CompletionParams:
    context = params.get("context")
    return types.CompletionParams(
        _document(params),
        _position(params["position"]),
        _completion_context(context) if context is not None else None,
        params.get("workDoneToken"),
        params.get("partialResultToken"),
    )


def _completion_context(context: dict[str, Any]) -> types.CompletionContext:
    kind = types.CompletionTriggerKind(context["triggerKind"])
    return types.CompletionContext(kind, context.get("triggerCharacter"))


def _document(params: dict[str, Any]) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(params["textDocument"]["uri"])


def _position(position: dict[str, Any]) -> types.Position:
    return types.Position(position["line"], position["character"])


_CAPITAL = re.compile(r"_(\w)")
"""In names of fields, which are ``inSuchCase`` in JSON."""
_MAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    types.TEXT_DOCUMENT_DID_CHANGE: _did_change,
    types.TEXT_DOCUMENT_DIAGNOSTIC: _diagnostic,
    types.TEXT_DOCUMENT_HOVER: _hover,
    types.TEXT_DOCUMENT_COMPLETION: _completion,
}
