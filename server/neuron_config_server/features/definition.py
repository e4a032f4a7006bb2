"""Where the thing under the cursor is defined: in this file, in transformers, in optimum, in a base class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Union

from lsprotocol import types

from neuron_config_server.catalog.neuron_bases import Dialect, NeuronBase
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.features.describing.descriptions_of_models import (
    models_of,
    models_with_input,
    models_with_output,
)
from neuron_config_server.features.describing.descriptions_of_normalized_configs import (
    hf_attribute,
    sub_config,
)
from neuron_config_server.features.describing.judged_models import (
    judged_config,
    model_types_of,
    normalized_path,
)
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.subjects.library_places import (
    Place,
    place_of_assignment,
    place_of_class,
    place_of_field,
    place_of_key,
    place_of_name,
    place_of_parameter,
)
from neuron_config_server.features.subjects.names_in_file import name_in_file
from neuron_config_server.features.subjects.subject import Subject, subject_at
from neuron_config_server.features.subjects.subject_kinds import Kind
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import BaseClass, ClassValue, Dotted, NormalizedClass
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.support.class_body import assignments, methods

Answer = Union[list[types.Location], list[types.LocationLink]]
_Find = Callable[[Subject, ConfigFile, OpenDocument], Iterator["Place | None"]]


def definition(ls: NeuronConfigServer, params: types.DefinitionParams) -> Answer | None:
    document = ls.document(params.text_document.uri)
    return definition_at(document, params.position) if document is not None else None


def type_definition(ls: NeuronConfigServer, params: types.TypeDefinitionParams) -> Answer | None:
    document = ls.document(params.text_document.uri)
    return type_definition_at(document, params.position) if document is not None else None


def definition_at(document: OpenDocument, place: types.Position) -> Answer | None:
    """Where the thing at a position is defined; None where that isn't known."""
    return _answer(document, place, _DEFINITIONS)


def type_definition_at(document: OpenDocument, place: types.Position) -> Answer | None:
    """The class behind the thing at a position: of a task the model's, of an output the one that has it."""
    return _answer(document, place, _TYPES)


def _answer(document: OpenDocument, place: types.Position, finders: Mapping[Kind, _Find]) -> Answer | None:
    subject = subject_at(document, document.position(place))
    find = finders.get(subject.kind) if subject is not None else None
    if subject is None or find is None or document.file is None:
        return None
    file = document.file.as_before
    found = [each for each in find(subject, file, document) if each is not None]
    places = list({(each.path, each.range): each for each in found}.values())
    if not places:
        return None
    if not document.client.takes_location_links:
        return [types.Location(_uri(each, document), _range(each, document)) for each in places]
    return [
        types.LocationLink(
            _uri(each, document),
            _range(each, document),
            _range(each, document),
            document.client_range(subject.range),
        )
        for each in places
    ]


def _uri(place: Place, document: OpenDocument) -> str:
    return place.path.as_uri() if place.path is not None else document.uri


def _range(place: Place, document: OpenDocument) -> types.Range:
    return to_client_range(place.source, place.range, document.encoding)


def _here(document: OpenDocument, range_: Range, name: str) -> Place | None:
    """A place of the name in this text; None where it has moved since its statement broke."""
    is_there = document.source.slice(range_) == name
    return Place(None, document.source, range_) if is_there else None


