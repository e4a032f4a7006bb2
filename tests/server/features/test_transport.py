from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuron_config_server.features.transport import Pipes, take_message

BODIES = [b"one", b"2" * 100_000, "drei 😋".encode(), b"{}"]


def message(body: bytes, head: bytes = b"Content-Length: %d\r\n\r\n") -> bytes:
    return head % len(body) + body


class Client:
    """The other ends of a server's pipes."""

    def __init__(self) -> None:
        theirs, self.sink = os.pipe()
        self.source, ours = os.pipe()
        self.pipes = Pipes(os.fdopen(theirs, "rb"), os.fdopen(ours, "wb"))

    def say(self, data: bytes) -> None:
        """Write all of it, and that there is no more."""
        with os.fdopen(self.sink, "wb") as sink:
            sink.write(data)


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client()
    yield made
    made.pipes.close()


@pytest.mark.parametrize("size", [1, 7, 1_000_000])
def test_messages_are_taken_off_however_they_come(size: int) -> None:
    sent = b"".join(map(message, BODIES))
    known, found = bytearray(), []
    for start in range(0, len(sent), size):
        known += sent[start : start + size]
        while (body := take_message(known)) is not None:
            found.append(body)
    assert (found, known) == (BODIES, b"")


@pytest.mark.parametrize(
    "head",
    [
        b"content-length:%d\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
        b"Some-Head: of nothing\r\n\r\nContent-Length:  %d\r\n\r\n",
    ],
)
def test_heads_may_look_otherwise(head: bytes) -> None:
    assert take_message(bytearray(message(b"body", head))) == b"body"


def test_each_message_is_given_once_in_its_order(client: Client) -> None:
    found: list[bytes] = []
    speaking = threading.Thread(target=client.say, args=(b"".join(map(message, BODIES)),))
    speaking.start()
    asyncio.run(client.pipes.receive_all(found.append))
    speaking.join()
    assert found == BODIES


def test_messages_of_a_file_are_given_too(tmp_path: Path, client: Client) -> None:
    file = tmp_path / "messages"
    file.write_bytes(b"".join(map(message, BODIES)))
    found: list[bytes] = []
    with file.open("rb") as opened, (tmp_path / "answers").open("wb") as answers:
        pipes = Pipes(opened, answers)

        def answer(body: bytes) -> None:
            found.append(body)
            pipes.write(b"a" * 100_000)

        asyncio.run(pipes.receive_all(answer))
    assert found == BODIES
    assert (tmp_path / "answers").read_bytes() == b"a" * 100_000 * len(BODIES)


def test_a_client_may_say_much_before_it_reads_anything(client: Client) -> None:
    """More than pipes hold, both ways."""
    count, spoken, heard = 40, threading.Event(), bytearray()

    def speak_then_listen() -> None:
        client.say(b"".join(message(b"%d" % number + b" " * 10_000) for number in range(count)))
        spoken.set()
        with os.fdopen(client.source, "rb") as source:
            heard.extend(source.read())

    def serve() -> None:
        answer = lambda body: client.pipes.write(body.strip() + b"," + b"." * 10_000)  # noqa: E731
        asyncio.run(client.pipes.receive_all(answer))
        client.pipes.close()

    threads = [threading.Thread(target=each, daemon=True) for each in (speak_then_listen, serve)]
    for each in threads:
        each.start()
    assert spoken.wait(20)
    for each in threads:
        each.join()
    assert [int(each) for each in heard.replace(b".", b"").split(b",")[:-1]] == list(range(count))


def test_what_comes_while_something_else_is_written_is_not_left(client: Client) -> None:
    """A message is waiting when something is written that nobody asked for."""
    found: list[bytes] = []

    async def scenario() -> None:
        receiving = asyncio.ensure_future(client.pipes.receive_all(found.append))
        await asyncio.sleep(0)
        os.write(client.sink, message(b"waiting"))
        listening = threading.Timer(0.2, lambda: os.read(client.source, 1 << 20))
        listening.start()
        client.pipes.write(b"." * 70_000)  # no more than the pipe holds is written before the client reads
        await asyncio.sleep(0)
        assert found == [b"waiting"]
        os.close(client.sink)
        await receiving
        listening.join()

    asyncio.run(scenario())
    assert found == [b"waiting"]


def test_a_client_that_is_gone_ends_it(client: Client) -> None:
    os.close(client.source)
    os.write(client.sink, message(b"body"))
    with pytest.raises(BrokenPipeError):
        asyncio.run(client.pipes.receive_all(client.pipes.write))
