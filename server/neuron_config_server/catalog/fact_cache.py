"""Facts that were read from source files, kept on disk for the next process.

SQLite, because several processes may read and write at once. A fact is good as long as every file that it was
read from is as it was then; a cache that can't be used costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
import os
import pickle
import sqlite3
from collections.abc import Generator, Iterable, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from neuron_config_server import __version__

logger = logging.getLogger(__name__)

UNKNOWN = object()
"""What :meth:`FactCache.get` gives for a fact that it doesn't have; None may be a fact."""

_SECONDS_TO_WAIT_FOR_A_WRITER = 0.5
_MAX_BYTES = 256 * 1024 * 1024
"""A larger file is started anew: it holds the facts of many environments that are long gone."""

_TABLE = "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, fact BLOB) WITHOUT ROWID"
_PATHS = ("pathlib", "pathlib._local")  # where Python 3.10 to 3.13 define the classes of paths


class FactCache:
    """A file of facts. Without a file, or where it can't be used, it holds nothing."""

    def __init__(self, file: Path | None) -> None:
        self._database = _open(file) if file is not None else None

    def get(self, key: str) -> Any:
        """The fact, if its files are as they were when it was read; else UNKNOWN."""
        row = None
        if self._database is not None:
            with self._done_without_when_it_fails():
                row = self._database.execute("SELECT fact FROM facts WHERE key = ?", (_full(key),)).fetchone()
        if row is None:
            return UNKNOWN
        try:
            identities, fact = FactUnpickler(io.BytesIO(row[0])).load()
            is_good = all(_identity(path) == identity for path, identity in identities)
        except Exception as error:  # noqa: BLE001 - damaged bytes raise anything, and are as good as none
            logger.info("the catalog's cache holds something unreadable: %s", error)
            return UNKNOWN
        return fact if is_good else UNKNOWN

    def put(self, key: str, fact: Any, files: Iterable[Path]) -> None:
        """Keep a fact, made of our dataclasses and plain values, that was read from these files."""
        if self._database is None:
            return
        identities = [(str(file), _identity(str(file))) for file in files]
        blob = pickle.dumps((identities, fact), protocol=pickle.HIGHEST_PROTOCOL)
        with self._done_without_when_it_fails():
            self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_full(key), blob))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    @contextlib.contextmanager
    def _done_without_when_it_fails(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            logger.info("the catalog's cache can't be used from here on: %s", error)
            self.close()


class FactUnpickler(pickle.Unpickler):
    """Reads our values and plain ones only: the file may be somebody else's, and must not run code."""

    def find_class(self, module: str, name: str) -> Any:
        if module in _PATHS and name in ("PosixPath", "WindowsPath"):
            return Path
        if module.startswith(f"{__package__}."):
            found = super().find_class(module, name)
            if isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no fact")


def default_cache_file(variables: Mapping[str, str]) -> Path | None:
    """Where facts are kept: ``NEURON_CONFIG_CACHE_DIR`` (empty: nowhere), else the user's cache folder."""
    folder = variables.get("NEURON_CONFIG_CACHE_DIR")
    if folder is None:
        import platformdirs

        folder = platformdirs.user_cache_dir("neuron-config", appauthor=False)
    return Path(folder) / "catalog.sqlite" if folder else None


def _full(key: str) -> str:
    return f"{_code_version()} {key}"


@cache
def _code_version() -> str:
    """Changes with the code that reads facts: what other code read may mean something else."""
    with contextlib.suppress(OSError):
        files = sorted(Path(__file__).parent.rglob("*.py"))
        stamps = [_identity(str(file)) for file in files]
        return f"{__version__}-{hash(tuple(stamps)):x}"
    return __version__


def _open(file: Path) -> sqlite3.Connection | None:
    """The database; one that is damaged, or too large, is started anew."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > _MAX_BYTES:
            _remove(file)
        try:
            return _connect(file)
        except sqlite3.OperationalError:
            raise  # locked, read-only, a full disk: nothing that a fresh file would mend
        except sqlite3.DatabaseError:
            _remove(file)
            return _connect(file)
    except (OSError, sqlite3.Error) as error:
        logger.info("the catalog's cache %s can't be used: %s", file, error)
        return None


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        file, timeout=_SECONDS_TO_WAIT_FOR_A_WRITER, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")  # what a crash of the machine may cost is only a cache
        database.execute(_TABLE)
        database.execute("SELECT fact FROM facts LIMIT 1").fetchone()
    except BaseException:
        database.close()
        raise
    return database


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat, and most of what a cached answer costs
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
