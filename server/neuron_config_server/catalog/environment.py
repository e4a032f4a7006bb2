"""Which Python environment the author works in, and where the files of its packages are."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_WORKSPACE_ENVIRONMENTS = (".venv", "venv", "env", ".env")
_SITE_PACKAGES = ("lib/python3*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages")


class EnvironmentNotFoundError(Exception):
    """The interpreter or environment that was asked for isn't there; the message says what was looked for."""


@dataclass(frozen=True)
class Environment:
    """A Python environment, seen from outside."""

    python: Path
    """Its interpreter."""
    roots: tuple[Path, ...]
    """Folders that packages are found in, first one wins."""
    origin: str
    """How it was chosen, for people: "VIRTUAL_ENV", ".venv of the workspace" …"""

    @classmethod
    def discover(
        cls, workspace: Path | None, asked_for: Path | None, variables: Mapping[str, str]
    ) -> Environment:
        """The environment asked for, else VIRTUAL_ENV, else one in the workspace folder, else our own.

        Args:
            asked_for: an interpreter or an environment's folder, from a setting or an option.
            variables: the process's environment variables.

        Raises:
            EnvironmentNotFoundError: what was asked for is no Python environment.
        """
        if asked_for is not None:
            return cls._asked_for(asked_for.expanduser())
        for folder, origin in _candidates(workspace, variables):
            if roots := _site_packages(folder):
                return cls(_interpreter(folder), roots, origin)
        return cls.own()

    @classmethod
    def own(cls) -> Environment:
        """The environment that this process runs in."""
        roots = tuple(Path(entry) for entry in sys.path if entry and Path(entry).is_dir())
        return cls(Path(sys.executable), roots, "the interpreter that runs neuron-config")

    @classmethod
    def _asked_for(cls, path: Path) -> Environment:
        # An environment's interpreter is a link into the base installation: its own path tells, not its
        # target's.
        folder = path if path.is_dir() else path.parent.parent
        roots = _site_packages(folder) if path.exists() else ()
        if not roots:
            raise EnvironmentNotFoundError(
                f"{path} is no Python environment: expected an interpreter (…/bin/python) or a folder "
                "that holds lib/python3.X/site-packages."
            )
        return cls(_interpreter(folder) if path.is_dir() else path.absolute(), roots, "asked for")

    def file(self, *parts: str) -> Path | None:
        """The first file of that relative path in its roots; None if there is none."""
        return next((path for root in self.roots if (path := root.joinpath(*parts)).is_file()), None)


def _candidates(workspace: Path | None, variables: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if variables.get(name):
            yield Path(variables[name]), name
    if workspace is not None:
        for folder in (workspace, *workspace.parents):
            for name in _WORKSPACE_ENVIRONMENTS:
                yield folder / name, f"{name} in {folder}"
            if (folder / ".git").exists():
                return


def _site_packages(folder: Path) -> tuple[Path, ...]:
    return tuple(path for pattern in _SITE_PACKAGES for path in sorted(folder.glob(pattern)) if path.is_dir())


def _interpreter(folder: Path) -> Path:
    windows = folder / "Scripts" / "python.exe"
    return windows if windows.exists() else folder / "bin" / "python"
