"""Ask an interpreter where its packages are, when its place on disk doesn't tell."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.environment import (
    Environment,
    EnvironmentNotFoundError,
    NeedsAskingError,
)

TIME_LIMIT = 10.0
"""Seconds. A cold interpreter on a network disk takes two or three."""

_MARK = "neuron-config: "
"""Before the answer, because wrappers print lines of their own."""

_QUESTION = (
    f"import sys, json; print({_MARK!r} + json.dumps({{'executable': sys.executable, 'path': sys.path}}))"
)

_SECONDS_TO_END = 1.0


def find_environment(
    workspace: Path | None, asked_for: Path | None, variables: Mapping[str, str]
) -> Environment:
    """As :meth:`Environment.discover`, but an interpreter whose place doesn't tell is asked.

    That runs what the setting or option names: not for an untrusted workspace.

    Raises:
        EnvironmentNotFoundError: there is no such environment, or its interpreter doesn't answer.
    """
    try:
        return Environment.discover(workspace, asked_for, variables)
    except NeedsAskingError as error:
        return ask_interpreter(error.python, workspace)


def ask_interpreter(
    python: Path, workspace: Path | None = None, time_limit: float = TIME_LIMIT
) -> Environment:
    """Run an interpreter once, isolated (``-I``), for its ``sys.path``.

    Args:
        workspace: where it is run, because wrappers such as pyenv's choose by the working directory.
        time_limit: seconds.

    Raises:
        EnvironmentNotFoundError: it can't be started, fails, takes too long, or answers something else.
    """
    answer = _answer(python, _output(python, workspace, time_limit))
    if answer is None:
        raise EnvironmentNotFoundError(
            f"{python} is no Python interpreter: it doesn't say where its packages are."
        )
    executable, entries = answer
    found = Environment.of_sys_path(Path(executable), entries, f"asked for ({python} was asked)")
    if not found.search_path:
        raise EnvironmentNotFoundError(
            f"{python} names no folder with packages that is on this machine: {', '.join(entries) or 'none'}."
        )
    return found.with_checkouts(workspace)


def _output(python: Path, workspace: Path | None, time_limit: float) -> str:
    try:
        # A session of its own, so that what a wrapper starts can be ended with it.
        process = subprocess.Popen(  # noqa: S603 - what the user named, without a shell
            [python, "-I", "-c", _QUESTION],
            cwd=workspace if workspace is not None and workspace.is_dir() else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise EnvironmentNotFoundError(f"{python} can't be run: {error}.") from error
    with process:
        try:
            output, errors = process.communicate(timeout=time_limit)
        except subprocess.TimeoutExpired:
            _end(process)
            raise EnvironmentNotFoundError(
                f"{python} didn't say within {time_limit:g} s where its packages are; name the environment's "
                "folder or the interpreter in it (…/bin/python) instead."
            ) from None
    if process.returncode != 0:
        raise EnvironmentNotFoundError(
            f"{python} can't be asked where its packages are: {_reason(process, errors)}"
        )
    return output.decode("utf-8", errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    # What left the session keeps the pipes open; they are closed on our side, unread.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_SECONDS_TO_END)


def _reason(process: subprocess.Popen[bytes], errors: bytes) -> str:
    lines = errors.decode("utf-8", errors="replace").strip().splitlines()
    if not lines:
        return f"it ended with status {process.returncode} and said nothing."
    # A traceback ends with what matters; what wrappers and old interpreters print begins with it.
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def _answer(python: Path, output: str) -> tuple[str, list[str]] | None:
    marked = [line[len(_MARK) :] for line in output.splitlines() if line.startswith(_MARK)]
    try:
        answer: Any = json.loads(marked[-1]) if marked else None
    except ValueError:
        return None
    if not isinstance(answer, dict) or not isinstance(answer.get("path"), list):
        return None
    executable = answer.get("executable") or str(python)
    return str(executable), [entry for entry in answer["path"] if isinstance(entry, str)]
