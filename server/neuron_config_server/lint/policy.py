"""How the files of a folder are checked: what its settings say, and over them the command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.lint.globs import BadPatternError, Glob, read_glob
from neuron_config_server.lint.selection import Layer, Selection, UnknownSelectorError, normalized
from neuron_config_server.rules import rule_names
from neuron_config_server.settings.files import Configuration, Configurations, SettingsError


@dataclass(frozen=True)
class Overrides:
    """What the command line says; None where it leaves something to the settings."""

    folder: Path
    """What its patterns are relative to."""
    layer: Layer
    per_file_ignores: Mapping[str, tuple[str, ...]] | None = None
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """What holds for the files of a folder."""

    configuration: Configuration
    layers: tuple[Layer, ...]
    excluded: tuple[Glob, ...]
    per_file_ignores: tuple[tuple[Glob, tuple[str, ...]], ...]

    def excludes(self, path: Path) -> bool:
        return any(glob.matches(path) for glob in self.excluded)

    def selection(self, path: Path) -> Selection:
        """Which rules are checked in a file."""
        ignored = (
            selector
            for glob, selectors in self.per_file_ignores
            if glob.matches(path)
            for selector in selectors
        )
        return Selection(self.layers, tuple(dict.fromkeys(ignored)))


class Policies:
    """The policy of each file."""

    def __init__(self, configurations: Configurations, overrides: Overrides) -> None:
        self._configurations = configurations
        self._overrides = overrides
        self._of_files: dict[tuple[Path | None, Path], Policy] = {}

    def of(self, path: Path) -> Policy:
        """What holds for a file or a folder, by an absolute path.

        Raises:
            SettingsError: its settings can't be used, or the command line's can't.
        """
        found = self._configurations.of(path.parent)
        key = (found.file, found.folder if found.file is not None else self._overrides.folder)
        if key not in self._of_files:
            self._of_files[key] = _policy(found, self._overrides)
        return self._of_files[key]

    def excludes(self, path: Path) -> bool:
        """Whether settings leave a path out."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link counts by the name that it has
        return self.of(absolute).excludes(absolute)


def _policy(found: Configuration, overrides: Overrides) -> Policy:
    settings = found.settings
    file = str(found.file)
    layer = Layer(
        _selectors(settings.select, f"{file}: select"),
        _selectors(settings.ignore, f"{file}: ignore") or (),
        _selectors(settings.extend_select, f"{file}: extend-select") or (),
    )
    ignores = (
        _ignores(settings.per_file_ignores, found.folder, f"{file}: per-file-ignores")
        if overrides.per_file_ignores is None
        else _ignores(overrides.per_file_ignores, overrides.folder, "--per-file-ignores")
    )
    excluded = (
        _globs(settings.exclude, found.folder, f"{file}: exclude")
        if overrides.exclude is None
        else _globs(overrides.exclude, overrides.folder, "--exclude")
    )
    more = (
        *_globs(settings.extend_exclude, found.folder, f"{file}: extend-exclude"),
        *_globs(overrides.extend_exclude, overrides.folder, "--extend-exclude"),
    )
    return Policy(found, (layer, overrides.layer), (*excluded, *more), ignores)


def _selectors(said: Iterable[str] | None, where: str) -> tuple[str, ...] | None:
    try:
        return normalized(said, rule_names(), where) if said is not None else None
    except UnknownSelectorError as error:
        raise SettingsError(str(error)) from error


def _globs(patterns: Iterable[str], folder: Path, where: str) -> tuple[Glob, ...]:
    try:
        return tuple(read_glob(pattern, folder) for pattern in patterns)
    except BadPatternError as error:
        raise SettingsError(f"{where}: {error}") from error


def _ignores(
    said: Mapping[str, tuple[str, ...]], folder: Path, where: str
) -> tuple[tuple[Glob, tuple[str, ...]], ...]:
    return tuple(
        (glob, _selectors(selectors, where) or ())
        for pattern, selectors in said.items()
        for glob in _globs([pattern], folder, where)
    )
