"""Reads which output dataclass a model's ``forward`` returns, and which of its fields a plain call fills.

Apart from the values, which are read from the cache without any of this being imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from neuron_config_server.catalog.outputs.classes import ancestry_of, find_method
from neuron_config_server.catalog.outputs.model_outputs import Evidence, ModelOutputs, OutputField, Returned
from neuron_config_server.catalog.outputs.output_classes import (
    annotated_output,
    field_docs,
    field_items,
    outputs_named,
)
from neuron_config_server.catalog.outputs.plain_call import plain_call
from neuron_config_server.catalog.outputs.values import TENSOR, UNKNOWN, OutputValue, Value, is_none, joined
from neuron_config_server.catalog.source import ClassSource, Sources


def read_model_outputs(class_: ClassSource, sources: Sources) -> ModelOutputs | None:
    """The output dataclass of a model class; None if it returns something else or it can't be told.

    What the body constructs is believed before the return annotation, which may name another class
    (``AlbertForMultipleChoice`` in transformers 5.23).
    """
    method = find_method(class_, "forward", sources)
    if method is None:
        return None
    annotated = annotated_output(method, sources)
    returned = plain_call(class_, sources)
    constructed = {value.class_ for value in returned if isinstance(value, OutputValue)}
    followed = bool(returned) and all(isinstance(value, OutputValue) for value in returned)
    output_class = _agreed(annotated, constructed, followed, sources)
    if output_class is None:
        return None
    is_constructed = followed and len(constructed) == 1
    decided = joined(returned) if is_constructed else UNKNOWN
    return ModelOutputs(
        model_class=class_.node.name,
        output_class=output_class.node.name,
        file=output_class.module.path,
        line=output_class.node.lineno,
        evidence=Evidence.CONSTRUCTED if is_constructed else Evidence.ANNOTATED,
        fields=tuple(_fields(output_class, decided, sources)),
    )


def _agreed(
    annotated: ClassSource | None, constructed: set[ClassSource], followed: bool, sources: Sources
) -> ClassSource | None:
    if followed and len(constructed) == 1:
        return next(iter(constructed))
    if annotated is None:
        return None
    fitting = all(annotated in ancestry_of(each, sources) for each in constructed)
    return annotated if fitting else None


def _fields(output_class: ClassSource, decided: Value, sources: Sources) -> Iterator[OutputField]:
    docs = field_docs(output_class, sources)
    for name, (owner, item) in field_items(output_class, sources).items():
        nested = next(outputs_named(item.annotation, owner.module, sources), None)
        value = decided.of(name) if isinstance(decided, OutputValue) else UNKNOWN
        yield OutputField(
            name=name,
            annotation=ast.unparse(item.annotation),
            default=ast.unparse(item.value) if item.value is not None else None,
            doc=docs.get(name),
            nested=nested.node.name if nested is not None else None,
            returned=_verdict(value),
        )


def _verdict(value: Value) -> Returned:
    if value is TENSOR:
        return Returned.YES
    outcome = is_none(value)
    if outcome is None:
        return Returned.UNKNOWN
    return Returned.NO if outcome else Returned.NOT_NONE
