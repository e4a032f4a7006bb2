"""A language server as a process, spoken to in raw JSON-RPC: faster than a client library, and free to misbehave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PUSHED = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"publishDiagnostics": {"versionSupport": True, "relatedInformation": True}},
}
PULLED = {**PUSHED, "textDocument": {"diagnostic": {"dynamicRegistration": False}}}


class Wire:
    """A server and what it has sent."""

    def __init__(
        self, log: Path, command: Sequence[str] | None = None, variables: dict[str, str] | None = None
    ) -> None:
        """Start it.

        Args:
            command: of another server than ours.
            variables: of its environment, beside those of this process.
        """
        ours = (sys.executable, "-m", "neuron_config_server", "serve", "--log-file", str(log))
        self.log = log
        with log.with_suffix(".stderr").open("wb") as complaints:
            self.process = subprocess.Popen(
                command or ours,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, **(variables or {})},
            )
        self.answers: dict[int, dict[str, Any]] = {}
        self.arrivals: dict[int, float] = {}
        """When each answer came (``time.perf_counter``)."""
        self.published: list[tuple[float, dict[str, Any]]] = []
        self._news = threading.Condition()
        self._last_id = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def initialize(self, root: Path, capabilities: dict[str, Any], options: Any = None) -> dict[str, Any]:
        params = {
            "processId": os.getpid(),
            "rootUri": root.as_uri(),
            "capabilities": capabilities,
            "initializationOptions": options,
        }
        answer = self.ask("initialize", params)
        self.tell("initialized", {})
        return answer

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def send(self, method: str, params: Any) -> int:
        """A request that nobody waits for, by its id."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def ask(self, method: str, params: Any, seconds: float = 60.0) -> dict[str, Any]:
        """The answer: it has a ``result`` or an ``error``."""
        return self.answer(self.send(method, params), seconds)

    def answer(self, number: int, seconds: float = 60.0) -> dict[str, Any]:
        with self._news:
            if not self._news.wait_for(lambda: number in self.answers, seconds):
                raise TimeoutError(f"no answer to request {number} in {seconds} s")
            return self.answers.pop(number)

    def publication(self, uri: str, version: int, seconds: float = 60.0) -> tuple[float, dict[str, Any]]:
        """When the diagnostics of a version came, and these."""

        def found() -> tuple[float, dict[str, Any]] | None:
            matching = (
                each for each in self.published if each[1]["uri"] == uri and each[1]["version"] == version
            )
            return next(matching, None)

        with self._news:
            if not self._news.wait_for(found, seconds):
                raise TimeoutError(f"no diagnostics of {uri} {version} in {seconds} s")
            entry = found()
            assert entry is not None
            return entry

    def end(self, seconds: float = 20.0) -> int:
        """Shut the server down; its exit code."""
        self.send("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(seconds)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def complaints(self) -> list[str]:
        """Lines of the log that tell of an exception."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [line for line in lines if "Traceback" in line or " ERROR " in line or "Error:" in line]

    @property
    def memory(self) -> int:
        """Resident bytes of the server, where the system tells them."""
        status = Path(f"/proc/{self.process.pid}/statm").read_text()
        return int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> None:
        while (message := self._next()) is not None:
            now = time.perf_counter()
            if "method" in message and "id" in message:
                self._reply(message)
                continue
            with self._news:
                if message.get("method") == "textDocument/publishDiagnostics":
                    self.published.append((now, message["params"]))
                elif "id" in message:
                    self.answers[message["id"]] = message
                    self.arrivals[message["id"]] = now
                self._news.notify_all()

    def _reply(self, message: dict[str, Any]) -> None:
        items = message.get("params") or {}
        result = [None] * len(items["items"]) if message["method"] == "workspace/configuration" else None
        try:
            self._send({"id": message["id"], "result": result})
        except OSError:
            return  # the server ended meanwhile

    def _next(self) -> dict[str, Any] | None:
        assert self.process.stdout is not None
        length = None
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length)) if length is not None else None


class Model:
    """A document as the client has it; positions in UTF-16."""

    def __init__(self, uri: str, text: str) -> None:
        self.uri, self.text, self.version = uri, text, 1

    @property
    def item(self) -> dict[str, Any]:
        return {"uri": self.uri, "languageId": "python", "version": self.version, "text": self.text}

    def position(self, offset: int) -> dict[str, int]:
        before = self.text[:offset]
        last_line = before[max(before.rfind("\n"), before.rfind("\r")) + 1 :]
        return {"line": len(_lines(before)) - 1, "character": len(last_line.encode("utf-16-le")) // 2}

    def replace(self, start: int, end: int, new: str) -> dict[str, Any]:
        """Edit the text; the content change that tells the server."""
        range_ = {"start": self.position(start), "end": self.position(end)}
        self.text = self.text[:start] + new + self.text[end:]
        return {"range": range_, "text": new}

    def changed(self, changes: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The parameters of ``didChange``."""
        self.version += 1
        return {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": list(changes),
        }


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
