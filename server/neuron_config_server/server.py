"""The language server: every method of the Language Server Protocol that it answers, and what does.

The module of a feature is imported when it is first needed: what all of them take is imported in 0.3 s, and a
client that starts the server waits for its answer.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from lsprotocol import types

from neuron_config_server.features.actions.kinds import KINDS
from neuron_config_server.features.completions.triggers import TRIGGERS
from neuron_config_server.features.session import NeuronConfigServer


@dataclass(frozen=True)
class Handler:
    """What answers a method: a function of a feature's module, which takes the server and the parameters."""

    method: str
    place: str
    """``module.function``, in :mod:`neuron_config_server.features`."""
    options: Any = None
    is_async: bool = False
    """Whether it gives way to others while it works."""

    def bind(self, server: NeuronConfigServer) -> None:
        def handle(ls: NeuronConfigServer, params: Any) -> Any:
            return _function(self.place)(ls, params)

        async def handle_async(ls: NeuronConfigServer, params: Any) -> Any:
            return await handle(ls, params)

        server.feature(self.method, self.options)(handle_async if self.is_async else handle)


@dataclass(frozen=True)
class Command:
    """What does a command: a function that takes the server and the command's arguments."""

    name: str
    place: str
    """As of a :class:`Handler`."""

    def bind(self, server: NeuronConfigServer) -> None:
        @server.command(self.name)
        def execute(ls: NeuronConfigServer, *arguments: Any) -> Any:
            return _function(self.place)(ls, *arguments)


@cache
def _function(place: str) -> Any:
    module, _, function = place.partition(".")
    return getattr(importlib.import_module(f"{_FEATURES}.{module}"), function)


_FEATURES = "neuron_config_server.features"
HANDLERS = (
    Handler(types.INITIALIZE, "lifecycle.initialize"),
    Handler(types.INITIALIZED, "lifecycle.initialized"),
    Handler(types.WORKSPACE_DID_CHANGE_CONFIGURATION, "lifecycle.did_change_configuration"),
    Handler(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, "lifecycle.did_change_watched_files"),
    Handler(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, "lifecycle.did_change_workspace_folders"),
    Handler(types.TEXT_DOCUMENT_DID_OPEN, "diagnostics.did_open"),
    Handler(types.TEXT_DOCUMENT_DID_CHANGE, "diagnostics.did_change"),
    Handler(types.TEXT_DOCUMENT_DID_SAVE, "diagnostics.did_save"),
    Handler(types.TEXT_DOCUMENT_DID_CLOSE, "diagnostics.did_close"),
    Handler(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        "diagnostics.pull",
        types.DiagnosticOptions(False, False, identifier="neuron-config"),
    ),
    Handler(types.WORKSPACE_DIAGNOSTIC, "workspace_diagnostics.check", is_async=True),
    Handler(
        types.TEXT_DOCUMENT_CODE_ACTION,
        "code_action.code_actions",
        types.CodeActionOptions(code_action_kinds=KINDS, resolve_provider=True),
    ),
    Handler(types.CODE_ACTION_RESOLVE, "code_action.resolve"),
    Handler(
        types.TEXT_DOCUMENT_COMPLETION,
        "completion.complete",
        types.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True),
    ),
    Handler(types.COMPLETION_ITEM_RESOLVE, "completion.resolve"),
    Handler(types.TEXT_DOCUMENT_HOVER, "hover.hover"),
    Handler(types.TEXT_DOCUMENT_DEFINITION, "definition.definition"),
    Handler(types.TEXT_DOCUMENT_TYPE_DEFINITION, "definition.type_definition"),
    Handler(types.TEXT_DOCUMENT_REFERENCES, "references.references"),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, "references.highlights"),
    Handler(types.TEXT_DOCUMENT_PREPARE_RENAME, "rename.prepare"),
    Handler(types.TEXT_DOCUMENT_RENAME, "rename.rename"),
    Handler(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, "document_symbol.document_symbols"),
    Handler(types.WORKSPACE_SYMBOL, "workspace_symbol.workspace_symbols"),
    Handler(types.TEXT_DOCUMENT_FOLDING_RANGE, "folding_range.folding_ranges"),
    Handler(
        types.TEXT_DOCUMENT_DOCUMENT_LINK, "document_link.document_links", types.DocumentLinkOptions(False)
    ),
    Handler(
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        "signature_help.signature_help",
        types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=["="]),
    ),
    Handler(types.TEXT_DOCUMENT_INLAY_HINT, "inlay_hint.inlay_hints", types.InlayHintOptions(False)),
    Handler(types.TEXT_DOCUMENT_CODE_LENS, "code_lens.code_lenses", types.CodeLensOptions(False)),
)
COMMANDS = (
    Command("neuron-config.debugInformation", "debug_information.debug_information"),
    Command("neuron-config.exportAndValidate", "export_and_validate.export_and_validate"),
)


def create_server() -> NeuronConfigServer:
    """A server with every feature bound; start it with ``start_io()``."""
    server = NeuronConfigServer()
    for each in (*HANDLERS, *COMMANDS):
        each.bind(server)
    return server
