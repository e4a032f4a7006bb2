"""The language server under edits and requests in random order: it stays right, small and alive."""

from __future__ import annotations

import hashlib
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wire import PULLED, PUSHED, Model, Wire

ENVIRONMENT = Path(__file__).parents[1] / "data" / "environment"
POSITIONED = (
    "hover",
    "completion",
    "definition",
    "typeDefinition",
    "documentHighlight",
    "signatureHelp",
    "prepareRename",
)
OF_DOCUMENTS = ("documentSymbol", "foldingRange", "documentLink", "codeLens", "diagnostic")
PIECES = (
    '"token_type_ids"', '"', "'", '"""', "(", ")", "[", "]", "{", "}", ",", ":", "\n", "\r\n", "\r", " ", "    ", "#", "\\", "\f",
    "\u2028", "😋", "é", "\x00", "def ", "class Foo(TextEncoderNeuronConfig):\n    pass\n", "@property\n", "return [", "self._config.",
    'self.task == "', '@register_in_tasks_manager("bert", *["fill-mask"])\n', "# neuron: ignore[NC101]", "with_args(", "lambda: ", "import os\n",
)  # fmt: skip
CONFIG = """\
note = "😋"; register = TasksManager.create_register("neuron")
@register("esm", "fill-mask", "text-classification")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ATOL_FOR_VALIDATION = 1e-4

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""


class Fuzz:
    """Random things that a client does."""

    def __init__(self, wire: Wire, chance: random.Random, texts: dict[str, str]) -> None:
        self.wire, self.chance, self.texts = wire, chance, texts
        self.open: dict[str, Model] = {}
        self.waiting: list[int] = []
        self.answered = 0

    def step(self) -> None:
        action = self.chance.choices(
            (self.edit, self.ask, self.cancel, self.open_or_close, self.ask_nonsense, self.rewrite),
            (60, 30, 3, 2, 2, 1),
        )[0]
        action()
        if len(self.waiting) > 30:
            self.settle()

    def edit(self) -> None:
        model = self.some_model()
        changes = [self.change(model) for _ in range(self.chance.choice((1, 1, 1, 1, 3)))]
        self.wire.tell("textDocument/didChange", model.changed(changes))

    def change(self, model: Model) -> dict[str, Any]:
        start = self.chance.randrange(len(model.text) + 1)
        end = min(len(model.text), start + self.chance.choice((0, 0, 0, 1, 1, 5, 40)))
        if "\r\n" in model.text[max(0, start - 1) : start + 1] + model.text[max(0, end - 1) : end + 1]:
            start = end = 0  # no client has a cursor within a line's end
        piece = self.chance.choice(PIECES) if len(model.text) < 120_000 else ""
        return model.replace(start, end, piece)

    def ask(self) -> None:
        model = self.some_model()
        place = model.position(self.chance.randrange(len(model.text) + 1))
        kind = self.chance.choice(
            (*POSITIONED, *OF_DOCUMENTS, "codeAction", "references", "rename", "inlayHint", "symbol")
        )
        self.waiting.append(self.wire.send(*request(kind, model.uri, place)))

    def ask_nonsense(self) -> None:
        uri = self.chance.choice(
            ("file:///nowhere.py", "untitled:1", "notebook-cell:x", "", "file:///%", self.some_model().uri)
        )
        place = {
            "line": self.chance.choice((0, 10**6, 2**31 - 1)),
            "character": self.chance.choice((0, 10**6, 2**31 - 1)),
        }
        self.waiting.append(
            self.wire.send(
                *request(self.chance.choice((*POSITIONED, *OF_DOCUMENTS, "codeAction")), uri, place)
            )
        )

    def cancel(self) -> None:
        if self.waiting:
            self.wire.tell("$/cancelRequest", {"id": self.chance.choice(self.waiting)})

    def rewrite(self) -> None:
        """The whole text, as clients do that can't tell changes."""
        model = self.some_model()
        model.text = self.texts[model.uri]
        self.wire.tell("textDocument/didChange", model.changed([{"text": model.text}]))

    def open_or_close(self) -> None:
        uri = self.chance.choice(list(self.texts))
        if uri in self.open and len(self.open) > 1:
            self.wire.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
            del self.open[uri]
        elif uri not in self.open:
            self.open_document(uri)

    def some_model(self) -> Model:
        if not self.open:
            self.open_document(next(iter(self.texts)))
        return self.chance.choice(list(self.open.values()))

    def open_document(self, uri: str) -> None:
        self.open[uri] = Model(uri, self.texts[uri])
        self.wire.tell("textDocument/didOpen", {"textDocument": self.open[uri].item})

    def settle(self) -> None:
        """Every request is answered, if only by an error that says what is wrong."""
        for number in self.waiting:
            answer = self.wire.answer(number)
            error = answer.get("error")
            assert error is None or error["code"] in (-32800, -32801, -32602, -32803), error
            self.answered += 1
        self.waiting.clear()

    def compare(self) -> None:
        self.settle()
        command = {"command": "neuron-config.debugInformation", "arguments": []}
        told = self.wire.ask("workspace/executeCommand", command)["result"]["documents"]
        ours = {
            uri: (model.version, hashlib.sha256(model.text.encode("utf-8", "surrogatepass")).hexdigest())
            for uri, model in self.open.items()
        }
        assert {each["uri"]: (each["version"], each["digest"]) for each in told} == ours


