"""The start: what the client can do and wants is read, and what is slow to import is imported behind it."""

from __future__ import annotations

import asyncio
import logging

from lsprotocol import types

from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.text_documents import ExactWorkspace

logger = logging.getLogger(__name__)

_SECONDS_UNTIL_READY = 0.3
"""A client that has a document open asks about it before that; it needn't wait for what it doesn't need."""


def initialize(ls: NeuronConfigServer, params: types.InitializeParams) -> None:
    ls.protocol._workspace = ExactWorkspace.in_place_of(ls.workspace)
    ls.set_up(params)


def initialized(ls: NeuronConfigServer, params: types.InitializedParams) -> None:
    asyncio.get_running_loop().call_later(_SECONDS_UNTIL_READY, _get_ready, ls)


def _get_ready(ls: NeuronConfigServer) -> None:
    """Import what analysing takes, read what is open, and say what is missing."""
    if ls.was_shut_down:
        return
    absence = ls.analyses.analyser.catalog.absence
    if absence is not None:
        ls.tell(types.MessageType.Info, f'{absence} with the setting "interpreter".')
    for uri in list(ls.workspace.text_documents):
        document = ls.document(uri)
        if document is not None and document.file is not None:
            ls.analyses.keep(uri)
