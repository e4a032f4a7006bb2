"""Code actions: what mends findings, comments that silence them, refactorings, exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from lsprotocol import types

from neuron_config_server.features.actions.class_actions import exports, extractions, rewrites
from neuron_config_server.features.actions.kinds import EXPORT, EXTRACT, FIX_ALL, QUICK_FIX, REWRITE
from neuron_config_server.features.actions.offers import Offer, RefusedError, is_asked_for
from neuron_config_server.features.actions.quick_fixes import fix_everything, fixes
from neuron_config_server.features.actions.suppressions import silencers
from neuron_config_server.features.diagnostics import diagnostic
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.protocol import RefusedRequestError
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.reading.positions import Range

_OFFERING: tuple[tuple[str, Callable[[OpenDocument, Range], Iterator[Offer]]], ...] = (
    (QUICK_FIX, fixes),
    (QUICK_FIX, silencers),
    (REWRITE, rewrites),
    (EXTRACT, extractions),
    (FIX_ALL, fix_everything),
    (EXPORT, exports),
)
"""Kind -> what offers actions of it, in the order of the menu."""


class StaleActionError(Exception):
    """An action is of another version of its document, or of a document that isn't open."""


def code_actions(
    ls: NeuronConfigServer, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    document = ls.document(params.text_document.uri)
    return list(actions(document, params.range, params.context)) if document is not None else []


def resolve(ls: NeuronConfigServer, action: types.CodeAction) -> types.CodeAction:
    uri = action.data.get("uri") if isinstance(action.data, Mapping) else None
    try:
        return resolved(action, ls.document(uri) if isinstance(uri, str) else None)
    except (RefusedError, StaleActionError) as error:
        raise RefusedRequestError(f"{action.title}: {error}") from error


def actions(
    document: OpenDocument, range_: types.Range, context: types.CodeActionContext
) -> Iterator[types.CodeAction | types.Command]:
    """What is offered for a range, as the client can show it."""
    is_automatic = context.trigger_kind is types.CodeActionTriggerKind.Automatic
    for offer in _offers(document, document.range(range_), _names(context.only)):
        if document.client.takes_code_action_literals:
            found = _shown(offer, document, range_, is_automatic=is_automatic)
        else:
            found = offer.command
        if found is not None:
            yield found


def resolved(action: types.CodeAction, document: OpenDocument | None) -> types.CodeAction:
    """The action with its edit.

    Raises:
        StaleActionError: it is none of this version of the document.
        RefusedError: it would do something else than it should.
    """
    if document is None:
        raise StaleActionError("its document isn't open any more")
    edits = _offered_as(action.data, document).edits
    return attrs.evolve(action, edit=document.workspace_edit(tuple(edits()))) if edits is not None else action


def _offered_as(data: Any, document: OpenDocument) -> Offer:
    match data:
        case {"version": version, "range": [line, column, end_line, end_column], "what": [kind, *_] as what}:
            if version != document.version:
                raise StaleActionError("the text has changed since it was offered; ask again")
            start, end = types.Position(line, column), types.Position(end_line, end_column)
            for offer in _offers(document, document.range(types.Range(start, end)), [kind]):
                if offer.identity == [*what]:
                    return offer
    raise StaleActionError("it isn't among what is offered; ask again")


def _offers(document: OpenDocument, asked: Range, only: Sequence[str] | None) -> Iterator[Offer]:
    for kind, offers in _OFFERING:
        if is_asked_for(kind, only):
            yield from offers(document, asked)


def _names(kinds: Sequence[types.CodeActionKind | str] | None) -> list[str] | None:
    if kinds is None:
        return None
    return [kind.value if isinstance(kind, types.CodeActionKind) else kind for kind in kinds]


def _shown(
    offer: Offer, document: OpenDocument, range_: types.Range, *, is_automatic: bool
) -> types.CodeAction | None:
    """None where the client shows no such thing, or it has to be worked out though nobody asked for it."""
    client = document.client
    if offer.refusal is not None:
        is_shown = client.shows_disabled_actions and not is_automatic
        return (
            _action(offer, document, disabled=types.CodeActionDisabled(offer.refusal)) if is_shown else None
        )
    if offer.edits is None:
        return _action(offer, document, command=offer.command)
    if client.resolves_edits:
        return _action(offer, document, data=_data(offer, document, range_))
    edit = _edit_now(offer, document) if not (is_automatic and offer.takes_long) else None
    return _action(offer, document, edit=edit) if edit is not None else None


def _action(offer: Offer, document: OpenDocument, **more: Any) -> types.CodeAction:
    return types.CodeAction(
        title=offer.title,
        kind=offer.kind,
        diagnostics=[diagnostic(finding, document) for finding in offer.findings] or None,
        is_preferred=offer.is_preferred or None,
        **more,
    )


def _data(offer: Offer, document: OpenDocument, range_: types.Range) -> dict[str, object]:
    """What :func:`resolved` finds the offer again by."""
    start, end = range_.start, range_.end
    return {
        "uri": document.uri,
        "version": document.version,
        "range": [start.line, start.character, end.line, end.character],
        "what": offer.identity,
    }


def _edit_now(offer: Offer, document: OpenDocument) -> types.WorkspaceEdit | None:
    """The edit of a client that can't ask for it later; None if it doesn't hold, or changes nothing."""
    try:
        edits = tuple(offer.edits()) if offer.edits is not None else ()
    except RefusedError:
        return None
    return document.workspace_edit(edits) if edits else None
