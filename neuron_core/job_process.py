"""One job in a process of its own: started, listened to, ended, and cleaned up after.

The child is forked where that is possible, so that it has torch and transformers already; elsewhere it starts
afresh.
What the job prints goes to its log, whose last lines are told when it fails.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuron_core import artifact
from neuron_core.errors import NeuronCoreError
from neuron_core.protocol import ExportRequest, Failure, Progress, Report, Stage

Event = Progress | Report | Failure
"""What a job says. A report or a failure is its last word."""

_CAN_FORK = "fork" in multiprocessing.get_all_start_methods()
_LOG_TAIL_BYTES = 8_192
_SECONDS_TO_END = 5.0
_LIKELY_CAUSES = {
    "SIGKILL": "The system probably ran out of memory: try smaller static shapes or a smaller model.",
    "SIGSEGV": "A native library crashed; the job's last lines above say where.",
}


class JobProcess:
    """A child process that works on one request.

    Args:
        private: file descriptors of the parent's that the child must not keep open.
    """

    def __init__(self, id_: Any, request: ExportRequest, private: Sequence[int] = ()) -> None:
        self.id = id_
        self._output = Path(request.output)
        self._missing_parents = artifact.missing_parents(self._output)
        self._log = _new_log()
        self._done = False
        self._stage: Stage | None = None
        self.events, sender = multiprocessing.Pipe(duplex=False)
        closed_by_child = tuple(private) if _CAN_FORK else ()
        context = multiprocessing.get_context("fork") if _CAN_FORK else multiprocessing.get_context("spawn")
        self._process = context.Process(
            target=_run,
            args=(id_, request, sender, self._log, closed_by_child, self._missing_parents),
            daemon=False,
        )
        self._process.start()
        sender.close()

    def hear(self) -> Event | None:
        """The next thing that it says; None when it has ended and said everything."""
        try:
            event = self.events.recv()
        except (EOFError, OSError):
            return None
        self._done = self._done or isinstance(event, Report)
        self._stage = event.stage if isinstance(event, Progress) else self._stage
        return event

    def end(self) -> None:
        """Kill it if it still works, wait until it is gone, and remove what it hadn't finished."""
        if self._process.is_alive() and not self._done:
            _kill(self._process.pid)
        self._process.join(_SECONDS_TO_END)
        if self._process.is_alive():
            _kill(self._process.pid)
            self._process.join()
        if not self._done:
            artifact.remove_leftovers(self._output, self._process.pid or 0, self._missing_parents)
        self.events.close()
        self._log.unlink(missing_ok=True)

    def crash(self) -> Failure:
        """Why it ended without a last word."""
        self._process.join(_SECONDS_TO_END)
        code = self._process.exitcode
        if code is not None and code < 0:
            name = _signal_name(-code)
            message, hint = f"The job's process was killed by {name}.", _LIKELY_CAUSES.get(name, "")
        else:
            message, hint = f"The job's process ended before its time (exit code {code}).", ""
        return Failure(message, hint, self._stage, self._tail())

    def _tail(self) -> str:
        text = self._log.read_bytes()[-_LOG_TAIL_BYTES:].decode("utf-8", "replace")
        return text.strip()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # most real-time signals have no name


def _new_log() -> Path:
    handle, name = tempfile.mkstemp(prefix="neuron-config-job-", suffix=".log")
    os.close(handle)
    return Path(name)


def _kill(pid: int | None) -> None:
    """Kill the child, and what it started itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if pid is not None and hasattr(os, "killpg") and os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        elif pid is not None:
            os.kill(pid, signal.SIGTERM)


def _run(
    id_: Any,
    request: ExportRequest,
    sender: Any,
    log: Path,
    private: Sequence[int],
    missing_parents: Sequence[Path],
) -> None:
    """What the child does."""
    _leave_the_parent(log, private)
    left = (Path(request.output), missing_parents, log)
    threading.Thread(target=_end_with_the_parent, args=left, daemon=True).start()
    stage: Stage | None = None

    def progress(now: Stage, message: str, fraction: float) -> None:
        nonlocal stage
        stage = now
        sender.send(Progress(id_, now, message, fraction))

    if request.model is None:
        _use_one_thread()
    try:
        from neuron_core.exporting import main_export

        answer: Report | Failure = main_export(request, progress)
    except NeuronCoreError as error:
        answer = Failure(error.message, error.hint, stage, error.detail)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a user's code raises is told
        answer = _unexpected(error, stage, request.config_file)
    sender.send(answer)
    sender.close()


def _use_one_thread() -> None:
    """A tiny model gains nothing by a second one; with two, MKL can spin for ever on a busy machine."""
    with contextlib.suppress(ImportError):  # that torch isn't there, the job finds out itself
        import torch

        torch.set_num_threads(1)


def _leave_the_parent(log: Path, private: Sequence[int]) -> None:
    """Become a process of its own: its own session, input and output."""
    for descriptor in private:
        os.close(descriptor)
    if hasattr(os, "setsid"):
        os.setsid()
    with Path(os.devnull).open("rb") as nothing, log.open("ab") as output:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    faulthandler.enable(file=2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # what was printed before a crash is worth reading


def _end_with_the_parent(output: Path, missing_parents: Sequence[Path], log: Path) -> None:
    """A parent that was killed cleans nothing up: the child does it, and ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    try:
        artifact.remove_leftovers(output, os.getpid(), missing_parents)
        log.unlink(missing_ok=True)
    finally:
        os._exit(1)


def _unexpected(error: BaseException, stage: Stage | None, config_file: str | None) -> Failure:
    said = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    own = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == config_file
    ]
    return Failure(
        f"{config_file}, line {own[-1]}: {said}" if own else said,
        "The traceback shows where: in the config class, in the model, or in neuron_core (then report it).",
        stage,
        "".join(traceback.format_exception(error)),
    )