def request(kind: str, uri: str, place: dict[str, int]) -> tuple[str, dict[str, Any]]:
    document = {"textDocument": {"uri": uri}}
    here = {"start": place, "end": place}
    more = {
        "codeAction": {"range": here, "context": {"diagnostics": []}},
        "references": {"position": place, "context": {"includeDeclaration": True}},
        "rename": {"position": place, "newName": "Renamed"},
        "inlayHint": {"range": {"start": {"line": 0, "character": 0}, "end": place}},
    }
    if kind == "symbol":
        return "workspace/symbol", {"query": "esm"}
    return f"textDocument/{kind}", {
        **document,
        **more.get(kind, {} if kind in OF_DOCUMENTS else {"position": place}),
    }


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


def started(log: Path, capabilities: dict[str, Any]) -> Wire:
    wire = Wire(log)
    wire.initialize(log.parent, capabilities, {"settings": {"interpreter": str(ENVIRONMENT)}})
    return wire


def texts(folder: Path, long: str) -> dict[str, str]:
    found = {
        "one.py": CONFIG,
        "two.py": CONFIG * 5,
        "long.py": long,
        "plain.py": "import os\n" * 50,
        "empty.py": "",
    }
    return {(folder / name).as_uri(): text for name, text in found.items()}


def run(log: Path, seed: int, steps: int, long: str, capabilities: dict[str, Any]) -> Iterator[Fuzz]:
    """Compared after every tenth of the steps."""
    wire = started(log, capabilities)
    try:
        fuzz = Fuzz(wire, random.Random(seed), texts(log.parent, long))
        for number in range(steps):
            fuzz.step()
            if number % (steps // 10) == steps // 10 - 1:
                fuzz.compare()
                yield fuzz
        for _ in range(20):
            fuzz.ask()  # and doesn't wait for the answers
        assert wire.end() == 0
        assert wire.complaints == []
    finally:
        wire.kill()


@pytest.mark.parametrize("capabilities", [PUSHED, PULLED], ids=["pushed", "pulled"])
def test_edits_and_requests_in_random_order(log: Path, capabilities: dict[str, Any]) -> None:
    for fuzz in run(log, 1, 1000, CONFIG * 20, capabilities):
        assert fuzz.answered > 10


@pytest.mark.fuzz
@pytest.mark.parametrize(("capabilities", "seed"), [(PUSHED, 2), (PULLED, 3)], ids=["pushed", "pulled"])
def test_a_hundred_thousand_of_them(
    log: Path, capabilities: dict[str, Any], seed: int, model_configs_text: str
) -> None:
    memory = [fuzz.wire.memory for fuzz in run(log, seed, 50_000, model_configs_text, capabilities)]
    assert memory[-1] <= 1.1 * memory[2], f"it grows: {[each >> 20 for each in memory]} MiB"


def test_no_process_is_left_when_the_client_is_killed(log: Path) -> None:
    wire = started(log, PUSHED)
    assert wire.process.stdin is not None
    wire.process.stdin.close()  # what the system does with a killed client's pipes
    deadline = time.monotonic() + 20
    while wire.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert wire.process.poll() is not None
    assert wire.complaints == []


def test_it_can_be_interrupted(log: Path) -> None:
    wire = started(log, PUSHED)
    wire.process.send_signal(signal.SIGTERM)
    assert wire.process.wait(20) != 0


def test_exit_without_shutdown_is_an_error(log: Path) -> None:
    wire = started(log, PUSHED)
    wire.tell("exit", None)
    assert wire.process.wait(20) == 1
