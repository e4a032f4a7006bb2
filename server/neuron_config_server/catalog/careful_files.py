"""Questions about files that may be missing, unreadable, or in a loop of links: an answer, never an error."""

from __future__ import annotations

import ast
import logging
import os
from collections.abc import Callable
from pathlib import Path

logger = logging.getLogger(__name__)

_MAX_LINKS = 40
"""As many links as Linux follows; a chain that is longer is a loop."""


def holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError:  # no permission, or a name that is too long: what can't be seen can't be used
        return False


def is_dir(path: Path) -> bool:
    return holds(path.is_dir)


def is_file(path: Path) -> bool:
    return holds(path.is_file)


def is_same(path: Path, other: Path) -> bool:
    return holds(lambda: path.samefile(other))


def is_executable(path: Path) -> bool:
    is_program = os.name != "nt" or path.suffix.lower() in (".exe", ".bat", ".cmd")
    return is_program and is_file(path) and os.access(path, os.X_OK)


def joined_path(folder: Path, line: str) -> Path:
    return Path(os.path.normpath(folder / line))


def link_chain(path: Path) -> list[Path]:
    """A path, what it is a link to, what that is a link to …"""
    chain = [path]
    while len(chain) <= _MAX_LINKS and holds(chain[-1].is_symlink):
        try:
            chain.append(joined_path(chain[-1].parent, os.readlink(chain[-1])))  # noqa: PTH115 - keeps the text
        except OSError as error:
            logger.warning("%s can't be followed (%s)", chain[-1], error)
            break
    return chain


def sorted_entries(folder: Path) -> list[Path]:
    if not is_dir(folder):
        return []
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        logger.warning("%s can't be listed (%s); what it holds is unknown", folder, error)
        return []


def read_bytes(file: Path) -> bytes | None:
    if not is_file(file):  # a pipe of that name would be waited for
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        logger.warning("%s can't be read (%s)", file, error)
        return None


def read_text(file: Path) -> str | None:
    source = read_bytes(file)
    return source.decode("utf-8", errors="replace") if source is not None else None


def parse_python(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        logger.warning("source that can't be parsed is passed over (%s)", error)
        return None
