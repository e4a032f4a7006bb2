"""The protocol, without defects of pygls 2.1.1, and with a short way for the messages of each keystroke."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.feature_manager import is_thread_function
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from neuron_config_server.features.messages import (
    Json,
    is_message,
    notification,
    problems,
    response,
    usual_params,
)

_HEAD = "Content-Length: {}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n"
logger = logging.getLogger(__name__)


class RefusedRequestError(JsonRpcException):
    """Something that was asked for can't be done; the message is for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message, types.LSPErrorCodes.RequestFailed.value)


_OF_CLIENTS = ("Cancel notification for unknown", "Unable to deserialize message")


class NoFaultsOfOurs(logging.Filter):
    """Keeps out of the log what is no fault of ours: refusals, requests that are cancelled too late, and
    messages that can't be read: the protocol tells of them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        is_told = isinstance(record.msg, str) and record.msg.startswith(_OF_CLIENTS)
        return not isinstance(error, RefusedRequestError) and not is_told


class OnceEach(logging.Filter):
    """Keeps out of the log what it tells already: a rule that fails does so at each keystroke."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[tuple[object, ...]] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        key = (record.msg, record.args)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new


class SteadyProtocol(LanguageServerProtocol):
    """Shuts down with requests in flight, takes answers that nobody waits for any more, and says why it can't
    read a message.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._plain_handlers: dict[str, Callable[[Any], Any] | None] = {}

    def receive(self, body: bytes) -> None:
        """Handle a message as it came.

        Raises:
            BrokenPipeError: it can't be answered.
        """
        try:
            self.handle_message(json.loads(body.decode()))
        except BrokenPipeError:
            raise
        except Exception as error:
            logger.exception("Unable to handle message: %s", repr(error))

    def structure_message(self, data: Any) -> Any:
        """The same: ``handle_message`` reads it. pygls would read each object within a message, too."""
        return data

    def handle_message(self, message: Any) -> None:
        """Handle a message as JSON has it."""
        params = usual_params(message) if not self._shutdown else None
        if params is None:
            self._handle_unusual(message)
        elif "id" in message:
            self._handle_request(message["id"], message["method"], params)
        else:
            self._handle_notification(message["method"], params)

    def _handle_unusual(self, message: Any) -> None:
        if not is_message(message):
            logger.error("what came is no message of JSON-RPC 2.0: %s", str(message)[:100])
            return
        problem = None
        try:
            structured = super().structure_message(message)
        except JsonRpcException as error:
            problem = problems(error.__cause__)
        if problem is None:
            super().handle_message(structured)
        else:
            self._refuse(message, problem)

    def _refuse(self, message: dict[str, Any], problem: str) -> None:
        """Say what is wrong with a message: to those who wait, else in the log."""
        msg_id: Any = message.get("id")
        method = message.get("method")
        error = JsonRpcInvalidParams(f"Invalid Params: {problem}").to_response_error()
        if method is None:
            self._handle_response(msg_id, error=error)
        elif "id" not in message:
            logger.error("a notification %s can't be read: %s", method, problem)
        elif method in self.fm.features or method in self.fm.builtin_features:
            self._send_response(msg_id, error=error)
        else:
            super()._handle_request(msg_id, method, None)  # which isn't answered, whatever its parameters

    def _handle_request(self, msg_id: str | int, method_name: str, params: Any) -> None:
        handler = self._plain_handler(method_name)
        if handler is None:
            super()._handle_request(msg_id, method_name, params)
            return
        try:
            result = handler(params)
        except Exception as error:  # noqa: BLE001 - pygls tells it
            self._send_handler_result(_failed(error), msg_id=msg_id)
        else:
            self._send_response(msg_id, result)

    def _handle_notification(self, method_name: str, params: Any) -> None:
        handler = self._plain_handler(method_name)
        if handler is None:
            super()._handle_notification(method_name, params)
            return
        try:
            handler(params)
        except Exception as error:  # noqa: BLE001 - pygls tells it
            self._check_handler_result(_failed(error))

    def _plain_handler(self, method_name: str) -> Callable[[Any], Any] | None:
        """What answers a method, if it does so at once: nothing has to be kept of it meanwhile."""
        if method_name not in self._plain_handlers:
            found = self.fm.builtin_features.get(method_name) or self.fm.features.get(method_name)
            self._plain_handlers[method_name] = found if found is not None and _is_plain(found) else None
        return self._plain_handlers[method_name]

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """What pygls does, at once."""
        for handler, args, _ in super().lsp_text_document__did_change(params):
            handler(*args)

    def _send_response(
        self, msg_id: str | int, result: Any = None, error: types.ResponseError | None = None
    ) -> None:
        if error is None and isinstance(result, Json):
            self._send_text(response(msg_id, result))
        else:
            super()._send_response(msg_id, result, error)

    def notify(self, method: str, params: Any = None) -> None:
        if isinstance(params, Json):
            self._send_text(notification(method, params))
        else:
            super().notify(method, params)

    def _send_text(self, body: str) -> None:
        if self.writer is not None:
            self.writer.write((_HEAD.format(len(body)) + body).encode("ascii"))

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        # pygls cancels them while it iterates over the dict that a cancelled one leaves.
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != self.msg_id:
                future.cancel()
        return (yield from super().lsp_shutdown(*args))

    def _execute_handler(self, msg_id: str | int, *args: Any, **kwargs: Any) -> None:
        super()._execute_handler(msg_id, *args, **kwargs)
        # pygls keeps the future of each notification that it handles itself for ever: two KiB a keystroke.
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    def _handle_response(self, msg_id: str | int, *args: Any, **kwargs: Any) -> None:
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            # Setting the result of a cancelled future raises, and an editor would show that as a popup.
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, *args, **kwargs)


def _is_plain(handler: Callable[..., Any]) -> bool:
    return not (
        asyncio.iscoroutinefunction(handler)
        or inspect.isgeneratorfunction(handler)
        or is_thread_function(handler)
    )


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
