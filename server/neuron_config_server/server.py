"""The language server: binds the methods of the Language Server Protocol to the features."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from neuron_config_server import __version__
from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.features import code_action, diagnostics
from neuron_config_server.features.analysis import Analyser, Analysis
from neuron_config_server.features.protocol import SteadyProtocol
from neuron_config_server.features.text_documents import ExactWorkspace
from neuron_config_server.rules import all_rules
from neuron_config_server.settings import read_settings

logger = logging.getLogger(__name__)


class NeuronConfigServer(LanguageServer):
    """A language server for Neuron config classes."""

    def __init__(self) -> None:
        super().__init__("neuron-config-server", __version__, protocol_cls=SteadyProtocol)
        self.analyser = Analyser(Catalog(Environment.own()), all_rules())

    @property
    def encoding(self) -> str:
        """The position encoding that was negotiated."""
        return str(types.PositionEncodingKind(self.workspace.position_encoding).value)

    @property
    def client_pulls(self) -> bool:
        """Whether the client asks for diagnostics; if not, they are pushed."""
        capabilities = self.client_capabilities.text_document
        return capabilities is not None and capabilities.diagnostic is not None

    @property
    def client_takes_versioned_edits(self) -> bool:
        workspace = self.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace is not None else None
        return edits is not None and bool(edits.document_changes)

    def set_up(self, params: types.InitializeParams) -> None:
        """Choose the environment whose packages configs are judged by."""
        settings, problems = read_settings(params.initialization_options)
        root = self.workspace.root_path or next(map(_path, params.workspace_folders or ()), None)
        workspace = Path(root) if root else None
        try:
            environment = Environment.discover(workspace, settings.interpreter, os.environ)
        except EnvironmentNotFoundError as error:
            problems.append(str(error))
            environment = Environment.discover(workspace, None, os.environ)
        self.analyser = Analyser(Catalog.with_cache_and_releases(environment, os.environ), all_rules())
        for problem in problems:
            self.tell(types.MessageType.Warning, problem)

    def tell_what_is_missing(self) -> None:
        """Say once which packages the environment lacks, and what to do about it."""
        absence = self.analyser.catalog.absence
        if absence is not None:
            self.tell(types.MessageType.Info, f'{absence} with the setting "interpreter".')

    def tell(self, kind: types.MessageType, message: str) -> None:
        self.window_show_message(types.ShowMessageParams(kind, f"neuron-config: {message}"))

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for a shutdown, as it must before ``exit``."""
        return self.protocol._shutdown

    def is_open(self, uri: str) -> bool:
        """Whether the client has the document open; of others it has no text to be judged."""
        return uri in self.workspace.text_documents

    def analysis(self, uri: str) -> Analysis:
        return self.analyser.analyse(uri, self.workspace.get_text_document(uri).source)

    def push_diagnostics(self, uri: str) -> None:
        """Publish a document's diagnostics with its version, unless the client pulls them."""
        if self.client_pulls:
            return
        version = self.workspace.get_text_document(uri).version
        items = diagnostics.diagnostics(self.analysis(uri), self.encoding)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items, version))

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log it: by default every exception in a notification's handler becomes a popup."""
        logger.error("error in the server (%s): %s", source.__name__, error, exc_info=error)


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

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: NeuronConfigServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.push_diagnostics(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: NeuronConfigServer, params: types.DidChangeTextDocumentParams) -> None:
        ls.push_diagnostics(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: NeuronConfigServer, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        ls.analyser.forget(uri)
        if not ls.client_pulls:
            ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC, types.DiagnosticOptions(False, False, identifier="neuron-config")
    )
    def pull(
        ls: NeuronConfigServer, params: types.DocumentDiagnosticParams
    ) -> types.DocumentDiagnosticReport:
        if not ls.is_open(params.text_document.uri):
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        analysis = ls.analysis(params.text_document.uri)
        return diagnostics.document_report(analysis, ls.encoding, params.previous_result_id)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def code_actions(ls: NeuronConfigServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        if not ls.is_open(uri):
            return []
        document = code_action.Document(
            uri, ls.workspace.get_text_document(uri).version, ls.encoding, ls.client_takes_versioned_edits
        )
        return code_action.quick_fixes(ls.analysis(uri), document, params.range, params.context.only)

    return server


def _path(folder: types.WorkspaceFolder) -> str | None:
    return to_fs_path(folder.uri)
