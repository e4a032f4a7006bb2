"""The worker: answers requests over stdio (see :mod:`neuron_core.protocol`), each job in its own process.

It imports torch and transformers once, while it stays able to answer, and forks a child for every job; a
crash, a hang or a cancelled job costs that child. Standard output belongs to the protocol, so whatever else
is printed goes to standard error.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import multiprocessing
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, BinaryIO

from neuron_core import artifact, protocol
from neuron_core.errors import NeuronCoreError
from neuron_core.job_process import JobProcess
from neuron_core.protocol import ExportRequest, Failure, Progress, ProtocolError, Stage, WorkerInfo

_PARSE_ERROR, _INVALID_REQUEST, _METHOD_NOT_FOUND = -32700, -32600, -32601
_INVALID_PARAMS, _INTERNAL_ERROR = -32602, -32603
_CHUNK_BYTES = 65_536

_ENGINE_PACKAGES = {"torch": "torch", "transformers": "transformers", "optimum": "optimum.exporters.tasks"}
"""Package -> the module that must be there."""
_IMPORTED_ONCE = (
    "torch",
    "torch.export._trace",
    "transformers.modeling_layers",
    "optimum.exporters.tasks",
    "neuron_core.exporting",
    "neuron_core.inputs",
    "neuron_core.loading",
    "neuron_core.pretrained",
    "neuron_core.tiny",
    "neuron_core.validate",
)
"""What every job would otherwise import for itself, for seconds; where one is missing, the job says so."""

_NO_FAST_MEMORY = ("MKL_DISABLE_FAST_MM", "1")
"""MKL keeps lists of memory by thread, and a forked job may walk through one for ever: it was seen in
``mm_account_ptr_by_tid``. The variable is of Intel's documentation of MKL's memory management."""


def main() -> None:
    """Serve until stdin ends or ``shutdown`` is asked for."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.setdefault(*_NO_FAST_MEMORY)
    Worker(sys.stdin.buffer, replies).serve()
    os._exit(0)  # imports may still be under way in their thread, and nothing waits for them


