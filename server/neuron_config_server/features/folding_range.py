"""What can be folded: definitions, docstrings, brackets over several lines, imports, ``# region``.

All but the imports is found in the tokens of each statement, so that a broken one folds too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lsprotocol import types

from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.tokens import Token, tokens
from neuron_config_server.reading.positions import split_lines
from neuron_config_server.reading.text_cache import kept_by_text

_HEAD = re.compile(r"(?:async[ \t]+def|def|class)\b")
_IMPORT = re.compile(r"(?:import|from)\b")
_REGION = re.compile(r"#[ \t]*(?P<end>end)?region\b")


def folding_ranges(ls: NeuronConfigServer, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    document = ls.document(params.text_document.uri)
    return folds(document) if document is not None else []


@dataclass(frozen=True, order=True)
class _Fold:
    first: int
    last: int
    kind: types.FoldingRangeKind | None = None

    def down(self, lines: int) -> _Fold:
        return _Fold(self.first + lines, self.last + lines, self.kind)


@dataclass(frozen=True)
class _Marker:
    """``# region`` or ``# endregion``."""

    line: int
    is_end: bool


@dataclass(frozen=True)
class _Folds:
    """Of a statement, lines counted from its first."""

    folds: tuple[_Fold, ...]
    markers: tuple[_Marker, ...]
    last_line: int
    """With code."""


def folds(document: OpenDocument) -> list[types.FoldingRange]:
    """Every fold, in the order of their first lines; of those that start on one line, the longest."""
    if document.file is None:
        return []
    statements = [(each, _of_statement(each.text)) for each in document.file.statements]
    found = [fold.down(statement.line) for statement, inner in statements for fold in inner.folds]
    markers = [
        _Marker(marker.line + statement.line, marker.is_end)
        for statement, inner in statements
        for marker in inner.markers
    ]
    imports = [
        (statement.line, statement.line + inner.last_line, _IMPORT.match(statement.text) is not None)
        for statement, inner in statements
    ]
    longest: dict[int, _Fold] = {}
    for fold in (*_import_blocks(imports), *_regions(markers), *found):
        before = longest.get(fold.first)
        if before is None or before.last < fold.last:
            longest[fold.first] = fold
    return [types.FoldingRange(each.first, each.last, kind=each.kind) for _, each in sorted(longest.items())]


def _import_blocks(statements: Sequence[tuple[int, int, bool]]) -> Iterator[_Fold]:
    """Runs of imports, of (first line, last line, whether it is an import)."""
    first = last = None
    for start, end, is_import in (*statements, (0, 0, False)):
        if is_import:
            first, last = start if first is None else first, end
        elif first is not None and last is not None:
            if last > first:
                yield _Fold(first, last, types.FoldingRangeKind.Imports)
            first = last = None


def _regions(markers: Sequence[_Marker]) -> Iterator[_Fold]:
    open_: list[_Marker] = []
    for marker in markers:
        if not marker.is_end:
            open_.append(marker)
        elif open_:
            yield _Fold(open_.pop().line, marker.line, types.FoldingRangeKind.Region)


@kept_by_text
def _of_statement(text: str) -> _Folds:
    return _Scan(text).folds()


class _Scan:
    """The lines and tokens of a statement."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)
        self._starts = [0, *accumulate(map(len, self._lines))]
        every = list(tokens(text))
        self._comments = [each for each in every if each.kind == "comment"]
        self._code = [each for each in every if each.kind not in ("comment", "line_end")]
        self._strings = [each for each in self._code if each.kind == "string"]
        self._brackets = [self._lines_of(*each) for each in _pairs(self._code)]

    def folds(self) -> _Folds:
        found = (*self._of_definitions(), *self._of_strings(), *self._of_brackets())
        markers = tuple(
            _Marker(self._line(each.start), match["end"] is not None)
            for each in self._comments
            if (match := _REGION.match(each.text)) is not None
        )
        last_line = self._line(self._code[-1].end - 1) if self._code else 0
        return _Folds(tuple(each for each in found if each.last > each.first), markers, last_line)

    def _line(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _lines_of(self, first: Token, last: Token) -> tuple[int, int]:
        return self._line(first.start), self._line(last.end - 1)

    def _of_definitions(self) -> Iterator[_Fold]:
        open_: list[tuple[int, int]] = []
        end = 0
        for first, last in (*self._logical_lines(), (len(self._lines), 0)):
            text = self._lines[first] if first < len(self._lines) else "end"
            indent = len(text) - len(text.lstrip())
            while open_ and open_[-1][1] >= indent:
                yield _Fold(open_.pop()[0], end)
            if _HEAD.match(text, indent):
                open_.append((first, indent))
            end = last

    def _logical_lines(self) -> list[tuple[int, int]]:
        """First and last line of each line of code with those that continue it, in strings and brackets."""
        found: list[tuple[int, int]] = []
        of_tokens = {self._lines_of(each, each) for each in self._code}
        for first, last in sorted(of_tokens.union(self._brackets)):
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], last))
            else:
                found.append((first, last))
        return found

    def _of_strings(self) -> Iterator[_Fold]:
        for token in self._strings:
            first, last = self._lines_of(token, token)
            stands_first = self._lines[first].lstrip().startswith(token.text.split("\n")[0])
            yield _Fold(first, last, types.FoldingRangeKind.Comment if stands_first else None)

    def _of_brackets(self) -> Iterator[_Fold]:
        """Down to the line above the closing bracket, if nothing but closing brackets stands before that."""
        for first, last in self._brackets:
            closes_first = self._lines[last].lstrip()[:1] in tuple(")]}")
            yield _Fold(first, last - 1 if closes_first else last)


def _pairs(code: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Brackets and what closes them."""
    open_: list[Token] = []
    for token in code:
        if token.kind == "opening":
            open_.append(token)
        elif token.kind == "closing" and open_:
            yield open_.pop(), token
