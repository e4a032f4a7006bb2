"""Reads and writes source files: encodings and line ends stay what they are."""

from __future__ import annotations

import errno
import io
import os
import tempfile
import tokenize
from dataclasses import dataclass
from pathlib import Path


class UnreadableError(Exception):
    """The file's text can't be had; the message says why."""


@dataclass(frozen=True)
class SourceFile:
    """A file's text and the encoding that it was read with."""

    path: Path
    text: str
    encoding: str


def read_source(path: Path) -> SourceFile:
    """Decode a file as Python would (byte order mark, coding comment, else UTF-8); line ends are kept.

    Raises:
        UnreadableError: it can't be opened or decoded.
    """
    try:
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return SourceFile(path, data.decode(encoding), encoding)
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    except (UnicodeDecodeError, SyntaxError, LookupError) as error:
        raise UnreadableError(f"not text that Python can decode ({error})") from error


def write_source(source: SourceFile, text: str) -> None:
    """Replace the file's text in one step; a link's target is replaced, not the link.

    Raises:
        OSError: it can't be written; the old text is still there.
    """
    target = source.path.resolve()
    _require_permission(target)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode(source.encoding))
        Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink()
        raise


def _require_permission(target: Path) -> None:
    """Its folder may let a file be replaced that itself must not be written; root may write anything."""
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
