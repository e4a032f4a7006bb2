"""Paths on the command line -> the files to check."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_NEVER_ENTERED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})


@dataclass(frozen=True)
class Target:
    """A file to check."""

    path: Path
    named: bool
    """Given by name: checked whatever it holds. Found in a folder: only if it mentions Neuron configs."""


@dataclass(frozen=True)
class Problem:
    """Something that kept a path from being checked."""

    path: Path
    message: str


def find_targets(paths: Sequence[Path]) -> tuple[list[Target], list[Problem]]:
    """The files given and the Python files below the folders given, each once; and paths not there."""
    targets: dict[Path, Target] = {}
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            for found in _python_files(path):
                targets.setdefault(found, Target(found, named=False))
        elif path.exists():
            targets[path] = Target(path, named=True)
        else:
            problems.append(Problem(path, "no such file or folder"))
    return list(targets.values()), problems


def _python_files(folder: Path) -> Iterator[Path]:
    for directory, subfolders, files in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if _is_entered(Path(directory, name)))
        yield from (Path(directory, name) for name in sorted(files) if name.endswith(".py"))


def _is_entered(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    return not hidden and folder.name not in _NEVER_ENTERED and not (folder / "pyvenv.cfg").exists()
