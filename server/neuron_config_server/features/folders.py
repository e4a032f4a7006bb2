"""The folders of a workspace: each may have settings of its own, and has an environment to be judged by."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pygls.workspace import Workspace

from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.features.analyses import Analyses, folder_of_kept_findings
from neuron_config_server.features.documents import path_of
from neuron_config_server.settings.client import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Folder:
    """A folder of the workspace; of documents outside of any, the path is None."""

    path: Path | None
    settings: Settings
    environment: Environment
    problem: str | None
    """Why its environment isn't the one that the settings name."""


class Folders:
    """What is known in each folder. Folders with the same environment share what is read of it."""

    def __init__(self, workspace: Workspace, settings: Settings, variables: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._settings = settings
        self._settings_of: dict[str, Settings] = {}
        self._variables = variables
        self._folders: dict[Path | None, Folder] = {}
        self._by_document: dict[str, Folder] = {}
        self._analyses: dict[tuple[Path, ...], Analyses] = {}

    def paths(self) -> tuple[Path, ...]:
        """The folders that the client has open."""
        uris = self.uris() or (self._workspace.root_uri,)
        return tuple(path for uri in uris if uri and (path := path_of(uri)) is not None)

    def uris(self) -> tuple[str, ...]:
        """The folders that the client has open, as it names them."""
        return tuple(each.uri for each in self._workspace.folders.values())

    def of(self, uri: str) -> Folder:
        """The innermost folder that a document lies in; that of none is judged as in the first one."""
        if uri not in self._by_document:
            self._by_document[uri] = self._of(uri)
        return self._by_document[uri]

    def _of(self, uri: str) -> Folder:
        document = path_of(uri)
        holding = [each for each in self.paths() if document is not None and document.is_relative_to(each)]
        path = max(holding, key=lambda each: len(each.parts), default=next(iter(self.paths()), None))
        if path not in self._folders:
            self._folders[path] = self._found(path)
        return self._folders[path]

    def settings(self, uri: str) -> Settings:
        return self.of(uri).settings

    def analyses(self, uri: str) -> Analyses:
        """What is known of documents, by the environment of the folder that one lies in."""
        return self._analyses_by(self.of(uri).environment)

    def all_analyses(self) -> Iterator[tuple[Folder, Analyses]]:
        """Of every folder that was asked about."""
        return ((each, self._analyses_by(each.environment)) for each in self._folders.values())

    def forget(self, uri: str) -> None:
        """Drop what is kept of a document that was closed."""
        self._by_document.pop(uri, None)
        for analyses in self._analyses.values():
            analyses.forget(uri)

    def set(self, settings: Settings, of_folders: Mapping[str, Settings]) -> bool:
        """The settings as they are now; whether they are others. Another environment counts from now on."""
        if (settings, of_folders) == (self._settings, self._settings_of):
            return False
        self._settings, self._settings_of = settings, dict(of_folders)
        self._folders.clear()
        self._by_document.clear()
        return True

    def hurry(self) -> None:
        """Files of the workspace have changed, and count at once."""
        for analyses in self._analyses.values():
            analyses.hurry()

    def look_again(self) -> None:
        """Packages or folders have changed: nothing that was read of them counts any more."""
        self._folders.clear()
        self._by_document.clear()
        self._analyses.clear()

    def _analyses_by(self, environment: Environment) -> Analyses:
        if environment.roots not in self._analyses:
            kept_in = folder_of_kept_findings(self._variables)
            self._analyses[environment.roots] = Analyses(environment, kept_in)
        return self._analyses[environment.roots]

    def _found(self, path: Path | None) -> Folder:
        own = (self._settings_of.get(uri) for uri in self.uris() if path_of(uri) == path)
        settings = next((each for each in own if each is not None), self._settings)
        asked_for = Path(settings.interpreter).expanduser() if settings.interpreter is not None else None
        if asked_for is not None and path is not None:
            asked_for = path / asked_for
        try:
            return Folder(path, settings, Environment.discover(path, asked_for, self._variables), None)
        except EnvironmentNotFoundError as error:
            return Folder(path, settings, Environment.discover(path, None, self._variables), str(error))
