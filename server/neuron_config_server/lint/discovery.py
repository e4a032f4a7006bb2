"""Paths on the command line -> the files to check."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
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


IsExcluded = Callable[[Path], bool]


def nothing_excluded(path: Path) -> bool:
    return False


def find_targets(
    paths: Sequence[Path], is_excluded: IsExcluded = nothing_excluded, *, names_count: bool = True
) -> tuple[list[Target], list[Problem]]:
    """The files given and the Python files below the folders given; and what can't be looked at.

    A file that is given twice, or by a link too, is there once.

    Args:
        is_excluded: whether settings leave a file or a folder out.
        names_count: a file given by name is checked even so; if not, it is as if it had been found.
    """
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for path in paths:
        for found in _found(path, is_excluded, names_count=names_count):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            before = targets.setdefault(os.path.realpath(found.path), found)
            if found.named and not before.named:
                targets[os.path.realpath(found.path)] = found
    return list(targets.values()), problems


def python_files_below(folder: Path) -> Iterator[Path]:
    """The Python files below a folder, one after the other; what can't be looked at is left out."""
    return (each.path for each in _below(folder, nothing_excluded) if isinstance(each, Target))


def _found(path: Path, is_excluded: IsExcluded, *, names_count: bool) -> Iterator[Target | Problem]:
    """What a path on the command line stands for."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield Problem(path, "no such file or folder")
    except OSError as error:
        yield Problem(path, error.strerror or str(error))
    else:
        if not names_count and is_excluded(path):
            return
        if stat.S_ISDIR(mode):
            yield from _below(path, is_excluded)
        else:
            is_file = stat.S_ISREG(mode)
            yield Target(path, names_count) if is_file else Problem(path, "not a regular file")


def _below(folder: Path, is_excluded: IsExcluded) -> Iterator[Target | Problem]:
    problems: list[Problem] = []
    for directory, subfolders, files in os.walk(
        folder, onerror=lambda error: problems.append(_problem(error))
    ):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if _is_entered(Path(directory, name)) and not is_excluded(Path(directory, name))
        )
        for name in sorted(files):
            found = _python_file(Path(directory, name)) if name.endswith(".py") else None
            if found is not None and not is_excluded(found.path):
                yield found
    yield from problems


def _python_file(path: Path) -> Target | Problem | None:
    """None for what is no file: a pipe, a link to nothing (Emacs locks a file by one, ``.#name.py``)."""
    try:
        return Target(path, named=False) if stat.S_ISREG(path.stat().st_mode) else None
    except PermissionError as error:
        return _problem(error)
    except OSError:
        return None


def _problem(error: OSError) -> Problem:
    return Problem(Path(os.fsdecode(error.filename)), error.strerror or str(error))


def _is_entered(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    # os.path.exists says no where Path.exists raises: in a folder that can't be entered.
    return (
        not hidden and folder.name not in _NEVER_ENTERED and not os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110
    )
