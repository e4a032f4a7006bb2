"""The language server: every feature, bound to the methods of the Language Server Protocol."""

from __future__ import annotations

from lsprotocol import types

from neuron_config_server.features import code_action, completion, diagnostics
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.text_documents import ExactWorkspace

FEATURES = (diagnostics, code_action, completion)
"""Each binds its own methods."""


def create_server() -> NeuronConfigServer:
    """A server with every feature bound; start it with ``start_io()``."""
    server = NeuronConfigServer()

    @server.feature(types.INITIALIZE)
    def initialize(ls: NeuronConfigServer, params: types.InitializeParams) -> None:
        ls.protocol._workspace = ExactWorkspace.in_place_of(ls.workspace)
        ls.set_up(params)

    @server.feature(types.INITIALIZED)
    def initialized(ls: NeuronConfigServer, params: types.InitializedParams) -> None:
        ls.tell_what_is_missing()

    for feature in FEATURES:
        feature.bind(server)
    return server
