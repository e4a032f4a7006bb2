"""What the ``forward`` of a model returns when nothing but tensors is passed: followed, not run."""

from __future__ import annotations

from neuron_config_server.catalog.outputs.classes import find_method
from neuron_config_server.catalog.outputs.expressions import TooLongError
from neuron_config_server.catalog.outputs.statements import Statements
from neuron_config_server.catalog.outputs.values import Arguments, Instance, Value
from neuron_config_server.catalog.source import ClassSource, Sources


def plain_call(class_: ClassSource, sources: Sources) -> tuple[Value, ...]:
    """What the model returns: a value per ``return`` that a plain call may come to; empty if unknown."""
    model = Instance(class_, Arguments())
    method = find_method(class_, "forward", sources)
    try:
        return Statements(sources).run(method, model, None) if method is not None else ()
    except (TooLongError, RecursionError):
        return ()
