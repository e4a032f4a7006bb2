"""Hints behind strings: the shape of a declared input, the model class of a registered task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from lsprotocol import types

from neuron_config_server.catalog.generators.tensors import Tensor
from neuron_config_server.features.input_tensors import tensor_of
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.support.registration_calls import model_classes_of, within
from neuron_config_server.rules.support.wording import listed, quoted

_MOST_CLASSES = 2
"""So many model classes of a task are named; there are more where the model's own config decides."""


def inlay_hints(ls: NeuronConfigServer, params: types.InlayHintParams) -> list[types.InlayHint]:
    document = ls.document(params.text_document.uri)
    if document is None:
        return []
    wanted = ls.settings_of(document.uri).inlay_hints
    return [
        *(shape_hints(document, params.range) if wanted.shapes else ()),
        *(model_class_hints(document, params.range) if wanted.model_classes else ()),
    ]


def shape_hints(document: OpenDocument, range_: types.Range) -> list[types.InlayHint]:
    """The shape and type of each input that a class declares itself; inputs side by side that have the same
    share a hint.
    """
    asked = document.range(range_)
    classes = document.file.classes if document.file is not None else ()
    return [
        hint
        for config in classes
        if _touches(config.range, asked) and document.file is not None
        for hint in _shapes_in(config, document.file, document, asked)
    ]


def model_class_hints(document: OpenDocument, range_: types.Range) -> list[types.InlayHint]:
    """The class that each task in a registration loads, where the library is transformers."""
    file, asked = document.file, document.range(range_)
    return [
        _model_class_hint(literal, names, registration, document)
        for config in (file.classes if file is not None else ())
        for registration in config.registrations
        if file is not None and _touches(registration.range, asked)
        for literal in registration.tasks.literals
        if within(file, registration, literal) and _touches(literal.range, asked)
        if (names := _model_classes(literal, registration, document))
    ]


