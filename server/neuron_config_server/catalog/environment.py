"""Which Python environment the author works in, and where the files of its packages are.

Everything is read from the layout on disk: what an interpreter does when it starts (CPython 3.10 to 3.13,
``Lib/site.py`` and ``Modules/getpath.py``; Debian's ``site.py`` for dist-packages) is followed without
running one. Where the layout doesn't tell, :class:`NeedsAskingError` says whom to ask.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from neuron_config_server.catalog.careful_files import holds, is_dir, is_executable, is_file, sorted_entries
from neuron_config_server.catalog.installation import (
    interpreter_of,
    is_standard_library,
    prefix_of,
    pyvenv_settings,
    search_path_of,
)
from neuron_config_server.catalog.package_versions import installed_versions, stated_version, version_files
from neuron_config_server.catalog.search_path import Root, SearchPath

_WORKSPACE_ENVIRONMENTS = (".venv", "venv", "env", ".env")

_CHECKOUTS = (
    ("transformers", "src", "src/transformers/models/auto/modeling_auto.py"),
    ("optimum-neuron", "", "optimum/exporters/neuron/base.py"),
    ("optimum", "", "optimum/exporters/tasks.py"),
)
"""Distribution, the root that its packages are in, and a file that no other project has there."""


class EnvironmentNotFoundError(Exception):
    """The interpreter or environment that was asked for isn't there; the message says what was looked for."""


class NeedsAskingError(EnvironmentNotFoundError):
    """Only the interpreter itself knows where its packages are; ``jobs.interpreter_paths`` asks it."""

    def __init__(self, python: Path) -> None:
        super().__init__(
            f"{python} doesn't lie in an environment, so that only running it would tell where its packages "
            "are: name the environment's folder or the interpreter in it (…/bin/python) instead."
        )
        self.python = python


@dataclass(frozen=True)
class EnvironmentDescription:
    """What ``neuron-config env`` tells."""

    python: Path
    origin: str
    search_path: tuple[Root, ...]
    versions: Mapping[str, str | None]
    """Of the packages asked about; None where one isn't there or its version can't be told."""


