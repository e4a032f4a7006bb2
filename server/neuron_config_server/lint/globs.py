"""Patterns of paths, as in ruff's settings.

pathspec and wcmatch would do this too; three forms of pattern don't justify another package on the way of
every start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_PIECE = re.compile(r"(?P<folders>\*\*/)|(?P<all>\*\*)|(?P<some>\*)|(?P<one>\?)|(?P<set>\[!?\]?[^\]/]*\])")


class BadPatternError(Exception):
    """A pattern that matches nothing because of how it is written; the message says what is wrong."""


@dataclass(frozen=True)
class Glob:
    """A pattern: a name (``generated``, ``*_pb2.py``) anywhere, or with a slash a path below a folder."""

    pattern: str
    folder: Path

    def matches(self, path: Path) -> bool:
        """Whether it means an absolute path, or a folder that this lies in."""
        try:
            parts = path.relative_to(self.folder).parts
        except ValueError:
            parts = path.parts[1:] if self._is_name else ()
        if self._is_name:
            return any(self._expression.fullmatch(part) for part in parts)
        return any(
            self._expression.fullmatch("/".join(parts[:length])) for length in range(1, len(parts) + 1)
        )

    @property
    def _is_name(self) -> bool:
        return "/" not in self.pattern.rstrip("/")

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(_translated(self.pattern.strip("/").removeprefix("./")))


def read_glob(pattern: str, folder: Path) -> Glob:
    """A pattern, relative to a folder; an absolute one keeps its own root.

    Raises:
        BadPatternError: it is empty, or its brackets don't close.
    """
    if not pattern.strip("/"):
        raise BadPatternError(f"the pattern {pattern!r} is empty")
    if "[" in _PIECE.sub("", pattern):
        raise BadPatternError(
            f"the pattern {pattern!r} has a [ that isn't closed; [[] stands for the character"
        )
    if pattern.startswith("/"):
        return Glob(pattern, Path(Path(pattern).anchor))
    return Glob(pattern, folder)


def _translated(pattern: str) -> str:
    pieces: list[str] = []
    place = 0
    for found in _PIECE.finditer(pattern):
        pieces += (re.escape(pattern[place : found.start()]), _piece(found))
        place = found.end()
    return "".join(pieces) + re.escape(pattern[place:])


def _piece(found: re.Match[str]) -> str:
    if found.lastgroup == "set":
        negation = "^" if found.group().startswith("[!") else ""
        characters = found.group()[len(negation) + 1 : -1]
        escaped = "".join(each if each == "-" else re.escape(each) for each in characters)
        return f"[{negation}{escaped}]"
    return {"folders": "(?:[^/]+/)*", "all": ".*", "some": "[^/]*", "one": "[^/]"}[str(found.lastgroup)]
