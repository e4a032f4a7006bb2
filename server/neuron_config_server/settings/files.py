"""The file that a folder's settings stand in: the closest one above it wins, and nothing is merged."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuron_config_server.settings.project import ProjectSettings
from neuron_config_server.settings.reading import InvalidSettingError, read_table

OWN_FILE = "neuron-config.toml"
SHARED_FILE = "pyproject.toml"
TABLE = ("tool", "neuron-config")
_LINE_OF_ERROR = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")


class SettingsError(Exception):
    """A settings file can't be used; the message begins with the file, and the line where that is known."""


@dataclass(frozen=True)
class Configuration:
    """Settings, and the file that they stand in."""

    settings: ProjectSettings
    file: Path | None
    """None: nobody has set anything."""
    folder: Path
    """What paths in the settings are relative to."""

    def path(self, setting: str | None) -> Path | None:
        """A path that is set, relative to the file's folder; ``~`` is somebody's home."""
        return self.folder / Path(setting).expanduser() if setting else None


class Configurations:
    """Finds and reads settings files; each once.

    Args:
        only: what holds for every folder, whatever files are there.
    """

    def __init__(self, only: Configuration | None = None) -> None:
        self._only = only
        self._of_folders: dict[Path, Configuration] = {}

    def of(self, folder: Path) -> Configuration:
        """The settings that hold in a folder.

        Raises:
            SettingsError: the closest file can't be read, or says something that can't be set.
        """
        if self._only is not None:
            return self._only
        if folder not in self._of_folders:
            self._of_folders[folder] = self._found(folder)
        return self._of_folders[folder]

    @property
    def files(self) -> set[Path]:
        """The files that settings were read from."""
        found = [self._only] if self._only is not None else self._of_folders.values()
        return {each.file for each in found if each.file is not None}

    def _found(self, folder: Path) -> Configuration:
        own = _read_own(folder / OWN_FILE) or _read_shared(folder / SHARED_FILE)
        if own is not None:
            return own
        return self.of(folder.parent) if folder.parent != folder else nothing_set(folder)


def nothing_set(folder: Path) -> Configuration:
    return Configuration(ProjectSettings(), None, folder)


def read_file(file: Path) -> Configuration:
    """The settings of a file that was asked for by name: a pyproject.toml, or one with the keys at its top.

    Raises:
        SettingsError: it isn't there, or can't be used.
    """
    found = _read_shared(file) if file.name == SHARED_FILE else _read_own(file)
    if found is not None:
        return found
    if file.is_file():
        raise SettingsError(f"{file}: it has no table [{'.'.join(TABLE)}]")
    raise SettingsError(f"{file}: there is no such file")


def _read_own(file: Path) -> Configuration | None:
    text = _text(file)
    return _configuration(file, text, _parsed(file, text), ()) if text is not None else None


def _read_shared(file: Path) -> Configuration | None:
    """None where there is no table of ours; a file that doesn't mention us is not even parsed."""
    text = _text(file)
    if text is None or TABLE[-1] not in text:
        return None
    table: Any = _parsed(file, text)
    for key in TABLE:
        table = table.get(key) if isinstance(table, dict) else None
    return _configuration(file, text, table, TABLE) if isinstance(table, dict) else None


def _configuration(file: Path, text: str, table: Mapping[str, Any], above: tuple[str, ...]) -> Configuration:
    try:
        return Configuration(read_table(ProjectSettings, table), file, file.parent)
    except InvalidSettingError as error:
        line = line_of(text, (*above, *error.path))
        raise SettingsError(f"{file}:{line}: {error}" if line is not None else f"{file}: {error}") from error


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: not UTF-8, as TOML must be ({error})") from error


def _parsed(file: Path, text: str) -> dict[str, Any]:
    tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        return tomllib.loads(text)
    except ValueError as error:
        found = _LINE_OF_ERROR.search(str(error))
        place = f":{found['line']}" if found else ""
        raise SettingsError(f"{file}{place}: not TOML: {_LINE_OF_ERROR.sub('', str(error))}") from error


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line, from 1, on which a key stands; None where it stands in a form that isn't looked for.

    ``tomllib`` keeps no places; keys are mostly written ``key = …`` below the header of their table.
    """
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$", line)
        key = re.match(r"\s*([\w.\"'*/-]+)\s*=", line)
        if header:
            table = here = _keys(header[1])
        elif key:
            here = (*table, *_keys(key[1]))
        else:
            continue
        if here == path[: len(here)] and (best is None or len(here) > best[0]):
            best = (len(here), number)
    return best[1] if best is not None else None


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted))
