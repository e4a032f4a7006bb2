"""Messages from a pipe, with one change of thread for each: pygls 2.1.1 has four, which takes its time."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections import deque
from collections.abc import Iterator

_CONTENT_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)", re.IGNORECASE)
_MOST_AT_ONCE = 1 << 16


class MessageReader:
    """What ``pygls.io_.run_async`` reads lines and bodies from.

    Messages that have come already are given without a pause, so that what is done "soon" is done once for
    all of them.
    """

    def __init__(self, descriptor: int) -> None:
        """Of a pipe's file descriptor."""
        self._descriptor = descriptor
        self._lines: deque[bytes] = deque()
        self._messages: asyncio.Queue[tuple[bytes, ...]] | None = None

    async def readline(self) -> bytes:
        """A line of a message's head; empty at the end."""
        if not self._lines:
            self._lines.extend(await self._queue().get())
        return self._lines.popleft()

    async def readexactly(self, n: int) -> bytes:
        """A message's body."""
        return self._lines.popleft()

    def _queue(self) -> asyncio.Queue[tuple[bytes, ...]]:
        if self._messages is None:
            self._messages = asyncio.Queue()
            loop = asyncio.get_running_loop()
            # A daemon: it waits for a client that may never say anything again.
            threading.Thread(target=self._read, args=(loop, self._messages), daemon=True).start()
        return self._messages

    def _read(self, loop: asyncio.AbstractEventLoop, messages: asyncio.Queue[tuple[bytes, ...]]) -> None:
        for message in self._all():
            try:
                loop.call_soon_threadsafe(messages.put_nowait, message)
            except RuntimeError:  # the server has ended
                return

    def _all(self) -> Iterator[tuple[bytes, ...]]:
        """Messages as ``run_async`` takes them; at the end, an empty line."""
        known = bytearray()
        while (head := self._up_to_blank_line(known)) is not None:
            lengths = (_CONTENT_LENGTH.match(line) for line in head.split(b"\r\n"))
            length = next((int(found[1]) for found in lengths if found is not None), None)
            if length is None:
                continue  # a head that says nothing: what follows may be one that does
            while len(known) < length and (more := self._more()):
                known += more
            if len(known) < length:
                break
            body = bytes(known[:length])
            del known[:length]
            yield b"Content-Length: %d\r\n" % length, b"\r\n", body
        yield (b"",)

    def _up_to_blank_line(self, known: bytearray) -> bytes | None:
        """The head of the next message, taken off what is known; None if there is no more."""
        while (end := known.find(b"\r\n\r\n")) < 0:
            more = self._more()
            if not more:
                return None
            known += more
        head = bytes(known[:end])
        del known[: end + 4]
        return head

    def _more(self) -> bytes:
        try:
            return os.read(self._descriptor, _MOST_AT_ONCE)
        except OSError:
            return b""
