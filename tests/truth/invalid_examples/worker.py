"""Executes examples of rules: a line of JSON with an example in, a line with its faults out.

    python worker.py optimum-neuron /folder/of/optimum-neuron
    python worker.py neuron_core

Each example is executed in a process forked for it, so that nothing that it changes is left for the next one.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # executed_configs.py

SECONDS = 120
"""That an example may take."""


def faults(request: dict[str, Any], convert: Any, folder: Path) -> Iterator[str]:
    """Everything that is wrong with the example, up to the stage that is asked about."""
    import effects
    import stages
    from example_files import written

    until = stages.Stage[request["until"]]
    path = written(request["source"], request["path"], request["beside"], folder)
    try:
        example = stages.imported(path)
    except stages.ExportFailedError as failed:
        yield str(failed)
        return
    yield from stages.lost_registrations(example)
    if until >= stages.Stage.CONFIG:
        for case in filter(None, map(stages.unregistered_case, example.unregistered)):
            yield from stages.fault_of(
                case, lambda case=case: stages.config_of(case, stages.tiny_config(case.model_type))
            )
    for case in example.cases if until > stages.Stage.IMPORT else ():
        if convert is None:
            go = lambda case=case: stages.through_neuron_core(case, path, folder / case.task, until)  # noqa: E731
        else:
            go = lambda case=case: stages.through_optimum_neuron(case, convert, folder / case.task, until)  # noqa: E731
        yield from stages.fault_of(case, go)
    for name in request["effects"]:
        yield from effects.BY_NAME[name](example, convert, folder)


def answered(line: str, convert: Any) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="invalid-example-") as folder:
        return list(faults(json.loads(line), convert, Path(folder)))


def forked(line: str, convert: Any) -> str:
    """The answer of a process of its own; what crashes or hangs there is a fault like any other."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(SECONDS)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            try:
                answer: Any = {"faults": answered(line, convert)}
            except BaseException as error:  # noqa: BLE001 - told to the test
                import traceback

                answer = {"crashed": "".join(traceback.format_exception(error))}
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return text or json.dumps({"crashed": f"ended with status {status}"})


def trace_directly() -> None:
    """The engine's second way, which takes a tenth of the time: torch.export gives the same values."""
    from neuron_core.backends import cpu

    def refused(*_: object) -> None:
        raise NotImplementedError("not here")

    cpu._decomposed = refused  # ty: ignore[invalid-assignment]


def main(exporter: str, *root: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what is printed is no answer
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import torch

    torch.set_num_threads(1)  # a process with other threads must not fork
    convert = None
    if exporter == "optimum-neuron":
        import optimum_neuron

        convert = optimum_neuron.imported(*root)
    else:
        trace_directly()
    import effects  # noqa: F401 - once for all forks
    import stages

    for model_type in ("bert", "esm"):
        stages.model_of(stages.Case(None, model_type, "fill-mask"))

    for line in sys.stdin:
        print(forked(line, convert), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