@dataclass(frozen=True)
class Environment:
    """A Python environment, seen from outside."""

    python: Path
    """Its interpreter; it may be gone where only the packages are left."""
    search_path: tuple[Root, ...]
    """Where packages are found, first one wins; the standard library is left out."""
    origin: str
    """How it was chosen, for people: "VIRTUAL_ENV", ".venv in /home/me/project" …"""

    @cached_property
    def roots(self) -> tuple[Path, ...]:
        """The folders of the search path."""
        return tuple(root.path for root in self.search_path)

    @classmethod
    def discover(
        cls, workspace: Path | None, asked_for: Path | None, variables: Mapping[str, str]
    ) -> Environment:
        """The environment asked for, else the active one, else one in the workspace, else our own.

        A source checkout of transformers, optimum or optimum-neuron that the workspace lies in comes first.

        Args:
            asked_for: an interpreter or an environment's folder, from a setting or an option.
            variables: the process's environment variables.

        Raises:
            EnvironmentNotFoundError: what was asked for is no Python environment.
            NeedsAskingError: it is an interpreter (or a wrapper of one) whose place doesn't tell.
        """
        if asked_for is not None:
            found = cls._asked_for(_expanded(asked_for), variables)
        else:
            found = cls._first_of(_candidates(workspace, variables), variables) or cls.own()
        return found.with_checkouts(workspace)

    @classmethod
    def own(cls) -> Environment:
        """The environment that this process runs in."""
        origin = "the interpreter that runs neuron-config"
        return cls.of_sys_path(Path(sys.executable), sys.path, origin)

    @classmethod
    def of_sys_path(cls, python: Path, entries: Iterable[str], origin: str) -> Environment:
        """The environment of an interpreter whose ``sys.path`` is known."""
        found = SearchPath()
        folders = [Path(entry) for entry in entries if entry and not is_standard_library(Path(entry))]
        for folder in folders:
            found.add(folder, "sys.path")
        for folder in folders:
            if folder.name in ("site-packages", "dist-packages"):
                found.follow_links_in(folder)
        return cls(python, found.roots(), origin)

    def with_checkouts(self, workspace: Path | None) -> Environment:
        """The same with the source checkouts that the workspace lies in put first."""
        first = tuple(_checkouts(workspace)) if workspace is not None else ()
        rest = tuple(root for root in self.search_path if root.path not in {each.path for each in first})
        return Environment(self.python, (*first, *rest), self.origin)

    def file(self, *parts: str) -> Path | None:
        """The first file of that relative path in its roots; None if there is none."""
        return next((path for root in self.roots if is_file(path := root.joinpath(*parts))), None)

    def package_version(self, name: str) -> str | None:
        """The version of the distribution whose files are found here; None: not there, or it can't be told.

        Metadata in the root that holds the files wins, then ``__version__`` in these files. Metadata of an
        editable install counts last: the checkout may have moved on since.
        """
        at_install: str | None = None
        for root in self.roots:
            installed = installed_versions(root, name)
            if len(installed.sure) == 1:
                return installed.sure[0]
            at_install = at_install or next(iter(installed.at_install), None)
            if sources := version_files(root, name):
                stated = next((version for file in sources if (version := stated_version(file))), None)
                return stated or at_install
        return at_install

    def describe(self, packages: Iterable[str]) -> EnvironmentDescription:
        """What is to be told of it and of some packages."""
        versions = {name: self.package_version(name) for name in packages}
        return EnvironmentDescription(self.python, self.origin, self.search_path, versions)

    @classmethod
    def _asked_for(cls, path: Path, variables: Mapping[str, str]) -> Environment:
        python = interpreter_of(path) if is_dir(path) else path
        prefix = path if is_dir(path) else prefix_of(path)
        roots = search_path_of(prefix, python, variables) if prefix is not None else ()
        if roots:
            return cls(python, roots, "asked for")
        if prefix is not None and pyvenv_settings(prefix) is not None:
            raise EnvironmentNotFoundError(
                f"{prefix} has a pyvenv.cfg but no site-packages: it was deleted in part; make it anew."
            )
        if is_executable(python):
            raise NeedsAskingError(python)
        raise EnvironmentNotFoundError(
            f"{path} is no Python environment: expected an interpreter (…/bin/python) or a folder "
            "that holds lib/python3.X/site-packages."
        )

    @classmethod
    def _first_of(
        cls, candidates: Iterable[tuple[Path, str]], variables: Mapping[str, str]
    ) -> Environment | None:
        for folder, origin in candidates:
            if roots := search_path_of(folder, interpreter_of(folder), variables):
                return cls(interpreter_of(folder), roots, origin)
        return None


def _candidates(workspace: Path | None, variables: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if variables.get(name):
            yield Path(variables[name]).absolute(), name
    if workspace is None:
        return
    folders, is_repository = _upwards(workspace)
    for folder in folders:
        for name in _WORKSPACE_ENVIRONMENTS:
            yield folder / name, f"{name} in {folder}"
    # Outside a repository the folders above belong to others: /tmp holds everybody's environments.
    for folder in folders if is_repository else folders[:1]:
        for marked in _marked_by_pyvenv(folder):
            yield marked, f"{marked.name} in {marked.parent} (it has a pyvenv.cfg)"


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        raise EnvironmentNotFoundError(
            f"{path} is no Python environment: nobody's home ({error})."
        ) from error


def _upwards(workspace: Path) -> tuple[tuple[Path, ...], bool]:
    """The workspace and the folders above it, to the repository's root, and whether there is a repository."""
    folders = (workspace.absolute(), *workspace.absolute().parents)
    root = next((number for number, folder in enumerate(folders) if holds((folder / ".git").exists)), None)
    return (folders, False) if root is None else (folders[: root + 1], True)


def _marked_by_pyvenv(folder: Path) -> tuple[Path, ...]:
    below = sorted_entries(folder)
    return tuple(each for each in (folder, *below) if is_file(each / "pyvenv.cfg"))


def _checkouts(workspace: Path) -> Iterator[Root]:
    folders, is_repository = _upwards(workspace)
    seen = set()
    for folder in folders if is_repository else folders[:1]:
        for name, below, marker in _CHECKOUTS:
            if folder / below not in seen and is_file(folder / marker):
                seen.add(folder / below)
                yield Root(folder / below, f"checkout of {name} in the workspace")