def _touches(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _shapes_in(
    config: ConfigClass, file: ConfigFile, document: OpenDocument, asked: Range
) -> Iterator[types.InlayHint]:
    tensors = _tensors_of(config, file, document)
    told = [(literal, _label(each), _tooltip(each)) for literal, each in sorted(tensors.items(), key=_place)]
    for (_, label, tooltip), group in groupby(told, key=lambda each: (each[0].range.start.line, *each[1:])):
        literals = [literal for literal, *_ in group]
        end = literals[-1].range.end
        if label is None or not _touches(Range(end, end), asked):
            continue
        yield types.InlayHint(
            position=document.client_range(Range(end, end)).start,
            label=f"each {label}" if len(literals) > 1 else label,
            kind=types.InlayHintKind.Type,
            tooltip=tooltip,
            padding_left=True,
        )


def _place(found: tuple[StringLiteral, object]) -> Position:
    return found[0].range.start


def _tensors_of(
    config: ConfigClass, file: ConfigFile, document: OpenDocument
) -> dict[StringLiteral, dict[str, Tensor | None]]:
    """Input that stands in the class -> task -> what it is exported with."""
    found: dict[StringLiteral, dict[str, Tensor | None]] = {}
    for effective in _uses_of(config, file):
        for literal in _inputs_in(config, effective, file):
            tensor = tensor_of(literal.value, effective, file, document.catalog)
            tasks = found.setdefault(literal, {})
            is_new = effective.task not in tasks
            tasks[effective.task] = tensor if is_new or tasks[effective.task] == tensor else None
    return found


def _uses_of(config: ConfigClass, file: ConfigFile) -> tuple[EffectiveConfig, ...]:
    """The class for each of its tasks; of one that isn't registered, the classes that inherit from it."""
    if config.registrations:
        return config.effective
    return tuple(each for each in file.effective if config.value in each.config.lineage)


def _inputs_in(
    config: ConfigClass, effective: EffectiveConfig, file: ConfigFile
) -> dict[StringLiteral, None]:
    """The inputs of a task, on whatever way, that stand in the class."""
    return {
        literal: None
        for variant in effective.inputs.variants
        for literal in (variant.value.literals if variant.value is not None else ())
        if file.holds(literal) and config.range.contains(literal.range)
    }


def _label(tensors: Mapping[str, Tensor | None]) -> str | None:
    """``(batch_size, sequence_length) int64``; None if it can't be told for every task, or there are too many
    shapes.
    """
    distinct = {(each.shape, each.dtype) if each is not None else None for each in tensors.values()}
    known = sorted((each for each in distinct if each is not None), key=lambda each: len(each[0]))
    if len(known) != len(distinct) or not 0 < len(known) <= 2:
        return None
    (shape, dtype), (longer, other) = known[0], known[-1]
    if shape == longer and dtype == other:
        return f"{_written(shape)} {dtype}"
    both = _with_more(shape, longer) if dtype == other else None
    return f"{both} {dtype}" if both else f"{_written(shape)} {dtype} or {_written(longer)} {other}"


def _written(shape: tuple[str, ...]) -> str:
    return f"({', '.join(shape)}{',' if len(shape) == 1 else ''})"


def _with_more(shape: tuple[str, ...], longer: tuple[str, ...]) -> str | None:
    """``(batch_size[, num_choices], sequence_length)``: a shape and one that has more within it."""
    more = len(longer) - len(shape)
    for place in range(1, len(shape)):
        if more > 0 and (*longer[:place], *longer[place + more :]) == shape:
            start, end = ", ".join(shape[:place]), ", ".join(shape[place:])
            return f"({start}[, {', '.join(longer[place : place + more])}], {end})"
    return None


def _tooltip(tensors: Mapping[str, Tensor | None]) -> str | None:
    """Where the shape depends on the task or on the model's config; None if it does on neither."""
    known = {task: each for task, each in tensors.items() if each is not None}
    shapes: dict[str, list[str]] = {}
    for task, tensor in known.items():
        shapes.setdefault(f"{_written(tensor.shape)} {tensor.dtype}", []).append(task)
    lines = [f"{shape} for {quoted(tasks)}" for shape, tasks in shapes.items()] if len(shapes) > 1 else []
    paths = dict.fromkeys(each for tensor in known.values() for each in tensor.from_config)
    same = [name for name, path in paths if name == path]
    lines += [f"{listed(same)} as in the model's config"] if same else []
    lines += [f"{name}: {path} of the model's config" for name, path in paths if name != path]
    return "\n".join(lines) or None


def _model_classes(
    literal: StringLiteral, registration: Registration, document: OpenDocument
) -> tuple[str, ...]:
    tasks, model_type = document.catalog.tasks, registration.model_type_name
    task = tasks.canonical(literal.value) if tasks is not None else None
    if model_type is None or registration.library is None or task is None:
        return ()
    return model_classes_of(model_type, registration.library, task, document.catalog) or ()


def _model_class_hint(
    literal: StringLiteral, names: tuple[str, ...], registration: Registration, document: OpenDocument
) -> types.InlayHint:
    shown = [
        _class_part(name, registration.model_type_name or "", document) for name in names[:_MOST_CLASSES]
    ]
    parts = [part for each in shown for part in (types.InlayHintLabelPart(" or "), each)][1:]
    if len(names) > _MOST_CLASSES:
        rest = types.InlayHintLabelPart(f" or {len(names) - _MOST_CLASSES} more", tooltip=", ".join(names))
        parts.append(rest)
    end = literal.range.end
    return types.InlayHint(
        position=document.client_range(Range(end, end)).start,
        label=parts,
        kind=types.InlayHintKind.Type,
        padding_left=True,
    )


def _class_part(name: str, model_type: str, document: OpenDocument) -> types.InlayHintLabelPart:
    """A class's name, leading to its ``forward`` where that is known."""
    signature = document.catalog.forward_signature(model_type, name)
    if signature is None or not signature.file.is_absolute():
        return types.InlayHintLabelPart(name)
    start = types.Position(signature.line - 1, 0)
    place = types.Location(signature.file.as_uri(), types.Range(start, start))
    return types.InlayHintLabelPart(name, location=place)