class Worker:
    """Reads requests from one stream and writes replies to another; may have several jobs at a time."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests = _Lines(requests)
        self._replies = replies
        self._imports = _Imports()
        self._waiting: dict[Any, ExportRequest] = {}
        self._running: dict[Any, JobProcess] = {}
        self._serving = True

    def serve(self) -> None:
        """Answer requests until their stream ends; jobs end with it."""
        try:
            while self._serving:
                self._turn()
        except BrokenPipeError:
            pass  # nobody reads the replies any more, which is as good as the end of the requests
        finally:
            for job in self._running.values():
                job.end()

    def _turn(self) -> None:
        """Wait until something happens, and deal with it."""
        jobs: dict[Any, JobProcess] = {job.events: job for job in self._running.values()}
        for source in wait([self._requests.source, *self._imports.sources, *jobs]):
            if source is self._requests.source:
                self._read_requests()
            elif source in jobs:
                self._hear_if_running(jobs[source])
            else:
                self._imports.finish()
        if self._imports.done:
            self._start_waiting()

    def _read_requests(self) -> None:
        try:
            lines = self._requests.read()
        except ProtocolError as error:
            self._refuse(None, _PARSE_ERROR, Failure(f"Not a message: {error}."))
            lines = None
        if lines is None:
            self._serving = False
            return
        for line in lines:
            self._receive(line)

    def _receive(self, line: bytes) -> None:
        try:
            message = protocol.decode(line)
        except ProtocolError as error:
            self._refuse(None, _PARSE_ERROR, Failure(f"Not a message: {error}."))
            return
        id_ = message.get("id")
        if id_ is not None and (isinstance(id_, bool) or not isinstance(id_, (int, str))):
            self._refuse(
                None, _INVALID_REQUEST, Failure(f"A request's id is a number or a text, not {id_!r}.")
            )
            return
        with self._fence(id_):
            self._answer(id_, str(message.get("method")), message.get("params"))

    def _answer(self, id_: Any, method: str, params: Any) -> None:
        methods: dict[str, Callable[[Any, Any], None]] = {
            "initialize": self._initialize,
            "export": self._export,
            "cancel": self._cancel,
            "shutdown": self._shutdown,
        }
        if method not in methods:
            self._refuse(id_, _METHOD_NOT_FOUND, Failure(f"The worker has no method {method!r}."))
            return
        try:
            methods[method](id_, params)
        except ProtocolError as error:
            self._refuse(id_, _INVALID_PARAMS, Failure(f"The parameters of {method!r} are wrong: {error}."))

    @contextlib.contextmanager
    def _fence(self, id_: Any) -> Generator[None]:
        """What goes wrong within it costs that request alone: the other jobs go on."""
        try:
            yield
        except BrokenPipeError:
            raise  # the end of the replies, not of a request
        except Exception as error:  # noqa: BLE001 - logged with its traceback, and told
            traceback.print_exc()
            said = "".join(traceback.format_exception_only(error)).strip()
            hint = "This is a mistake in neuron_core: please report it with the traceback."
            self._refuse(id_, _INTERNAL_ERROR, Failure(said, hint, detail=traceback.format_exc()))

    def _initialize(self, id_: Any, params: Any) -> None:
        python = f"{sys.executable} ({platform.python_version()})"
        info = WorkerInfo(protocol.PROTOCOL_VERSION, python, os.getpid())
        self._send({"id": id_, "result": protocol.to_json(info)})

    def _shutdown(self, id_: Any, params: Any) -> None:
        self._send({"id": id_, "result": None})
        self._serving = False

    def _export(self, id_: Any, params: Any) -> None:
        request = protocol.from_json(ExportRequest, params)
        if id_ is None or id_ in self._running or id_ in self._waiting:
            self._refuse(id_, _INVALID_REQUEST, Failure(f"An export needs an id of its own, not {id_!r}."))
            return
        failure = _hopeless(request)
        if failure is not None:
            self._refuse(id_, protocol.JOB_FAILED, failure)
            return
        if not self._imports.done:
            self._imports.start()
            self._tell(Progress(id_, Stage.LOAD, "importing torch and transformers", 0.0))
        self._waiting[id_] = request

    def _cancel(self, id_: Any, params: Any) -> None:
        job_id = params.get("id") if isinstance(params, dict) else None
        if not isinstance(job_id, (int, str)):
            return  # no job has such an id
        job = self._running.pop(job_id, None)
        if job is not None:
            job.end()
        if job is not None or self._waiting.pop(job_id, None) is not None:
            self._refuse(job_id, protocol.JOB_CANCELLED, Failure("The job was cancelled."))

    def _start_waiting(self) -> None:
        while self._waiting:
            id_ = next(iter(self._waiting))  # the one that has waited longest
            request = self._waiting.pop(id_)
            with self._fence(id_):
                self._running[id_] = JobProcess(id_, request, private=(self._replies.fileno(),))

    def _hear_if_running(self, job: JobProcess) -> None:
        if self._running.get(job.id) is not job:
            return  # cancelled since it was waited for
        with self._fence(job.id):
            try:
                self._hear(job)
            except Exception:
                self._running.pop(job.id, None)  # or it would be heard for ever
                job.end()
                raise

    def _hear(self, job: JobProcess) -> None:
        """Pass on what a job says; the last word answers its request."""
        event = job.hear()
        if isinstance(event, Progress):
            self._tell(event)
            return
        self._running.pop(job.id, None)
        failure = job.crash() if event is None else event if isinstance(event, Failure) else None
        job.end()
        if failure is not None:
            self._refuse(job.id, protocol.JOB_FAILED, failure)
        else:
            self._send({"id": job.id, "result": protocol.to_json(event)})

    def _tell(self, progress: Progress) -> None:
        self._send({"method": "progress", "params": protocol.to_json(progress)})

    def _refuse(self, id_: Any, code: int, failure: Failure) -> None:
        error = {"code": code, "message": failure.message, "data": protocol.to_json(failure)}
        self._send({"id": id_, "error": error})

    def _send(self, message: dict[str, Any]) -> None:
        self._replies.write(protocol.encode(message))
        self._replies.flush()


class _Lines:
    """Complete lines of a stream that can be waited for together with connections."""

    def __init__(self, stream: BinaryIO) -> None:
        self._buffer = b""
        if os.name == "posix":
            self.source: Any = stream.fileno()
            self._read_chunk = lambda: os.read(self.source, _CHUNK_BYTES)
        else:  # only connections can be waited for: a thread pumps the stream into one (nothing forks there)
            self.source, sink = multiprocessing.Pipe(duplex=False)
            threading.Thread(target=_pump, args=(stream.fileno(), sink), daemon=True).start()
            self._read_chunk = self.source.recv_bytes

    def read(self) -> list[bytes] | None:
        """The lines that have come; None when the stream has ended.

        Raises:
            ProtocolError: a line is longer than any message may be.
        """
        chunk = self._read_chunk()
        if not chunk:
            return None
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        if len(self._buffer) > protocol.MAX_MESSAGE_BYTES:
            raise ProtocolError(f"a line has more than {protocol.MAX_MESSAGE_BYTES:,} bytes")
        return lines


def _pump(descriptor: int, sink: Connection) -> None:
    chunk = b"-"
    while chunk:
        chunk = os.read(descriptor, _CHUNK_BYTES)
        sink.send_bytes(chunk)


class _Imports:
    """Imports what every job needs, in a thread: requests are heard meanwhile, forks wait for its end."""

    def __init__(self) -> None:
        self.done = False
        self._thread: threading.Thread | None = None
        self._finished, self._sender = multiprocessing.Pipe(duplex=False)

    @property
    def sources(self) -> list[Connection]:
        """To wait for while it is under way."""
        return [self._finished] if self._thread is not None else []

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._import, daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Call when the source is ready."""
        self._finished.recv()
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        self.done = True

    def _import(self) -> None:
        for module in _IMPORTED_ONCE:
            with contextlib.suppress(Exception):
                importlib.import_module(module)
        self._sender.send(None)


def _hopeless(request: ExportRequest) -> Failure | None:
    """What keeps the job from ever succeeding, as far as that shows before seconds of imports."""
    missing = [name for name, module in _ENGINE_PACKAGES.items() if not _is_there(module)]
    if missing:
        return _engine_not_installed(missing)
    try:
        artifact.check_target(Path(request.output), force=request.force)
    except NeuronCoreError as error:
        return Failure(error.message, error.hint, Stage.LOAD)
    return None


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _engine_not_installed(missing: list[str]) -> Failure:
    return Failure(
        f"{', '.join(missing)} not installed with {sys.executable}.",
        "Install the engine there (pip install 'neuron-config-server[engine]'), or name an environment that "
        "has it with --environment.",
        Stage.LOAD,
    )
