"""Facts of some releases of transformers and optimum, read when this package was made (``make releases``).

They serve twice. Where an environment has a file exactly as the release has it, what was read from it needn't
be read again: the first check in a new environment takes a third of the time. And where an environment has no
transformers or no optimum, the newest release stands in for it. Files are named as within site-packages.
"""

from __future__ import annotations

import hashlib
import io
import logging
import pickle
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.careful_files import read_bytes, sorted_entries
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN, FactUnpickler

logger = logging.getLogger(__name__)

_READS_NO_FACTS = frozenset(
    {
        "environment",
        "fact_cache",
        "index",
        "installation",
        "neuronx_cc",
        "package_versions",
        "releases",
        "search_path",
    }
)
"""Modules of the catalog that decide where facts are looked for and kept, not what they say."""

FOLDER = Path(__file__).parent / "data"
_FILE_NAME = re.compile(r"transformers-\d+\.\d+\.\d+\.facts")
_STATED_VERSION = re.compile(rb"^__version__ = [\"'](\d+)\.(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Release:
    """Facts by the keys that the catalog asks for them with."""

    versions: Mapping[str, str]
    """Package -> the version that the facts are of."""
    code: bytes
    """:func:`digest_of_code` of the code that read them."""
    files: tuple[tuple[str, bytes], ...]
    """What the facts were read from, with the digest of each."""
    facts: Mapping[str, tuple[tuple[int, ...], bytes]]
    """Key -> the places in ``files`` of what the fact was read from; the fact."""

    def fact(self, key: str, place_of: Callable[[str], Path] = Path) -> Any:
        """The fact; UNKNOWN if there is none.

        Args:
            place_of: gives the path for a file of the release.
        """
        return _Unpickler(self.facts[key][1], place_of).load() if key in self.facts else UNKNOWN

    def written(self) -> bytes:
        """What :func:`release_in` reads."""
        parts = (self.versions, self.code, self.files, self.facts)
        return zlib.compress(pickle.dumps(parts, protocol=5), 9)


class ReleasedFacts:
    """The facts of a release, as far as an environment has the files that they were read from."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._files: dict[str, Path | None] = {}
        self._is_same: dict[tuple[str, bytes], bool] = {}

    def get(self, key: str) -> Any:
        """The fact, if the environment's files are those of the release; else UNKNOWN."""
        release = self._release
        if release is None or key not in release.facts:
            return UNKNOWN
        places, _ = release.facts[key]
        is_same = all(self._has(*release.files[place]) for place in places)
        return release.fact(key, self._place) if is_same else UNKNOWN

    @cached_property
    def _release(self) -> Release | None:
        init = self._environment.file("transformers/__init__.py")
        stated = _STATED_VERSION.search(read_bytes(init) or b"") if init is not None else None
        minor = tuple(map(int, stated.groups())) if stated is not None else None
        # Another patch release has most files unchanged: each fact's digests decide.
        name = next((name for name in _names() if _numbers(name)[:2] == minor), None)
        release = bundled(name) if name is not None else None
        return release if release is not None and release.code == digest_of_code() else None

    def _has(self, path: str, digest: bytes) -> bool:
        if (path, digest) not in self._is_same:
            file = self._file(path)
            data = read_bytes(file) if file is not None else None
            self._is_same[path, digest] = data is not None and digest_of(data) == digest
        return self._is_same[path, digest]

    def _place(self, path: str) -> Path:
        return self._file(path) or Path(path)

    def _file(self, path: str) -> Path | None:
        if path not in self._files:
            self._files[path] = self._environment.file(path)
        return self._files[path]


def newest_release() -> Release | None:
    """What stands in for a package that isn't there; None if it can't be read."""
    name = max(_names(), key=_numbers, default=None)
    return bundled(name) if name is not None else None


@cache
def bundled(name: str) -> Release | None:
    """The release in a file that comes with this package; None if it can't be read."""
    try:
        return release_in((FOLDER / name).read_bytes())
    except Exception as error:  # noqa: BLE001 - damaged bytes raise anything, and are as good as none
        logger.warning("the bundled facts of transformers in %s can't be read: %s", name, error)
        return None


def release_in(data: bytes) -> Release:
    """The release that ``Release.written`` wrote; raises anything if it is something else."""
    return Release(*FactUnpickler(io.BytesIO(zlib.decompress(data))).load())


def pickled(fact: Any, roots: Iterable[Path]) -> bytes:
    """A fact whose files are named as they are within the first of these folders that holds them."""
    buffer = io.BytesIO()
    _Pickler(buffer, tuple(roots)).dump(fact)
    return buffer.getvalue()


def relative_name(file: Path, roots: Iterable[Path]) -> str | None:
    """How a file is named within the first of these folders that holds it."""
    root = next((root for root in roots if file.is_relative_to(root)), None)
    return file.relative_to(root).as_posix() if root is not None else None


def digest_of(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


@cache
def digest_of_code() -> bytes:
    """Changes with the code that reads facts: what other code read may mean something else."""
    folder = Path(__file__).parent
    files = (file for file in folder.rglob("*.py") if file.stem not in _READS_NO_FACTS)
    named = sorted((file.relative_to(folder).as_posix(), file) for file in files)
    texts = (name.encode() + file.read_bytes().replace(b"\r\n", b"\n") for name, file in named)
    return digest_of(b"".join(texts))


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, roots: tuple[Path, ...]) -> None:
        super().__init__(buffer, protocol=5)
        self._roots = roots

    def persistent_id(self, value: Any) -> str | None:
        return relative_name(value, self._roots) if isinstance(value, Path) else None


class _Unpickler(FactUnpickler):
    def __init__(self, data: bytes, place_of: Callable[[str], Path]) -> None:
        super().__init__(io.BytesIO(data))
        self._place_of = place_of

    def persistent_load(self, name: str) -> Path:
        return self._place_of(name)


@cache
def _names() -> tuple[str, ...]:
    return tuple(each.name for each in sorted_entries(FOLDER) if _FILE_NAME.fullmatch(each.name))


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", name)))
