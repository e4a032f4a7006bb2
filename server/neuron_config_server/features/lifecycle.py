"""The start, and what changes while the server runs: settings, folders, packages.

What is slow to import is imported behind the start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from lsprotocol import types

from neuron_config_server import __version__
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.text_documents import ExactWorkspace
from neuron_config_server.settings.client import SECTION, Settings, read_settings

logger = logging.getLogger(__name__)

_SECONDS_UNTIL_READY = 0.3
"""A client that has a document open asks about it before that; it needn't wait for what it doesn't need."""
_WATCHED = ("**/pyproject.toml", "**/neuron-config.toml", "**/pyvenv.cfg", "**/*.py")
"""What decides what is found in a file, beside its own text: settings, environments, what it imports."""
STATUS = "$/neuronConfig/status"
"""A notification that clients may pass over, as the protocol has it of such names."""
_OF_ENVIRONMENTS = ("pyvenv.cfg", "pyproject.toml", "neuron-config.toml")


def initialize(ls: NeuronConfigServer, params: types.InitializeParams) -> None:
    from neuron_config_server.features.client import Client

    ls.protocol._workspace = ExactWorkspace.in_place_of(ls.workspace)
    ls.protocol.trace = params.trace or types.TraceValue.Off  # pygls 2.1.1 leaves it out
    ls.client = Client.of(params.capabilities)
    ls.settings, problems = read_settings(params.initialization_options)
    _heed(ls, ls.settings, problems)


def initialized(ls: NeuronConfigServer, params: types.InitializedParams) -> None:
    _register(ls)
    if ls.client.can_be_asked_for_settings:
        ls.start(_ask_for_settings(ls))
    else:
        ls.settings_known.set()
    asyncio.get_running_loop().call_later(_SECONDS_UNTIL_READY, _get_ready, ls)


def did_change_configuration(ls: NeuronConfigServer, params: types.DidChangeConfigurationParams) -> None:
    """A client that can be asked is asked; the others send what they have."""
    if ls.client.can_be_asked_for_settings:
        ls.start(_ask_for_settings(ls))
        return
    sent = params.settings if isinstance(params.settings, dict) else {}
    ls.settings, problems = read_settings(sent.get(SECTION, sent))
    _heed(ls, ls.settings, problems)
    if ls.folders.set(ls.settings, {}):
        _say_again(ls)


def did_change_watched_files(ls: NeuronConfigServer, params: types.DidChangeWatchedFilesParams) -> None:
    """An environment, settings or a neighbour may be others now."""
    if any(each.uri.endswith(_OF_ENVIRONMENTS) for each in params.changes):
        ls.folders.look_again()
    else:
        ls.folders.hurry()
    _say_again(ls)


def did_change_workspace_folders(
    ls: NeuronConfigServer, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    ls.folders.look_again()
    if ls.client.can_be_asked_for_settings:
        ls.start(_ask_for_settings(ls))
    else:
        _say_again(ls)


async def _ask_for_settings(ls: NeuronConfigServer) -> None:
    """The client's settings, and those of each folder; where there are none, the initial ones stay."""
    uris = ls.folders.uris()
    items = [types.ConfigurationItem(uri, SECTION) for uri in (None, *uris)]
    try:
        sent = await ls.workspace_configuration_async(types.ConfigurationParams(items))
    except Exception as error:  # noqa: BLE001 - a client that says it can, and can't
        logger.warning("the client doesn't tell its settings: %s", error)
        return
    finally:
        ls.settings_known.set()
    whole, *of_folders = (_read(ls, each) for each in [*sent, *[None] * len(items)][: len(items)])
    ls.settings = whole or ls.settings
    others = {uri: each for uri, each in zip(uris, of_folders) if each not in (None, ls.settings)}
    if ls.folders.set(ls.settings, others):
        _say_again(ls)


def _read(ls: NeuronConfigServer, sent: Any) -> Settings | None:
    if not sent:
        return None
    settings, problems = read_settings(sent)
    _heed(ls, settings, problems)
    return settings


def _heed(ls: NeuronConfigServer, settings: Settings, problems: Sequence[str]) -> None:
    logging.getLogger("neuron_config_server").setLevel(settings.log_level.upper())
    for problem in problems:
        ls.tell_once(types.MessageType.Warning, problem)


def _register(ls: NeuronConfigServer) -> None:
    """Ask for what can't be announced in the answer to ``initialize``."""
    registrations = []
    if ls.client.registers_watchers:
        watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registrations.append(
            types.Registration("watchers", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        )
    if ls.client.registers_configuration:
        section = types.DidChangeConfigurationRegistrationOptions(SECTION)
        registrations.append(
            types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
        )
    if registrations:
        ls.client_register_capability(types.RegistrationParams(registrations))


def _get_ready(ls: NeuronConfigServer) -> None:
    """Import what analysing takes, read what is open, and say what is missing."""
    if ls.was_shut_down:
        return
    _tell_status(ls, "starting")
    for document in ls.documents():
        if document.file is not None:
            ls.folders.analyses(document.uri).keep(document.uri)
    for path in ls.folders.paths() or (None,):
        ls.folders.of(path.as_uri() if path is not None else "")
    _tell_what_is_missing(ls)


def _tell_status(ls: NeuronConfigServer, state: str) -> None:
    """What a client may show in its status bar: the state, and what configs are judged by."""
    environments = [
        {
            "folder": str(folder.path) if folder.path is not None else None,
            "interpreter": str(folder.environment.python),
            "missing": list(analyses.analyser.catalog.missing) if analyses.is_ready else [],
        }
        for folder, analyses in ls.folders.all_analyses()
    ]
    status = {"state": state, "version": __version__, "environments": environments}
    ls.protocol.notify(STATUS, status)


def _tell_what_is_missing(ls: NeuronConfigServer) -> None:
    for folder, analyses in ls.folders.all_analyses():
        if folder.problem is not None:
            ls.tell_once(types.MessageType.Warning, folder.problem)
        absence = analyses.analyser.catalog.absence
        if absence is not None:
            ls.tell_once(types.MessageType.Info, f'{absence} with the setting "interpreter".')
    _tell_status(ls, "ready")


def _say_again(ls: NeuronConfigServer) -> None:
    """What is on the screen may be wrong now."""
    from neuron_config_server.features import diagnostics

    ls.workspace_changed.set()
    for document in ls.documents():
        diagnostics.push(ls, document.uri)
    if ls.client.refreshes_diagnostics:
        ls.workspace_diagnostic_refresh(None)
    if ls.client.refreshes_inlay_hints:
        ls.workspace_inlay_hint_refresh(None)
    if ls.client.refreshes_code_lenses:
        ls.workspace_code_lens_refresh(None)
    _tell_what_is_missing(ls)
