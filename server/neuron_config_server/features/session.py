"""The server of one client: what it can do and wants, the folders it works in, its open documents."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Coroutine, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast
from urllib.parse import unquote

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from neuron_config_server import __version__
from neuron_config_server.features.client import Client
from neuron_config_server.features.protocol import (
    NoFaultsOfOurs,
    OnceEach,
    RefusedRequestError,
    SteadyProtocol,
)
from neuron_config_server.features.transport import Pipes
from neuron_config_server.settings.client import Settings

if TYPE_CHECKING:
    from neuron_config_server.features.folders import Folders
    from neuron_config_server.features.open_document import OpenDocument

_Kept = TypeVar("_Kept")
_FAILED = "rule {code} failed, and its findings are missing; the server's log says more: please report it"
logger = logging.getLogger(__name__)


class NeuronConfigServer(LanguageServer):
    """A language server for Neuron config classes; ``server.HANDLERS`` says what answers what."""

    def __init__(self) -> None:
        super().__init__("neuron-config-server", __version__, protocol_cls=SteadyProtocol)
        logging.getLogger("pygls.protocol.json_rpc").addFilter(NoFaultsOfOurs())
        for name in ("neuron_config_server.lint.check", "neuron_config_server.features.protocol"):
            logging.getLogger(name).addFilter(OnceEach())
        self.client = Client()
        self.settings = Settings()
        """Where a folder has none of its own."""
        self._kept: dict[type, Any] = {}
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def encoding(self) -> str:
        """The position encoding that was negotiated."""
        return str(types.PositionEncodingKind(self.workspace.position_encoding).value)

    @cached_property
    def folders(self) -> Folders:
        """What is known in each folder of the workspace."""
        from neuron_config_server.features.folders import Folders  # 50 ms that `initialize` needn't wait for

        return Folders(self.workspace, self.settings, os.environ)

    def start_io(self, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
        """Serve over pipes until the client says ``exit``, or is gone."""
        self._stop_event = threading.Event()
        pipes = Pipes(stdin or sys.stdin.buffer, stdout or sys.stdout.buffer)
        self.protocol.set_writer(pipes)
        try:
            asyncio.run(pipes.receive_all(cast(SteadyProtocol, self.protocol).receive))
        except BrokenPipeError:
            logger.info("the client is gone")
        except (KeyboardInterrupt, SystemExit):
            pass  # `exit` ends the loop so
        finally:
            self.shutdown()

    def kept(self, kind: type[_Kept]) -> _Kept:
        """What a feature keeps from one request to the next: the session's only object of a class."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        return self._kept[kind]

    @cached_property
    def workspace_changed(self) -> asyncio.Event:
        """Set when files of the workspace may have other diagnostics now."""
        return asyncio.Event()

    @cached_property
    def settings_known(self) -> asyncio.Event:
        """Set when the client has told its settings, or won't."""
        return asyncio.Event()

    def document(self, uri: str) -> OpenDocument | None:
        """A document that the client has open; of others it has no text to be judged: None."""
        from neuron_config_server.features.open_document import OpenDocument

        document = self.workspace.text_documents.get(unquote(uri))
        if document is None:
            return None
        analysis = self.folders.analyses(document.uri).of(document.uri, document.source)
        for code in analysis.crashed:
            self.tell_once(types.MessageType.Error, _FAILED.format(code=code))
        return OpenDocument(analysis, document.version, self.encoding, self.client)

    @property
    def open_uris(self) -> list[str]:
        """The documents that the client has open, as it names them: pygls keeps them by unquoted names."""
        return [each.uri for each in self.workspace.text_documents.values()]

    def has_open(self, uri: str) -> bool:
        return unquote(uri) in self.workspace.text_documents

    def documents(self) -> Iterator[OpenDocument]:
        """Every document that the client has open."""
        found = map(self.document, self.open_uris)
        return (each for each in found if each is not None)

    def settings_of(self, uri: str) -> Settings:
        """The settings that hold for a document."""
        return self.folders.settings(uri)

    def tell(self, kind: types.MessageType, message: str) -> None:
        self.window_show_message(types.ShowMessageParams(kind, f"neuron-config: {message}"))

    def tell_once(self, kind: types.MessageType, message: str) -> None:
        """Tell what would be told again with each folder and each change of the settings."""
        if message not in self._told:
            self._told.add(message)
            self.tell(kind, message)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside answering."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself doesn't hold it
        task.add_done_callback(self._tasks.discard)

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for a shutdown, as it must before ``exit``."""
        return self.protocol._shutdown

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log it: by default every exception in a notification's handler becomes a popup."""
        if not isinstance(error, RefusedRequestError):
            logger.error("error in the server (%s): %s", source.__name__, error, exc_info=error)
