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
    return decode_source(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """What a file holds.

    Raises:
        UnreadableError: it can't be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error


def decode_source(path: Path, data: bytes) -> SourceFile:
    """Decode as Python would what a file holds, or will hold.

    Raises:
        UnreadableError: it can't be decoded.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return SourceFile(path, data.decode(encoding), encoding)
    except (UnicodeDecodeError, SyntaxError, LookupError) as error:
        raise UnreadableError(f"not text that Python can decode ({error})") from error


def write_source(source: SourceFile, text: str) -> None:
    """Replace the file's text in one step; a link's target is replaced, not the link.

    Raises:
        OSError: it can't be written; the old text is still there.
    """
    _require_permission(source.path.resolve())
    write_in_one_step(source.path, text.encode(source.encoding))


def write_in_one_step(path: Path, data: bytes) -> None:
    """Make a file, or replace what it holds; its mode stays.

    Raises:
        OSError: it can't be written; what was there is there still.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():  # a terminal, a pipe, /dev/null
        target.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink()
        raise


def _umask() -> int:
    """The process's mask for new files; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _require_permission(target: Path) -> None:
    """Its folder may let a file be replaced that itself must not be written; root may write anything."""
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
