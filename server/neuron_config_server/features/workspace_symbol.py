"""Config classes and registered model types of the workspace, by what a user remembers of their names."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lsprotocol import types

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.client_positions import to_client_range
from neuron_config_server.features.documents import path_of
from neuron_config_server.features.registered import registrations_in_words
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.lint.discovery import python_files_below
from neuron_config_server.lint.files import UnreadableError, decode_source, read_bytes
from neuron_config_server.lint.run import may_mention_configs
from neuron_config_server.reading.config_file import ConfigFile, mentions_configs
from neuron_config_server.reading.config_reader import ConfigReader, TooLongError
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.modules import Modules
from neuron_config_server.reading.positions import source_text

logger = logging.getLogger(__name__)

_MOST_SYMBOLS = 100
_MOST_FILES = 5_000
"""So many Python files are looked at; a workspace of configs has some dozens."""
_MOST_SECONDS = 1.0
"""Of reading, for one answer; the next one goes on where this one stopped."""


def workspace_symbols(
    ls: NeuronConfigServer, params: types.WorkspaceSymbolParams
) -> list[types.SymbolInformation]:
    opened = {uri: ls.document(uri) for uri in ls.open_uris}
    found = [
        symbol
        for uri, document in opened.items()
        if document is not None and document.file is not None
        for symbol in symbols_of(document.file, uri, document.encoding)
    ]
    paths = {path for uri in opened if (path := path_of(uri)) is not None}
    until = time.monotonic() + _MOST_SECONDS
    for folder in ls.folders.paths():
        catalog = ls.folders.analyses(folder.as_uri()).analyser.catalog
        found += ls.kept(SymbolIndex).symbols(folder, paths, catalog, ls.encoding, until)
    return matching(params.query, found)


class SymbolIndex:
    """The symbols of files that aren't open; each is read when it has changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Identity, Catalog, tuple[types.SymbolInformation, ...]]] = {}

    def symbols(
        self, folder: Path, opened: set[Path], catalog: Catalog, encoding: str, until: float
    ) -> Iterator[types.SymbolInformation]:
        """Those below a folder, of files that aren't open; of as many as can be read until a time."""
        modules = Modules(catalog)
        for path in islice(python_files_below(folder), _MOST_FILES):
            if path in opened:
                continue
            identity = _identity(path)
            known = self._known.get(path)
            if identity is not None and (known is None or known[:2] != (identity, catalog)):
                if time.monotonic() > until:
                    continue
                known = identity, catalog, tuple(_symbols_of_file(path, catalog, modules, encoding))
                self._known[path] = known
            if identity is not None and known is not None:
                yield from known[2]


@dataclass(frozen=True)
class _Identity:
    """What tells a file from what it was."""

    modified: int
    size: int
    inode: int


def symbols_of(file: ConfigFile, uri: str, encoding: str) -> Iterator[types.SymbolInformation]:
    """The config classes of a file, and the model types that stand in their registrations."""
    source = source_text(file.text)
    for config in file.classes:
        place = types.Location(uri, to_client_range(source, config.name_range, encoding))
        container = registrations_in_words(config)
        yield types.SymbolInformation(place, config.name, types.SymbolKind.Class, container_name=container)
        for registration in config.registrations:
            literal = registration.model_type
            if isinstance(literal, StringLiteral) and file.holds(literal):
                place = types.Location(uri, to_client_range(source, literal.inner, encoding))
                yield types.SymbolInformation(
                    place, literal.value, types.SymbolKind.String, container_name=config.name
                )


def matching(query: str, symbols: Iterable[types.SymbolInformation]) -> list[types.SymbolInformation]:
    """The symbols whose name has the letters of a query in their order, the closest first."""
    ranked = [(rank, each.name, each) for each in symbols if (rank := _rank(query, each.name)) is not None]
    return [each for *_, each in sorted(ranked, key=lambda found: found[:2])][:_MOST_SYMBOLS]


def _rank(query: str, name: str) -> tuple[int, int] | None:
    """How far a name is from a query, less is closer; None if it doesn't match."""
    wanted, letters = query.lower(), name.lower()
    if letters.startswith(wanted):
        return 0, len(name)
    if wanted in letters:
        return 1, len(name)
    rest = iter(letters)
    return (2, len(name)) if all(letter in rest for letter in wanted) else None


def _symbols_of_file(
    path: Path, catalog: Catalog, modules: Modules, encoding: str
) -> Sequence[types.SymbolInformation]:
    try:
        data = read_bytes(path)
        text = decode_source(path, data).text if may_mention_configs(data) else ""
        if not mentions_configs(text):
            return ()
        file = ConfigReader(catalog, modules).read(text, path)
    except (UnreadableError, TooLongError):
        return ()
    except Exception:
        logger.exception("reading %s failed; its symbols are not found", path)
        return ()
    return list(symbols_of(file, path.as_uri(), encoding))


def _identity(path: Path) -> _Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _Identity(status.st_mtime_ns, status.st_size, status.st_ino)
