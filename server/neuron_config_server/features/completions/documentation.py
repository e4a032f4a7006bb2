"""The documentation of what is offered: with the item, or when the client asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lsprotocol import types

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.completions.request import Request, request_at
from neuron_config_server.features.describing import descriptions
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position


@dataclass(frozen=True)
class _Subject:
    """What is described, and the class that it is described for."""

    name: str
    config: ConfigClass | None
    model_type: str | None
    file: ConfigFile | None
    catalog: Catalog


def _of_hf_attribute(it: _Subject) -> str | None:
    """What transformers says of ``model_type.attribute``."""
    model_type, _, name = it.name.rpartition(".")
    config = it.catalog.config_class(model_type)
    attribute = config.attribute(name) if config is not None else None
    return attribute.doc if attribute is not None else None


def _of_normalized_class(it: _Subject) -> str | None:
    """Where a normalized config finds what it declares."""
    configs = it.catalog.normalized_configs
    class_ = configs.classes.get(it.name) if configs is not None else None
    paths = class_.attributes.declared.items() if class_ is not None else ()
    return "\n".join(f"- `{name.lower()}`: `{path}` of the model's config" for name, path in paths) or None


_DESCRIBERS: Mapping[str, Callable[[_Subject], str | None]] = {
    "input": lambda it: descriptions.of_input(it.name, it.config, it.catalog),
    "output": lambda it: descriptions.of_output(it.name, it.config, it.catalog),
    "task": lambda it: descriptions.of_task(it.name, it.model_type, it.catalog),
    "model type": lambda it: descriptions.of_model_type(it.name, it.file, it.catalog),
    "alias": lambda it: descriptions.of_alias(it.name, it.model_type, it.catalog),
    "axis": lambda it: descriptions.of_axis(it.name, it.catalog),
    "generator": lambda it: descriptions.of_generator(it.name, it.catalog),
    "base": lambda it: descriptions.of_base(it.name, it.catalog),
    "attribute": lambda it: descriptions.of_attribute(it.name, it.catalog),
    "library": lambda it: descriptions.of_library(it.name, it.catalog),
    "flag": lambda it: descriptions.of_flag(it.name, it.catalog),
    "attribute of the model's config": _of_hf_attribute,
    "normalized config": _of_normalized_class,
    "rule": lambda it: descriptions.of_rule(it.name),
}
"""By what kind of thing it is."""


def identity(document: OpenDocument, place: Position, topic: str, name: str) -> dict[str, object]:
    """What an item carries, so that its documentation can be asked for."""
    return {
        "uri": document.uri,
        "line": place.line,
        "column": place.column,
        "topic": topic,
        "name": name,
    }


def documentation(
    document: OpenDocument, request: Request | None, topic: str, name: str
) -> types.MarkupContent | str | None:
    """What is known of what was offered; None if nothing is."""
    describe = _DESCRIBERS.get(topic)
    config = request.config if request is not None else None
    model_type = request.model_type if request is not None else None
    subject = _Subject(name, config, model_type, document.file, document.catalog)
    text = describe(subject) if describe is not None else None
    if text is None or not document.client.reads_markdown_in_completion:
        return text
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def resolved(item: types.CompletionItem, document: OpenDocument) -> types.CompletionItem:
    """The item with its documentation, if it says what it is."""
    data = item.data if isinstance(item.data, dict) else {}
    line, column, topic, name = (data.get(key) for key in ("line", "column", "topic", "name"))
    if isinstance(line, int) and isinstance(column, int) and isinstance(topic, str) and isinstance(name, str):
        request = request_at(document, Position(line, column))
        item.documentation = documentation(document, request, topic, name)
    return item
