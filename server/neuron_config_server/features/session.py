"""The server of one client: what it was told at the start, its environment, and its open documents."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from neuron_config_server import __version__
from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.features.analyses import Analyses, folder_of_kept_findings
from neuron_config_server.features.client import Client
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.protocol import SteadyProtocol
from neuron_config_server.settings import read_settings

logger = logging.getLogger(__name__)


class NeuronConfigServer(LanguageServer):
    """A language server for Neuron config classes. Features bind themselves to it (``bind``)."""

    def __init__(self) -> None:
        super().__init__("neuron-config-server", __version__, protocol_cls=SteadyProtocol)
        self.analyses = Analyses(Environment.own())
        self.client = Client()

    @property
    def encoding(self) -> str:
        """The position encoding that was negotiated."""
        return str(types.PositionEncodingKind(self.workspace.position_encoding).value)

    def set_up(self, params: types.InitializeParams) -> None:
        """Choose the environment whose packages configs are judged by."""
        self.client = Client.of(params.capabilities)
        settings, problems = read_settings(params.initialization_options)
        root = self.workspace.root_path or next(map(_path, params.workspace_folders or ()), None)
        workspace = Path(root) if root else None
        try:
            environment = Environment.discover(workspace, settings.interpreter, os.environ)
        except EnvironmentNotFoundError as error:
            problems.append(str(error))
            environment = Environment.discover(workspace, None, os.environ)
        self.analyses = Analyses(environment, folder_of_kept_findings(os.environ))
        for problem in problems:
            self.tell(types.MessageType.Warning, problem)

    def tell(self, kind: types.MessageType, message: str) -> None:
        self.window_show_message(types.ShowMessageParams(kind, f"neuron-config: {message}"))

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for a shutdown, as it must before ``exit``."""
        return self.protocol._shutdown

    def document(self, uri: str) -> OpenDocument | None:
        """A document that the client has open; of others it has no text to be judged: None."""
        document = self.workspace.text_documents.get(uri)
        if document is None:
            return None
        analysis = self.analyses.of(uri, document.source)
        return OpenDocument(analysis, document.version, self.encoding, self.client)

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log it: by default every exception in a notification's handler becomes a popup."""
        logger.error("error in the server (%s): %s", source.__name__, error, exc_info=error)


def _path(folder: types.WorkspaceFolder) -> str | None:
    return to_fs_path(folder.uri)
