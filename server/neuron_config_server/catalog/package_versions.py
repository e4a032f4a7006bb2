"""The versions of installed distributions and of source checkouts, read from their files."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from neuron_config_server.catalog.careful_files import (
    is_file,
    parse_python,
    read_bytes,
    read_text,
    sorted_entries,
)
from neuron_config_server.catalog.source import assigned_value

_FILES_LOOKED_FOR = 20


@dataclass(frozen=True)
class _InstalledVersions:
    """What the metadata in one root says."""

    sure: tuple[str, ...]
    """More than one if an update was interrupted: then nobody knows which files are there."""
    at_install: tuple[str, ...]
    """Of editable installs: the source may have moved on since."""


def installed_versions(root: Path, name: str) -> _InstalledVersions:
    sure: dict[str, None] = {}
    at_install: dict[str, None] = {}
    for entry in sorted_entries(root):
        is_candidate = entry.suffix in (".dist-info", ".egg-info") and _normalized(entry.name).startswith(
            _normalized(name)
        )
        if is_candidate and (version := _metadata_version(entry, name)):
            if entry.suffix == ".egg-info" or _is_editable(entry):
                at_install[version] = None
            elif _has_its_files(entry):
                sure[version] = None
    return _InstalledVersions(tuple(sure), tuple(at_install))


def _metadata_version(metadata: Path, name: str) -> str | None:
    files = (metadata / "METADATA", metadata / "PKG-INFO", metadata)
    text = next((text for file in files if (text := read_text(file))), "")
    pairs = (line.partition(":") for line in takewhile(str.strip, text.splitlines()))
    headers = {key.strip().lower(): value.strip() for key, _, value in pairs}
    return headers.get("version") if _normalized(headers.get("name", "")) == _normalized(name) else None


def _has_its_files(metadata: Path) -> bool:
    """Whether RECORD's first source files are there; metadata alone may be what a deletion left behind."""
    paths = (line.partition(",")[0] for line in (read_text(metadata / "RECORD") or "").splitlines())
    sources = list(islice((path for path in paths if path.endswith(".py")), _FILES_LOOKED_FOR))
    return not sources or any(is_file(metadata.parent / path) for path in sources)


def _is_editable(metadata: Path) -> bool:
    try:
        origin = json.loads(read_text(metadata / "direct_url.json") or "{}")
    except (ValueError, RecursionError):
        return False
    info = origin.get("dir_info") if isinstance(origin, dict) else None
    return isinstance(info, dict) and info.get("editable") is True


def version_files(root: Path, name: str) -> tuple[Path, ...]:
    """Files of a distribution's package that state its version: transformers/__init__.py, optimum/version.py.

    The package is named as the distribution, or lies in a namespace: optimum-neuron in optimum/neuron.
    """
    parts = _normalized(name).split("-")
    packages = dict.fromkeys((root / "_".join(parts), root.joinpath(*parts)))
    files = (package / file for package in packages for file in ("version.py", "__init__.py"))
    return tuple(file for file in files if is_file(file))


def stated_version(file: Path) -> str | None:
    source = read_bytes(file)
    tree = parse_python(source) if source is not None else None
    value = assigned_value(tree.body, "__version__") if tree is not None else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _normalized(name: str) -> str:
    """As PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()
