"""What a call takes while it is being written: registrations, ``with_args``, and lookups by alias."""

from __future__ import annotations

import re

from lsprotocol import types

from neuron_config_server.features.known_signatures import Signature, signature_of
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.tokens import OpenCall, open_call
from neuron_config_server.reading.positions import Position, Range

_NAMED = re.compile(r"(\w+)\s*=(?!=)")
_NAME = re.compile(r"\w+\Z")


def signature_help(ls: NeuronConfigServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    document = ls.document(params.text_document.uri)
    return help_at(document, params.position) if document is not None else None


def help_at(document: OpenDocument, place: types.Position) -> types.SignatureHelp | None:
    """The signature of the call around a place, if it is one that configs make."""
    here = document.position(place)
    statement = document.file.statement_at(here.line) if document.file is not None else None
    if document.file is None or statement is None:
        return None
    call = open_call(document.source.slice(Range(Position(statement.line, 0), here)))
    signature = signature_of(call, document.file, document.catalog) if call is not None else None
    if call is None or signature is None:
        return None
    active = active_parameter(signature, call)
    return types.SignatureHelp(
        signatures=[_information(signature, document)], active_signature=0, active_parameter=active
    )


def active_parameter(signature: Signature, call: OpenCall) -> int | None:
    """The parameter that the argument at the end of the call is for; None if the call has no such one."""
    *before, current = call.arguments
    names = [each.name for each in signature.parameters]
    named = _NAMED.match(current)
    if named is not None:
        return names.index(named[1]) if named[1] in names else None
    if _NAME.match(current):  # perhaps the start of a keyword
        for place, parameter in enumerate(signature.parameters):
            if parameter.is_keyword and parameter.name.startswith(current):
                return place
    given = [named[1] for each in before if (named := _NAMED.match(each)) is not None]
    return _by_position(signature, len(before) - len(given), given)


def _by_position(signature: Signature, count: int, given: list[str]) -> int | None:
    positional = [each for each in signature.parameters if not each.is_keyword]
    if positional and positional[-1].takes_many:
        count = min(count, len(positional) - 1)
    if count < len(positional) and not given:
        return count
    left = (
        place for place, each in enumerate(signature.parameters) if each.is_keyword and each.name not in given
    )
    return next(left, None)


def _information(signature: Signature, document: OpenDocument) -> types.SignatureInformation:
    parameters = [
        types.ParameterInformation(label=each.label, documentation=_documentation(each.doc, document))
        for each in signature.parameters
    ]
    label = f"{signature.name}({', '.join(each.label for each in signature.parameters)})"
    return types.SignatureInformation(label, _documentation(signature.doc, document), parameters)


def _documentation(text: str, document: OpenDocument) -> types.MarkupContent | str:
    if document.client.reads_markdown_in_signatures:
        return types.MarkupContent(types.MarkupKind.Markdown, text)
    return text.replace("`", "")
