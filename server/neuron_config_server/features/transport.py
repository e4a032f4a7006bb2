"""Messages over pipes, read and handled by one thread: pygls 2.1.1 changes it four times for each."""

from __future__ import annotations

import asyncio
import os
import select
import threading
from collections.abc import Callable
from typing import BinaryIO

_MOST_AT_ONCE = 1 << 16


class Pipes:
    """A client's two pipes. pygls writes to it.

    A client that says much before it reads any answer is listened to while it is written to: otherwise each
    would wait for the other, once the pipes are full.
    """

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self._source, self._sink = stdin.fileno(), stdout.fileno()
        self._stdin, self._stdout = stdin, stdout  # dropped, they would close the pipes
        self._known = bytearray()
        """What has come, and wasn't handled."""
        self._sources: list[int] = []
        """What is read while the client doesn't; nothing at its end, or where a thread reads."""

    async def receive_all(self, receive: Callable[[bytes], None]) -> None:
        """Give the body of each message to a function until there are no more.

        Raises:
            BrokenPipeError: an answer couldn't be written: the client is gone.
        """
        loop = asyncio.get_running_loop()
        self._loop, self._receive, self._ended = loop, receive, loop.create_future()
        try:
            loop.add_reader(self._source, lambda: self._take(_read(self._source)))
        except (NotImplementedError, PermissionError):  # on Windows, and of a file
            # A daemon: it waits for a client that may never say anything again.
            threading.Thread(target=self._read_beside, daemon=True).start()
        else:
            self._sources = [self._source]
            os.set_blocking(self._sink, os.isatty(self._sink))  # a terminal outlives the server
        await self._ended

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._sink, rest) :]
            except BlockingIOError:
                self._wait_until_writable()

    def close(self) -> None:
        self._stdout.close()

    def _wait_until_writable(self) -> None:
        while not select.select(self._sources, [self._sink], [])[1]:
            more = _read(self._source)
            if not more:
                self._sources = []
            self._known += more
            self._loop.call_soon(self._deliver)

    def _read_beside(self) -> None:
        try:
            while more := _read(self._source):
                self._loop.call_soon_threadsafe(self._take, more)
            self._loop.call_soon_threadsafe(self._take, b"")
        except RuntimeError:
            pass  # the server has ended

    def _take(self, more: bytes) -> None:
        self._known += more
        self._deliver()
        if not more and not self._ended.done():
            self._ended.set_result(None)

    def _deliver(self) -> None:
        try:
            while (body := take_message(self._known)) is not None:
                self._receive(body)
        except BrokenPipeError as error:
            if not self._ended.done():
                self._ended.set_exception(error)


def take_message(known: bytearray) -> bytes | None:
    """Take the next message off what is known; its body, or None if it hasn't come as a whole."""
    while (end := known.find(b"\r\n\r\n")) >= 0:
        start = end + 4
        stop = start + _length(known[:end])
        if len(known) < stop:
            return None
        body = bytes(known[start:stop])
        del known[:stop]
        if body:
            return body
    return None


def _length(head: bytearray) -> int:
    """The length of the body; 0 if the head doesn't say it: what follows may be a head that does."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


def _read(descriptor: int) -> bytes:
    """What has come, or what comes next; empty at the end."""
    try:
        return os.read(descriptor, _MOST_AT_ONCE)
    except OSError:
        return b""
