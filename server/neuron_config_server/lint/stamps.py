"""What tells that something is as it was: files by their content, packages by the times of their files."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import neuron_config_server
from neuron_config_server.catalog.environment import Environment

_READ_PACKAGES = ("transformers", "optimum", "neuron_core", "diffusers", "sentence_transformers", "timm")
"""Packages whose files the catalog reads. Of the others in site-packages, which it reads now and then for a
base class, only their installation, removal and update are noticed.
"""

_ENDINGS = (".py", ".json", ".facts")


def content_stamp(path: Path) -> str | None:
    """Of a file; None if it isn't there or can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


@cache
def tool_stamp() -> str:
    """Of everything of ours that decides what is found, and of the Python that parses."""
    folders = [Path(neuron_config_server.__file__).parent]
    for package in ("neuron_core", "libcst"):
        spec = importlib.util.find_spec(package)
        folders += map(Path, spec.submodule_search_locations or ()) if spec is not None else ()
    return _digest((sys.version, *_file_stamps(folders)))


def environment_stamp(environment: Environment) -> str:
    """Of the packages of an environment that configs are judged by: the time and size of each file."""
    folders = [root / package for root in environment.roots for package in _READ_PACKAGES]
    installed = [root for root in environment.roots if root.name in ("site-packages", "dist-packages")]
    times = (f"{root} {root.stat().st_mtime_ns}" for root in installed if root.is_dir())
    return _digest((*map(str, environment.roots), *times, *_file_stamps(folders)))


def _file_stamps(folders: Iterable[Path]) -> Iterator[str]:
    pending = [str(folder) for folder in reversed(list(folders))]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield f"{folder} -"
            continue
        for entry in entries:
            if entry.is_dir():
                pending += [entry.path] if entry.name != "__pycache__" else []
            elif entry.name.endswith(_ENDINGS):
                status = entry.stat(follow_symlinks=True)
                yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
