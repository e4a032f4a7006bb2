"""Which tensor a generator makes for an input's name: its code is followed with sizes by their names.

A condition that the circumstances leave open is taken both ways; if the tensors differ, or one way isn't
followed, nothing is told.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from neuron_config_server.catalog.generators.methods import find_method
from neuron_config_server.catalog.generators.tensor_expressions import LostError, RaisesError
from neuron_config_server.catalog.generators.tensor_run import TensorRun
from neuron_config_server.catalog.generators.tensors import Circumstances, NormalizedConfig, Size, Tensor
from neuron_config_server.catalog.source import ClassSource

_MOST_WAYS = 64


def generated_tensor(
    order: Sequence[ClassSource], input_name: str, circumstances: Circumstances
) -> Tensor | None:
    """The tensor that a generator makes; None if that can't be told.

    Args:
        order: the classes of the generator as Python looks attributes up.
    """
    found: set[object] = set()
    waiting: list[tuple[bool, ...]] = [()]
    for _ in range(_MOST_WAYS):
        if not waiting:
            break
        script = waiting.pop()
        run = TensorRun(order, circumstances, script)
        try:
            found.add(_made(run, input_name, circumstances))
        except RaisesError:
            pass  # no input is made on this way
        except (LostError, RecursionError):
            return None
        taken = run.decisions
        waiting += [(*taken[:place], not taken[place]) for place in range(len(script), len(taken))]
    made = found.pop() if len(found) == 1 and not waiting else None
    return made if isinstance(made, Tensor) else None


def _made(run: TensorRun, input_name: str, circumstances: Circumstances) -> object:
    init = find_method(run.order, "__init__")
    axes: Mapping[str, object] = {name: Size(name) for name in circumstances.axes}
    if init is not None:
        run.called(init, [circumstances.task, NormalizedConfig()], axes)
    generate = find_method(run.order, "generate")
    if generate is None or any(isinstance(each, ast.Yield) for each in ast.walk(generate.node)):
        raise LostError
    options = {"framework": "pt", "int_dtype": "int64", "float_dtype": circumstances.float_dtype}
    return run.called(generate, [input_name], options)
