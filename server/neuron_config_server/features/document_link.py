"""Links to pages on the web: a model type's in transformers' documentation, a rule's in ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.lint.suppressions import suppressions
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules import rule_names
from neuron_config_server.rules.home import url_of

_MODEL_PAGES = "https://huggingface.co/docs/transformers/model_doc"
_CODE = re.compile(r"\bNC\d+\b", re.IGNORECASE)


def document_links(ls: NeuronConfigServer, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    document = ls.document(params.text_document.uri)
    return links(document) if document is not None else []


def links(document: OpenDocument) -> list[types.DocumentLink]:
    """Every link of a document."""
    if document.file is None:
        return []
    return [*_to_model_pages(document.file, document), *_to_rule_pages(document.file, document)]


def model_page(model_type: str, catalog: Catalog) -> str | None:
    """The address of a model type's page; None if transformers has none of that name, or it can't be told."""
    config_class = catalog.config_class(model_type)
    if config_class is None:
        return None
    # A page is named by the model type that its folder is named after, with its dashes: `deberta-v2`. Other
    # model types of the folder (`clip_text_model`) are on that page.
    folder = config_class.file.parent.name
    names = [model_type, *(catalog.model_types or ())]
    name = next((each for each in names if each.replace("-", "_") == folder), folder)
    return f"{_MODEL_PAGES}/{name}"


def _to_model_pages(file: ConfigFile, document: OpenDocument) -> Iterator[types.DocumentLink]:
    linked: set[Range] = set()
    for config in file.classes:
        for registration in config.registrations:
            model_type = registration.model_type
            if registration.library != TRANSFORMERS or not isinstance(model_type, StringLiteral):
                continue
            page = model_page(model_type.value, document.catalog)
            if page is not None and file.holds(model_type) and model_type.inner not in linked:
                linked.add(model_type.inner)
                yield _link(
                    model_type.inner, page, f"{model_type.value} in transformers' documentation", document
                )


def _to_rule_pages(file: ConfigFile, document: OpenDocument) -> Iterator[types.DocumentLink]:
    for suppression in suppressions(file):
        start = suppression.range.start
        for found in _CODE.finditer(document.source.slice(suppression.range)):
            code = found.group().upper()
            url = url_of(code)
            if code in rule_names() and url is not None and suppression.names(code):
                place = Range(*(Position(start.line, start.column + each) for each in found.span()))
                yield _link(place, url, f"{code} {rule_names()[code]}", document)


def _link(place: Range, target: str, tooltip: str, document: OpenDocument) -> types.DocumentLink:
    shown = tooltip if document.client.shows_link_tooltips else None
    return types.DocumentLink(document.client_range(place), target, shown)
