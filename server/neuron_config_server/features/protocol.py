"""The protocol, without three defects of pygls 2.1.1."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method


class RefusedRequestError(JsonRpcException):
    """Something that was asked for can't be done; the message is for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message, types.LSPErrorCodes.RequestFailed.value)


class NoFaultsOfOurs(logging.Filter):
    """Keeps out of the log what is no fault: refusals, and requests that are cancelled too late."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        is_late = isinstance(record.msg, str) and record.msg.startswith("Cancel notification for unknown")
        return not isinstance(error, RefusedRequestError) and not is_late


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
    """Shuts down with requests in flight, and takes answers that nobody waits for any more."""

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
