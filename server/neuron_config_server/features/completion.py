"""Completion: what may stand at the cursor in a config class, its decorators and its comments."""

from __future__ import annotations

from lsprotocol import types

from neuron_config_server.features.completions.codes import codes_at
from neuron_config_server.features.completions.documentation import resolved
from neuron_config_server.features.completions.offer import completion_list
from neuron_config_server.features.completions.places import place_at
from neuron_config_server.features.completions.request import request_at
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer

_QUOTES = ('"', "'")


def complete(ls: NeuronConfigServer, params: types.CompletionParams) -> types.CompletionList | None:
    document = ls.document(params.text_document.uri)
    context = params.context
    typed = context.trigger_character if context is not None else None
    return completion(document, params.position, typed) if document is not None else None


def resolve(ls: NeuronConfigServer, item: types.CompletionItem) -> types.CompletionItem:
    uri = item.data.get("uri") if isinstance(item.data, dict) else None
    document = ls.document(uri) if isinstance(uri, str) else None
    return resolved(item, document) if document is not None else item


def completion(
    document: OpenDocument, place: types.Position, typed: str | None = None
) -> types.CompletionList | None:
    """What may stand at a place; None where nothing of ours belongs.

    Args:
        typed: the trigger character that was typed; None where the client asks of its own accord.
    """
    if document.file is None:
        return None
    position = document.position(place)
    codes = codes_at(document, position)
    if codes is not None:
        return codes if typed in (None, "[", ",", " ") else None
    request = request_at(document, position)
    if request is None or (typed in _QUOTES and request.site.quoted is None):  # it closes a string
        return None
    found = place_at(request)
    if found is None or (typed is not None and typed not in found.triggers):
        return None
    return completion_list(found.offers(), request, is_incomplete=found.is_incomplete)
