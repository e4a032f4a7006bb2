"""How fast language servers answer, as an editor feels it: ours beside those that are installed here.

Each is started as a process and typed into: a character, and taken away again, at the end of a string within a
list of inputs. "edit" is from sending the change to having the diagnostics of that version.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from wire import PULLED, PUSHED, Model, Wire

MODEL_CONFIGS = Path(sys.prefix) / "optimum-neuron/optimum/exporters/neuron/model_configs.py"
ANCHOR = 'return ["input_ids", "attention_mask"]'
TYPED_BEHIND = 'return ["input_ids'
SNIPPETS = {"completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}}


@dataclass
class Figures:
    """Milliseconds, but for the memory."""

    initialize: float = 0.0
    opened: float = 0.0
    """From opening the document to its diagnostics."""
    edits: list[float] = field(default_factory=list)
    completions: list[float] = field(default_factory=list)
    hovers: list[float] = field(default_factory=list)
    actions: list[float] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    """Completions of a fast typist."""
    mebibytes: float = 0.0


class Editor:
    """Types into a server."""

    def __init__(self, command: Sequence[str] | None, variables: dict[str, str], folder: Path) -> None:
        self.figures = Figures()
        start = time.perf_counter()
        self.wire = Wire(folder / "server.log", command, variables)
        capabilities = {
            **PULLED,
            "textDocument": {**PULLED["textDocument"], **PUSHED["textDocument"], **SNIPPETS},
        }
        answer = self.wire.initialize(MODEL_CONFIGS.parent, capabilities)["result"]["capabilities"]
        self.figures.initialize = _milliseconds(start)
        self.pulls = bool(answer.get("diagnosticProvider"))
        self.answers = {
            name for name in ("completion", "hover", "codeAction") if answer.get(f"{name}Provider")
        }
        self.model = Model(MODEL_CONFIGS.as_uri(), MODEL_CONFIGS.read_text(encoding="utf-8"))
        self.offset = self.model.text.index(ANCHOR) + len(TYPED_BEHIND)

    def measure(self, edits: int) -> Figures:
        start = time.perf_counter()
        self.wire.tell("textDocument/didOpen", {"textDocument": self.model.item})
        self.figures.opened = self._diagnosed(start)
        time.sleep(1.0)
        for number in range(edits):
            self.figures.edits.append(self._edit(number))
            time.sleep(0.05)
        position = self.model.position(self.offset)
        document = {"textDocument": {"uri": self.model.uri}}
        at: dict[str, Any] = {"position": position}
        within = {"range": {"start": position, "end": position}, "context": {"diagnostics": []}}
        for name, more, times in (
            ("completion", at, self.figures.completions),
            ("hover", at, self.figures.hovers),
            ("codeAction", within, self.figures.actions),
        ):
            for _ in range(20 if name in self.answers else 0):
                times.append(self._asked(name, {**document, **more}))
        self._type_fast()
        self.figures.mebibytes = self.wire.memory / 2**20
        self.wire.end()
        return self.figures

    def _edit(self, number: int) -> float:
        start = time.perf_counter()
        self._change(number)
        return self._diagnosed(start)

    def _change(self, number: int) -> None:
        """A character, another one each time, and without it again."""
        character = "abcdefghijklmnopqrstuvwxyz"[number // 2 % 26]
        is_there = number % 2 == 1
        change = self.model.replace(self.offset, self.offset + is_there, "" if is_there else character)
        self.wire.tell("textDocument/didChange", self.model.changed([change]))

    def _diagnosed(self, start: float) -> float:
        if self.pulls:
            self.wire.ask("textDocument/diagnostic", {"textDocument": {"uri": self.model.uri}})
            return _milliseconds(start)
        came, _ = self.wire.publication(self.model.uri, self.model.version)
        return 1000 * (came - start)

    def _asked(self, name: str, params: dict[str, Any]) -> float:
        start = time.perf_counter()
        self.wire.ask(f"textDocument/{name}", params)
        return _milliseconds(start)

    def _type_fast(self) -> None:
        """200 edits, one in 20 ms, and a completion at each, whether the last one was answered or not."""
        sent: list[tuple[int, float]] = []
        for number in range(200):
            start = time.perf_counter()
            self._change(number)
            params = {"textDocument": {"uri": self.model.uri}, "position": self.model.position(self.offset)}
            if "completion" in self.answers:
                sent.append((self.wire.send("textDocument/completion", params), start))
            if self.pulls:
                self.wire.send("textDocument/diagnostic", {"textDocument": {"uri": self.model.uri}})
            time.sleep(max(0.0, 0.02 - (time.perf_counter() - start)))
        for request, start in sent:
            self.wire.answer(request)
            self.figures.typed.append(1000 * (self.wire.arrivals.pop(request) - start))


def servers(folder: Path) -> dict[str, tuple[Sequence[str] | None, dict[str, str]]]:
    """Name -> command (None: ours) and variables; of the others, those that are installed here."""
    binaries = f"{Path(sys.executable).parent}:{Path(sys.executable).parent.parent / 'peers/bin'}"
    others = {
        "ruff": ["server"],
        "ty": ["server"],
        "basedpyright-langserver": ["--stdio"],
        "pyright-langserver": ["--stdio"],
        "pylsp": [],
        "jedi-language-server": [],
    }
    found: dict[str, tuple[Sequence[str] | None, dict[str, str]]] = {
        "neuron-config, empty cache": (None, {"NEURON_CONFIG_CACHE_DIR": str(folder / "new")}),
        "neuron-config": (None, {"NEURON_CONFIG_CACHE_DIR": str(folder / "kept")}),
    }
    for name, arguments in others.items():
        program = shutil.which(name, path=binaries) or shutil.which(name)
        if program is not None:
            found[name] = ([program, *arguments], {})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    columns = ("initialize", "open", "edit p50", "p95", "completion", "hover", "action", "typist p95", "MiB")
    table = Table("language server (ms)", *columns, box=None, header_style="bold", padding=(0, 1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Editor(None, {"NEURON_CONFIG_CACHE_DIR": str(folder / "kept")}, folder).measure(2)  # fills the cache
        for server, (command, variables) in servers(folder).items():
            runs = []
            for _ in range(options.runs):
                shutil.rmtree(folder / "new", ignore_errors=True)
                runs.append(Editor(command, variables, folder).measure(options.edits))
            table.add_row(server, *(_cell(value) for value in _row(runs)))
    Console(width=140).print(table)


def _row(runs: Sequence[Figures]) -> list[float | None]:
    """The median of the runs, of each column."""
    return [
        statistics.median(found) if (found := [each for each in values if each is not None]) else None
        for values in zip(
            *(
                (
                    each.initialize,
                    each.opened,
                    _quantile(each.edits, 0.5),
                    _quantile(each.edits, 0.95),
                    _quantile(each.completions, 0.5),
                    _quantile(each.hovers, 0.5),
                    _quantile(each.actions, 0.5),
                    _quantile(each.typed, 0.95),
                    each.mebibytes,
                )
                for each in runs
            )
        )
    ]


def _quantile(times: Sequence[float], share: float) -> float | None:
    return sorted(times)[round(share * (len(times) - 1))] if times else None


def _milliseconds(start: float) -> float:
    return 1000 * (time.perf_counter() - start)


def _cell(value: float | None) -> str:
    return f"{value:,.1f}" if value is not None else "-"


if __name__ == "__main__":
    main()
