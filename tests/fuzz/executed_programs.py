"""What generated programs really give: executed one after the other, each in a module of its own.

A program of its own, which answers a line of JSON with a line of JSON::

    echo '{"source": "…", "conditions": ["self.output_attentions"]}' | python executed_programs.py

The answer has, for every class and task that the program registered and for each of :data:`SITUATIONS`, what each
property gave (``value`` or ``raises``) and which conditions held; or ``fails``, where the program can't be imported.
Every value is asked of a program executed afresh, so that nothing that an earlier question changed is left. A class
with abstract methods is instantiated all the same: what it would give is asked, for it is still being written.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from transformers import AutoConfig

from neuron_core import configs
from neuron_core.configs.base import InputShapesArguments, NeuronDefaultConfig, NeuronExportConfig

SECONDS = 1
"""Of an execution."""

MEMORY = 1024 * 2**20
"""Bytes that programs may take beside what is imported: some grow a list where no signal comes through."""

LONGEST = 100_000
"""Characters of an answer that is compared."""

SHAPES = {"batch_size": 2, "sequence_length": 4, "num_choices": 4}

SITUATIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "by default": ({}, {}),
    "with other values": (
        {
            "num_hidden_layers": 4,
            "token_dropout": True,
            "position_embedding_type": "rotary",
            "is_decoder": True,
        },
        {"output_attentions": True},
    ),
}
"""Attributes of the HF config, arguments of the constructor."""

PROPERTIES: dict[str, Callable[[Any], Any]] = {
    "inputs": lambda instance: list(instance.inputs),
    "outputs": lambda instance: list(instance.outputs),
    "axes": lambda instance: list(instance.get_mandatory_axes_for_task(instance.task)),
    "exported_model_type": lambda instance: instance.MODEL_TYPE,
}

OURS: tuple[type, ...] = (NeuronExportConfig, NeuronDefaultConfig, configs.TextEncoderNeuronConfig)
BEFORE = {class_: dict(vars(class_)) for class_ in OURS}
TABLE = copy.deepcopy(NeuronDefaultConfig._TASK_TO_COMMON_OUTPUTS)

Registered = dict[tuple[str, str], tuple[str, type]]
"""(class, task) -> model type, the class."""


class TooLongError(BaseException):
    """A program goes on for longer than is waited; no handler of a program catches it as an Exception."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    def stop(*_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.1)  # again, if the program catches everything
        raise TooLongError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def imported(code: CodeType) -> Registered:
    """Executes the program as a module; gives what it registered."""
    registered: Registered = {}

    def register(model_type: str, *tasks: str, **options: Any) -> Callable[[type], type]:
        def decorate(class_: type) -> type:
            for task in tasks:
                registered[class_.__name__, task] = (model_type, class_)
            return class_

        return decorate

    put_back_what_is_shared()
    configs.register_in_tasks_manager = register
    module = ModuleType("generated_program")
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)
    return registered


def put_back_what_is_shared() -> None:
    """Our own classes, as they were before any program changed them."""
    for class_, before in BEFORE.items():
        for name in [name for name in vars(class_) if name not in before]:
            delattr(class_, name)
        for name, value in before.items():
            if vars(class_)[name] is not value:
                setattr(class_, name, value)
    table = NeuronDefaultConfig._TASK_TO_COMMON_OUTPUTS
    table.clear()
    table.update(copy.deepcopy(TABLE))


@functools.cache
def hf_config_by_default(model_type: str) -> Any:
    return AutoConfig.for_model(model_type)


def hf_config(model_type: str) -> Any:
    """One of its own for each instance."""
    return copy.deepcopy(hf_config_by_default(model_type))


def attempted(ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        with limited():
            return {"value": ask()}
    except (TooLongError, MemoryError):
        gc.collect()
        return {"endless": True}
    except Exception as error:  # noqa: BLE001 - whatever a program raises is what it does
        return {"raises": type(error).__name__}


def answered(source: str, conditions: list[str]) -> dict[str, Any]:
    try:
        code = compile(source, "generated_program.py", "exec")
    except SyntaxError:
        return {"fails": "SyntaxError"}
    found = attempted(lambda: imported(code))
    if "value" not in found:
        return {"fails": found.get("raises", "endless")}

    def made(name: str, task: str, situation: str) -> Any:
        model_type, class_ = imported(code)[name, task]
        class_.__abstractmethods__ = frozenset()
        attributes, arguments = SITUATIONS[situation]
        config = hf_config(model_type)
        for each, value in attributes.items():
            setattr(config, each, value)
        return class_(config, task=task, input_shapes=InputShapesArguments(**SHAPES), **arguments)

    def asked(name: str, task: str, situation: str) -> dict[str, Any]:
        def holds(text: str) -> Any:
            return bool(eval(text, {"self": made(name, task, situation)}))

        return {
            "class": name,
            "task": task,
            "situation": situation,
            "properties": {
                each: plain(attempted(lambda ask=ask: ask(made(name, task, situation))))
                for each, ask in PROPERTIES.items()
            },
            "holding": [text for text in conditions if attempted(lambda text=text: holds(text)).get("value")],
        }

    return {"classes": [asked(*key, situation) for key in found["value"] for situation in SITUATIONS]}


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """The answer, where JSON can hold it."""
    try:
        text = json.dumps(found)
    except (TypeError, ValueError):
        return {"other": type(found["value"]).__name__}
    except MemoryError:
        return {"endless": True}
    return json.loads(text) if len(text) <= LONGEST else {"endless": True}


def line_answered(line: str) -> str:
    request = json.loads(line)
    try:
        return json.dumps(answered(request["source"], request["conditions"]))
    except MemoryError:
        return json.dumps({"fails": "endless"})


def limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main() -> None:
    hf_config("esm")  # what it imports is no part of a program
    limit_memory()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a program prints is no answer
    gc.freeze()  # what is imported stays; what a program leaves is collected behind it
    for line in sys.stdin:
        print(line_answered(line), file=answers, flush=True)
        gc.collect()


if __name__ == "__main__":
    main()
