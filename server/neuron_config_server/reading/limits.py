"""Which statements are not read, because a parser could crash over them or take for ever.

libcst's parser recurses on the machine's stack and kills the process when that is used up; its time grows
with the square of the depth. Python's own parser crashes as well, deeper down. Measured with libcst 1.9.0 on
x86-64: a block takes 25 KiB of the stack, a bracket up to 10, an operator up to 2.5; a piece (a bracket,
operator, separator, string, line) takes up to 65 µs with its position. What passes needs less than 2 MiB of
the stack, the smallest that a thread of a server has, and little more than a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_MOST_CHARACTERS = 1_000_000
_MOST_PIECES = 30_000
"""Known, that is in the standard library, transformers and optimum: 21,000 (``test_buffer``)."""
_MOST_BRACKETS = 32
"""Nested; known: 13."""
_MOST_BLOCKS = 25
"""Nested; known: 12."""
_LONGEST_CHAIN = 320
"""Operators that may work each on the result of another one, in all open brackets taken together; known: 257
(strings side by side, in the tables of ``encodings``).
"""
_MOST_WORK = 200_000
"""The depths of all pieces added up; known: 112,000."""
_MOST_TRIALS = 4**10
"""libcst tries what is in brackets behind ``case`` four times over for each bracket around it, behind ``del``
twice; known: 9,000.
"""

_WORD = r"(?:and|await|del|else|for|if|in|is|lambda|not|or)\b"
_NUMBER = r"(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d[\d_]*)?[jJ]?)"
_QUOTE = r"""(?:\"{3}|'{3}|["'])"""
_NEXT_PIECE = re.compile(
    rf"""(?:[ \t\f]+|(?!{_WORD})[^\W\d]\w*(?![\w"'])|{_NUMBER})*
    (?:(?P<operators>[-+*/%@&|^~<>!.]+)
    |(?P<opening>[\[({{])
    |(?P<closing>[\])}}])
    |(?P<separator>[,;])
    |(?:\r\n|\r|\n)(?P<line>[ \t\f]*)
    |(?P<colon>:)
    |(?P<word>{_WORD})
    |(?P<fstring>(?:[fFtT][rR]?|[rR][fFtT]){_QUOTE})
    |\w*(?P<string>{_QUOTE})
    |\#[^\r\n]*
    |\\(?:\r\n|[\s\S])
    |\Z|[\s\S])""",
    re.VERBOSE,
)
_QUOTES = ('"', "'", '"""', "'''")
_LEADING_BLANKS = re.compile(r"[ \t\f]*")
_CASE = re.compile(r"case\b")


def _up_to(quote: str, what_else: str) -> re.Pattern[str]:
    """The next thing of interest in a string, of which its end is one."""
    return re.compile(rf"{what_else}|{quote}" + (r"|[\r\n]" if len(quote) == 1 else ""))


_ESCAPE = r"\\(?:\r\n|[\s\S])"
_ESCAPES = {False: r"\\(?:\r\n|[^{}])", True: r"\\[\"'\\]"}
"""In a string with fields, by whether it is raw."""
_NAMED = r"\\N\{[^{}'\"\\\r\n]*\}?"
_REST_OF_STRING = {quote: _up_to(quote, _ESCAPE) for quote in _QUOTES}
_REST_OF_LITERAL = {
    (is_raw, quote): _up_to(quote, rf"{'' if is_raw else _NAMED + '|'}{escape}|{{{{|{{")
    for is_raw, escape in _ESCAPES.items()
    for quote in _QUOTES
}
_REST_OF_FORMAT = {
    (is_raw, quote): _up_to(quote, rf"{escape}|[{{}}]")
    for is_raw, escape in _ESCAPES.items()
    for quote in _QUOTES
}


def too_much(text: str) -> str | None:
    """Why a statement is not read, as a clause; None if it is. Takes a tenth of a second per MB of code.

    No statement of a real library is refused, but for generated data: that of ``pydoc_data.topics``.
    """
    if len(text) > _MOST_CHARACTERS:
        return f"it is longer than {_MOST_CHARACTERS:,} characters"
    measuring = _Measuring(text)
    reason = measuring.reason()
    if reason is None and measuring.is_ambiguous:
        return _MeasuringAsBefore312(text).reason()
    return reason


@dataclass
class _Level:
    """What stands between two brackets, or outside of all."""

    chain: int = 0
    """Operators that may work on each other's results."""
    lambdas: int = 0
    """Those whose parameters still go on: their commas end no chain."""
    loops: int = 0
    """Each ``for`` whose targets still go on."""


@dataclass
class _Block:
    column: int
    elifs: int = 0
    """Each ``elif`` is a child of the one above it."""


@dataclass
class _FString:
    quote: str
    is_raw: bool
    outside: int
    """How many levels there are around it."""
    end_before_312: int
    """Where it ends if quotes of its own kind in its fields end it."""
    formats: int = 0
    """How many of its levels have got as far as their format, behind a colon."""


class _Measuring:
    """Goes through a text as libcst's tokenizer does (``native/libcst/src/tokenizer/core/mod.rs``), for which
    strings have fields as they have in Python since 3.12.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._reason: str | None = None
        self._levels = [_Level()]
        self._blocks = [_Block(0)]
        self._fstrings: list[_FString] = []
        self._differs_before_312 = False
        self._chain = 0
        """Of all levels and blocks."""
        self._pieces = self._work = self._trials = 0
        self._tried_again: int | None = None
        """Outside of how many levels the ``case`` or ``del`` stands that this is behind."""
        self._pass: dict[str, Callable[[str], None]] = {
            "operators": self._pass_operators,
            "opening": self._open,
            "closing": self._close,
            "separator": self._separate,
            "line": self._pass_line,
            "colon": self._pass_colon,
            "word": self._pass_word,
            "fstring": self._pass_fstring,
            "string": self._pass_string,
        }
        self._start()

    @property
    def is_ambiguous(self) -> bool:
        """Whether an older Python sees other strings in the text."""
        return self._differs_before_312 or bool(self._fstrings)

    def _start(self) -> None:
        blanks = _LEADING_BLANKS.match(self._text)
        self._place = blanks.end() if blanks is not None else 0
        self._start_line(self._text[: self._place])

    def reason(self) -> str | None:
        while self._reason is None and self._place < len(self._text):
            if self._fstrings and self._depth_in(self._fstrings[-1]) <= 0:
                self._pass_literal(self._fstrings[-1])
            else:
                self._pass_piece()
            self._count()
        return self._reason

    def _count(self) -> None:
        self._pieces += 1
        self._work += self._chain + len(self._blocks)
        if self._pieces > _MOST_PIECES:
            self._reason = f"it has more than {_MOST_PIECES:,} operators, strings and lines"
        if self._work > _MOST_WORK:
            self._reason = "it is long and deeply nested"
        if self._chain > _LONGEST_CHAIN:
            self._reason = f"more than {_LONGEST_CHAIN} operators follow one another"
        if self._tried_again is not None:
            self._count_trials(len(self._levels) - self._tried_again)

    def _count_trials(self, depth: int) -> None:
        if depth > 3:
            self._trials += 4 ** min(depth, 11)
        if self._trials > _MOST_TRIALS:
            self._reason = "brackets are nested too deep behind `case` or `del`"

    def _pass_piece(self) -> None:
        found = _NEXT_PIECE.match(self._text, self._place)
        if found is None:
            self._place = len(self._text)
            return
        self._place = found.end()
        if found.lastgroup is not None:
            self._pass[found.lastgroup](found.group(found.lastgroup))

    def _link(self, operators: int = 1) -> None:
        self._levels[-1].chain += operators
        self._chain += operators

    def _pass_operators(self, operators: str) -> None:
        self._link(len(operators))

    def _open(self, _: str) -> None:
        self._link()
        self._levels.append(_Level())
        if len(self._levels) > _MOST_BRACKETS + 1:
            self._reason = f"brackets are nested more than {_MOST_BRACKETS} deep"

    def _close(self, _: str) -> None:
        if len(self._levels) > 1:
            self._chain -= self._levels.pop().chain
        if self._fstrings and len(self._levels) <= self._fstrings[-1].outside:
            self._fstrings[-1].formats = 0

    def _separate(self, _: str) -> None:
        level = self._levels[-1]
        if level.lambdas == level.loops == 0:
            self._chain -= level.chain
            level.chain = 0

    def _pass_colon(self, _: str) -> None:
        level = self._levels[-1]
        level.lambdas = max(0, level.lambdas - 1)
        if self._fstrings and self._depth_in(self._fstrings[-1]) == 1:
            self._fstrings[-1].formats += 1
        self._end_of_trials()

    def _pass_word(self, word: str) -> None:
        level = self._levels[-1]
        self._link()
        if word == "lambda":
            level.lambdas += 1
        elif word == "for":
            level.loops += 1
        elif word == "in":
            level.loops = max(0, level.loops - 1)
        elif word == "del":
            self._tried_again = len(self._levels)
        elif word == "if":
            self._end_of_trials()

    def _end_of_trials(self) -> None:
        if self._tried_again == len(self._levels):
            self._tried_again = None

    def _pass_string(self, quote: str) -> None:
        self._link()
        self._place = self._end_of_string(quote)

    def _end_of_string(self, quote: str) -> int:
        place = self._place
        while found := _REST_OF_STRING[quote].search(self._text, place):
            place = found.end()
            if found.group()[0] != "\\":
                return found.start() if found.group() in "\r\n" else place
        return len(self._text)

    def _pass_fstring(self, opening: str) -> None:
        self._link()
        quote = opening.lstrip("fFtTrR")
        is_raw = len(opening) - len(quote) == 2
        self._fstrings.append(_FString(quote, is_raw, len(self._levels), self._end_of_string(quote)))

    def _end_fstring(self) -> None:
        fstring = self._fstrings.pop()
        self._differs_before_312 |= not self._fstrings and self._place != fstring.end_before_312

    def _depth_in(self, fstring: _FString) -> int:
        """In how many brackets of a field we are; 0 outside of them, and in a format."""
        return len(self._levels) - fstring.outside - fstring.formats

    def _pass_literal(self, fstring: _FString) -> None:
        """What is no code in a string with fields, up to the next field or the end."""
        kinds = _REST_OF_FORMAT if fstring.formats else _REST_OF_LITERAL
        rest = kinds[fstring.is_raw, fstring.quote]
        while found := rest.search(self._text, self._place):
            self._place = found.end()
            if found.group() == "{":
                return self._open("{")
            if found.group() == "}":
                return self._close("}")
            if found.group() == fstring.quote or found.group() in "\r\n":
                return self._end_fstring()
        self._place = len(self._text)
        return None

    def _pass_line(self, blanks: str) -> None:
        if len(self._levels) == 1:
            self._start_line(blanks)

    def _start_line(self, blanks: str) -> None:
        """At the first word of a line that no bracket is open on."""
        self._chain -= self._levels[0].chain
        self._levels[0] = _Level()
        self._tried_again = len(self._levels) if _CASE.match(self._text, self._place) else None
        if self._text[self._place : self._place + 1] not in ("", "#", "\r", "\n", "\\"):
            self._enter_block(len(blanks.rpartition("\f")[2].expandtabs(8)))

    def _enter_block(self, column: int) -> None:
        while len(self._blocks) > 1 and column < self._blocks[-1].column:
            self._chain -= self._blocks.pop().elifs
        if column > self._blocks[-1].column:
            self._blocks.append(_Block(column))
        block = self._blocks[-1]
        if self._text.startswith("elif", self._place):
            block.elifs += 1
            self._chain += 1
        elif not self._text.startswith("else", self._place):
            self._chain -= block.elifs
            block.elifs = 0
        if len(self._blocks) > _MOST_BLOCKS + 1:
            self._reason = f"blocks are nested more than {_MOST_BLOCKS} deep"


class _MeasuringAsBefore312(_Measuring):
    """Goes through a text as the older parsers of Python do, for which strings have no fields."""

    def _pass_fstring(self, opening: str) -> None:
        self._pass_string(opening.lstrip("fFtTrR"))
