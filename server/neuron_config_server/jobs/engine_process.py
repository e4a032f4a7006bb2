"""The engine's worker as a child process of ours."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from neuron_core import protocol
from neuron_core.protocol import ExportRequest, Failure, Progress, Report, WorkerInfo

_BOOTSTRAP = """\
import sys
sys.path[:] = [entry for entry in sys.path if entry] + [sys.argv.pop(1)]
from neuron_core.worker import main
main()
"""
"""The interpreter may be of an environment that doesn't have neuron_core: ours is put last on its path, so
that the environment's own packages win, and the working directory is taken off it."""

_SECONDS_TO_END = 5.0
_KEPT_LOG_LINES = 200

ProgressListener = Callable[[Progress], None]


class EngineError(Exception):
    """A job could not be done."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class EngineProcess:
    """A running worker. One job at a time; made by :func:`started_engine`."""

    def __init__(self, process: asyncio.subprocess.Process, python: Path) -> None:
        self._process = process
        self._stdin, self._stdout, self._stderr = _pipes(process)
        self._python = python
        self._ids = count(1)
        self._log: deque[str] = deque(maxlen=_KEPT_LOG_LINES)
        self._log_reader = asyncio.create_task(self._read_log())

    async def initialize(self) -> WorkerInfo:
        """Shake hands.

        Raises:
            EngineError: the worker doesn't start, or speaks another version of the protocol.
        """
        info = protocol.from_json(WorkerInfo, await self._request("initialize", {}, None))
        if info.protocol_version != protocol.PROTOCOL_VERSION:
            raise EngineError(
                Failure(
                    f"The neuron_core of {self._python} speaks version {info.protocol_version} of the "
                    f"protocol, this neuron-config speaks version {protocol.PROTOCOL_VERSION}.",
                    "Install the same version of neuron-config-server in both environments.",
                )
            )
        return info

    async def export(self, request: ExportRequest, listener: ProgressListener | None = None) -> Report:
        """Run an export to its end. Cancelling the awaiting task cancels the job.

        Raises:
            EngineError: it failed; what was wrong and what to do is in its ``failure``.
        """
        return protocol.from_json(Report, await self._request("export", protocol.to_json(request), listener))

    async def close(self) -> None:
        """End the worker and whatever it runs: it ends when its stdin does; if not, it is killed."""
        self._stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _SECONDS_TO_END)
        except asyncio.TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._log_reader

    async def _request(
        self, method: str, parameters: dict[str, Any], listener: ProgressListener | None
    ) -> Any:
        id_ = next(self._ids)
        await self._send({"id": id_, "method": method, "params": parameters})
        try:
            return await self._answer(id_, listener)
        except asyncio.CancelledError:
            await self._cancel(id_)
            raise

    async def _cancel(self, id_: int) -> None:
        """Ask the worker to stop the job and wait until it says so, so that nothing partial stays behind."""
        with contextlib.suppress(EngineError, asyncio.TimeoutError):
            await self._send({"method": "cancel", "params": {"id": id_}})
            await asyncio.wait_for(self._answer(id_, None), _SECONDS_TO_END)

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            self._stdin.write(protocol.encode(message))
            await self._stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._died() from error

    async def _answer(self, id_: int, listener: ProgressListener | None) -> Any:
        """The result that answers a request; progress that comes before it goes to the listener."""
        while True:
            message = await self._receive()
            if message.get("method") == "progress" and listener is not None:
                listener(protocol.from_json(Progress, message.get("params")))
            elif "method" not in message and message.get("id") == id_:
                if "error" in message:
                    raise EngineError(_failure(message["error"]))
                return message.get("result")

    async def _receive(self) -> dict[str, Any]:
        try:
            line = await self._stdout.readline()
            if not line:
                raise await self._died()
            return protocol.decode(line)
        except ValueError as error:
            raise EngineError(
                Failure("The engine sent a message that is too long.", detail=str(error))
            ) from error
        except protocol.ProtocolError as error:
            raise EngineError(Failure(f"The engine sent something that is no message: {error}.")) from error

    async def _died(self) -> EngineError:
        code = await self._process.wait()
        await self._log_reader
        return EngineError(
            Failure(
                f"The engine ended before it answered (exit code {code}).",
                f"It was started with {self._python}.",
                detail="\n".join(self._log),
            )
        )

    async def _read_log(self) -> None:
        while line := await self._stderr.readline():
            self._log.append(line.decode("utf-8", "replace").rstrip())


@asynccontextmanager
async def started_engine(python: Path) -> AsyncGenerator[EngineProcess]:
    """A worker that is ready for jobs, run by that interpreter; it is ended on the way out.

    Raises:
        EngineError: it doesn't start.
    """
    home = Path(protocol.__file__).parent.parent
    try:
        process = await asyncio.create_subprocess_exec(
            *(str(python), "-c", _BOOTSTRAP, str(home)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=protocol.MAX_MESSAGE_BYTES,
            # A Ctrl-C in the terminal is ours to handle: the worker is then asked to cancel.
            start_new_session=True,
        )
    except OSError as error:
        hint = "Name an environment that has the engine with --environment."
        raise EngineError(Failure(f"{python} can't be started: {error.strerror or error}.", hint)) from error
    engine = EngineProcess(process, python)
    try:
        await engine.initialize()
        yield engine
    finally:
        await engine.close()


def _pipes(
    process: asyncio.subprocess.Process,
) -> tuple[asyncio.StreamWriter, asyncio.StreamReader, asyncio.StreamReader]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise ValueError("the worker must be started with pipes for stdin, stdout and stderr")
    return process.stdin, process.stdout, process.stderr


def _failure(error: Any) -> Failure:
    """What a JSON-RPC error says, also if it is not one of a job's."""
    data = error.get("data") if isinstance(error, dict) else None
    try:
        return protocol.from_json(Failure, data)
    except protocol.ProtocolError:
        return Failure(str(error.get("message", error)) if isinstance(error, dict) else str(error))
