"""Places as formats write them: rows and columns count from 1, columns in code points; paths have slashes."""

from __future__ import annotations

import os
from pathlib import Path

from neuron_config_server.reading.positions import Position


def row(position: Position) -> int:
    return position.line + 1


def column(position: Position) -> int:
    return position.column + 1


def shown(position: Position) -> str:
    """``row:column``."""
    return f"{row(position)}:{column(position)}"


def absolute(path: Path, folder: Path) -> str:
    """A path in full; one that doesn't exist (``<stdin>``) too."""
    return Path(os.path.normpath(folder / path)).as_posix()


def relative(path: Path, folder: Path) -> str:
    """A path as seen from a folder; in full if it lies elsewhere."""
    full = Path(absolute(path, folder))
    return full.relative_to(folder).as_posix() if full.is_relative_to(folder) else full.as_posix()