def _parameters(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    for model in models_with_input(subject.name, judged_config(subject, file), document.catalog):
        forward = model.forward(document.catalog)
        if forward is not None and subject.name in {each.name for each in forward.parameters}:
            yield place_of_parameter(forward.file, forward.line, subject.name)


def _fields(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    for outputs in _outputs(subject, file, document):
        yield place_of_field(outputs.file, outputs.line, subject.name, outputs.output_class)


def _output_classes(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    for outputs in _outputs(subject, file, document):
        yield place_of_name(outputs.file, outputs.line, outputs.output_class)


def _outputs(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[ModelOutputs]:
    """What the models return that have an output of that name."""
    for model in models_with_output(subject.name, judged_config(subject, file), document.catalog):
        outputs = model.outputs(document.catalog)
        if outputs is not None and subject.name in {each.name for each in outputs.fields}:
            yield outputs


def _task_tables(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    tasks = document.catalog.environment.file("optimum/exporters/tasks.py")
    if tasks is not None:
        yield place_of_key(tasks, subject.name, "class TasksManager")


def _model_classes(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    for model in models_of(judged_config(subject, file), document.catalog):
        forward = model.forward(document.catalog) if model.task == subject.name else None
        if forward is not None:
            yield place_of_class(forward.file, model.name)


def _hf_config(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    found = document.catalog.config_class(subject.name)
    if found is not None:
        yield place_of_name(found.file, found.line, found.name)


def _alias(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    configs = document.catalog.normalized_configs
    found = configs.aliases.get(subject.name) if configs is not None else None
    if found is not None:
        yield place_of_name(found.file, found.line, subject.name)


def _class_of_alias(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    configs = document.catalog.normalized_configs
    found = configs.aliases.get(subject.name) if configs is not None else None
    class_ = (
        configs.classes.get(found.class_name or "") if configs is not None and found is not None else None
    )
    if class_ is not None:
        yield place_of_name(class_.file, class_.line, class_.name)


def _axis(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    for dialect in Dialect:
        bases = document.catalog.neuron_bases(dialect)
        axis = (bases.axes or {}).get(subject.name) if bases is not None else None
        if bases is not None and axis is not None and bases.axes_file is not None:
            yield place_of_name(bases.axes_file, axis.line, axis.name)
            return


def _hf_attributes(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    return _in_hf_config(subject.name, subject, file, document)


def _normalized_name(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    path = normalized_path(subject, file)
    return _in_hf_config(path, subject, file, document) if path is not None else iter(())


def _in_hf_config(
    path: str, subject: Subject, file: ConfigFile, document: OpenDocument
) -> Iterator[Place | None]:
    for model_type in model_types_of(judged_config(subject, file)):
        class_ = document.catalog.config_class(model_type)
        found = hf_attribute(path, class_, document.catalog) if class_ is not None else None
        if found is not None and found.attribute is not None:
            yield place_of_name(found.attribute.file, found.attribute.line, found.attribute.name)


def _sub_configs(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    for model_type in model_types_of(judged_config(subject, file)):
        class_ = document.catalog.config_class(model_type)
        found = sub_config(subject.name, class_, document.catalog) if class_ is not None else None
        if found is not None:
            yield place_of_name(found.file, found.line, found.name)


def _attribute(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    """Where a class gets it from; of a definition, the one that it overrides."""
    order = subject.config.order if subject.config is not None else ()
    for class_ in order[1:] if subject.is_of_super else order:
        place = None
        if isinstance(class_, ClassValue):
            place = _defined_in(class_, subject.name, document)
            if place is not None and place.path is None and place.range == subject.range:
                continue
        elif isinstance(class_, BaseClass):
            place = _in_base(class_.facts, subject.name)
        if place is not None:
            yield place
            return


def _in_base(base: NeuronBase, name: str) -> Place | None:
    """What the body of a Neuron base class defines, or its constructor sets."""
    found = base.attributes.get(name) or base.members.get(name)
    if found is not None:
        return place_of_name(found.file, found.line, name)
    constructor = base.members.get("__init__")
    is_set = name in base.instance_attributes and constructor is not None
    return place_of_assignment(constructor.file, name) if is_set and constructor is not None else None


def _defined_in(class_: ClassValue, name: str, document: OpenDocument) -> Place | None:
    spans = [each.name_span for each in methods(class_) if each.name == name]
    ranges = [each.range for each in assignments(class_) if each.name == name]
    spans += [each.name_span for each in _set_on_self(class_) if each.name == name]
    ranges += [range_of(span, class_.line) for span in spans]
    if not ranges:
        return None
    if document.file is not None and class_.module.path == document.file.path:
        return _here(document, ranges[0], name)
    return _in_other_file(class_, ranges[0], name)


def _set_on_self(class_: ClassValue) -> Iterator[syntax.Attribute]:
    """``self.name`` where a method assigns to it."""
    for each in syntax.nodes_in(class_.node.body):
        for target in each.targets if isinstance(each, syntax.Assign) else ():
            owner = target.owner if isinstance(target, syntax.Attribute) else None
            if (
                isinstance(target, syntax.Attribute)
                and isinstance(owner, syntax.Name)
                and owner.name == "self"
            ):
                yield target


def _in_other_file(class_: ClassValue, range_: Range, name: str) -> Place | None:
    return (
        place_of_name(class_.module.path, range_.start.line + 1, name)
        if class_.module.path is not None
        else None
    )


def _base(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    """In the module that it is imported from, where that is at hand: another version may be judged by."""
    imported = file.followed.module.names.get(subject.name)
    if isinstance(imported, Dotted) and imported.is_bound:
        module, _, name = imported.name.rpartition(".")
        path = file.world.find(module or ".")
        place = place_of_class(path, name) if path is not None else None
        if place is not None:
            yield place
            return
    if isinstance(subject.value, BaseClass):
        yield place_of_name(subject.value.facts.file, subject.value.facts.line, subject.value.name)


def _generator(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    found = document.catalog.dummy_generators.get(subject.value.name)
    if found is not None:
        yield place_of_name(found.file, found.line, found.name)


def _class(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    value = subject.value
    if isinstance(value, ClassValue) and value.module.path != file.path:
        yield _in_other_file(value, range_of(value.node.name_span, value.line), value.name)
    elif isinstance(value, NormalizedClass) and (class_ := _normalized(value, document)) is not None:
        yield class_
    else:
        yield from _constant(subject, file, document)


def _normalized(value: NormalizedClass, document: OpenDocument) -> Place | None:
    configs = document.catalog.normalized_configs
    found = configs.classes.get(value.name) if configs is not None else None
    return place_of_name(found.file, found.line, found.name) if found is not None else None


def _constant(subject: Subject, file: ConfigFile, document: OpenDocument) -> Iterator[Place | None]:
    """Where the file binds the name first."""
    if document.file is None:
        return
    found = name_in_file(document.file, subject.name)
    bindings = [each.range for each in found.occurrences if each.is_binding]
    if bindings:
        yield _here(document, bindings[0], subject.name)
        return
    for line in found.unread_lines:
        yield _defined_in_broken(document, line, subject.name)


def _defined_in_broken(document: OpenDocument, first: int, name: str) -> Place | None:
    """By the words of a broken statement's first lines: ``class NAME`` or ``NAME =``."""
    definition = re.compile(rf"(?:class\s+|def\s+)?{re.escape(name)}\b(?!\s*[.\[])")
    for number in range(first, len(document.source.lines)):
        text = document.source.line(number)
        if definition.match(text):
            start = text.index(name)
            place = Range(Position(number, start), Position(number, start + len(name)))
            return _here(document, place, name)
        if number > first and re.match(r"(?:class|def)\b", text):
            break
    return None


_DEFINITIONS: Mapping[Kind, _Find] = {
    Kind.INPUT: _parameters,
    Kind.OUTPUT: _fields,
    Kind.TASK: _task_tables,
    Kind.MODEL_TYPE: _hf_config,
    Kind.ALIAS: _alias,
    Kind.AXIS: _axis,
    Kind.HF_ATTRIBUTE: _hf_attributes,
    Kind.NORMALIZED_NAME: _normalized_name,
    Kind.ATTRIBUTE: _attribute,
    Kind.BASE: _base,
    Kind.GENERATOR: _generator,
    Kind.CONFIG_CLASS: _class,
    Kind.NORMALIZED_CLASS: _class,
    Kind.CLASS: _class,
    Kind.CONSTANT: _constant,
}
_TYPES: Mapping[Kind, _Find] = {
    Kind.OUTPUT: _output_classes,
    Kind.TASK: _model_classes,
    Kind.MODEL_TYPE: _hf_config,
    Kind.ALIAS: _class_of_alias,
    Kind.HF_ATTRIBUTE: _sub_configs,
}
