"""Where documents are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pygls.uris import to_fs_path


def modified(path: Path) -> float | None:
    """When a file was changed last; None if it isn't there."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


@lru_cache(maxsize=256)
def path_of(uri: str) -> Path | None:
    """The file of a document; None for one that was never saved, or is no file of this machine."""
    found = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(found) if found is not None else None
