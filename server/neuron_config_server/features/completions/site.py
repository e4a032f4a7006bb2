"""Where in the code the cursor stands: told by tokens, so that the line may be broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from keyword import iskeyword

from neuron_config_server.features.completions.lexing import PAIRS, Token, indent_at, logical_line, tokens

_WORD_BEFORE = re.compile(r"[^\W\d]\w*\Z")
_WORD_BEHIND = re.compile(r"\w*")
_REST_OF_NAME = re.compile(r"[\w.\-]*")
_SWALLOWED_CODE = re.compile(r"[\w.\-]*\s*[,)\]}:]")
COMPARED = ("==", "!=")
_PLAIN_PREFIXES = ("", "r", "R", "u", "U")


@dataclass(frozen=True)
class Quoted:
    """The string that the cursor stands in."""

    quote: str
    inner: str
    """All of it between the quotes."""
    is_closed: bool


@dataclass(frozen=True)
class Bracket:
    """A bracket that is open at the cursor."""

    opening: str
    index: int
    """Of its token, among those before the cursor."""


@dataclass(frozen=True)
class Site:
    """A place in the text of a top-level statement; offsets are of that text."""

    text: str
    line_start: int
    """Of the logical line."""
    line_end: int
    before: tuple[Token, ...]
    """The tokens of the logical line before the cursor, without the word or string that it stands in."""
    after: tuple[Token, ...]
    quoted: Quoted | None
    word: str
    """What is typed up to the cursor: of a name, or within the string."""
    start: int
    """Where that begins."""
    end: int
    """Where the name or the string's inner ends: from start to end is replaced."""

    @property
    def cursor(self) -> int:
        return self.start + len(self.word)

    @cached_property
    def indent(self) -> str:
        return indent_at(self.text, self.line_start)

    @cached_property
    def brackets(self) -> tuple[Bracket, ...]:
        """Those that are open, the outermost first."""
        found: list[Bracket] = []
        for index, token in enumerate(self.before):
            if token.kind == "operator" and token.text in PAIRS:
                found.append(Bracket(token.text, index))
            elif token.kind == "operator" and token.text in PAIRS.values() and found:
                found.pop()
        return tuple(found)

    @property
    def last(self) -> str:
        """The text of the token before the cursor; empty at the start of a line."""
        return self.before[-1].text if self.before else ""

    @property
    def next(self) -> str:
        """The text of the token behind the cursor; empty at the end of a line."""
        return self.after[0].text if self.after else ""

    def starts_with(self, *texts: str) -> bool:
        """Whether the logical line starts with these tokens."""
        return tuple(each.text for each in self.before[: len(texts)]) == texts

    def head(self, bracket: Bracket) -> str:
        """The dotted name right before a bracket: of what is called; empty if there is none."""
        return dotted_name_before(self.before, bracket.index)

    def argument(self, bracket: Bracket) -> tuple[int, str | None]:
        """Which of the arguments the cursor stands in, and its keyword."""
        start, count = bracket.index + 1, 0
        for index, token in self._at_level(bracket):
            if token.text == ",":
                start, count = index + 1, count + 1
        first = self.before[start : start + 2]
        is_named = len(first) == 2 and first[0].kind == "name" and first[1].text == "="
        return count, first[0].text if is_named else None

    def strings_before(self, bracket: Bracket) -> tuple[Token, ...]:
        """The strings that are elements of a bracket, before the cursor."""
        return tuple(token for _, token in self._at_level(bracket) if token.kind == "string")

    def strings_in(self, bracket: Bracket) -> tuple[Token, ...]:
        """The strings that stand in a bracket, on both sides of the cursor, nested ones too."""
        return tuple(each for each in self._tokens_in(bracket) if each.kind == "string")

    def is_compared(self, string: Token) -> bool:
        """Whether ``==`` or ``!=`` stands before a string of the line."""
        pairs = pairwise((*self.before, *self.after))
        return any(two is string and one.text in COMPARED for one, two in pairs)

    def names_in(self, bracket: Bracket) -> frozenset[str]:
        """The names that stand in a bracket, on both sides of the cursor."""
        return frozenset(each.text for each in self._tokens_in(bracket) if each.kind == "name")

    def keywords_in(self, bracket: Bracket) -> frozenset[str]:
        """The keywords of the arguments of a bracket, on both sides of the cursor."""
        pairs = pairwise(self._tokens_in(bracket))
        return frozenset(one.text for one, two in pairs if one.kind == "name" and two.text == "=")

    def starred_in(self, bracket: Bracket) -> frozenset[str]:
        """The names that are unpacked in a bracket: ``*COMMON_TEXT_TASKS``."""
        pairs = pairwise(self._tokens_in(bracket))
        return frozenset(two.text for one, two in pairs if one.text == "*" and two.kind == "name")

    def _tokens_in(self, bracket: Bracket) -> tuple[Token, ...]:
        levels = len(self.brackets) - self.brackets.index(bracket)
        return (*self.before[bracket.index + 1 :], *self._behind(levels))

    def _at_level(self, bracket: Bracket) -> Iterator[tuple[int, Token]]:
        """The tokens before the cursor right in a bracket, and in none within it."""
        depth = 0
        for index in range(bracket.index + 1, len(self.before)):
            token = self.before[index]
            if token.kind == "operator" and token.text in PAIRS:
                depth += 1
            elif token.kind == "operator" and token.text in PAIRS.values():
                depth -= 1
            elif depth == 0:
                yield index, token

    def _behind(self, levels: int) -> Iterator[Token]:
        """The tokens behind the cursor up to where so many of the open brackets are closed."""
        for token in self.after:
            if token.kind == "operator" and token.text in PAIRS:
                levels += 1
            elif token.kind == "operator" and token.text in PAIRS.values():
                levels -= 1
                if levels == 0:
                    return
            yield token


def dotted_name_before(found: tuple[Token, ...], index: int) -> str:
    """The dotted name that ends right before a token: ``self.task``."""
    parts: list[str] = []
    index -= 1
    while index >= 0 and found[index].kind == "name" and not iskeyword(found[index].text):
        parts.append(found[index].text)
        if index < 1 or found[index - 1].text != ".":
            break
        index -= 2
    return ".".join(reversed(parts))


def site_at(text: str, cursor: int, *, is_broken: bool) -> Site | None:
    """The place of a cursor in a statement's text; None in comments, f-strings and strings over lines."""
    line = logical_line(text, cursor, is_broken=is_broken)
    if line is None:
        return None
    found = list(tokens(text, *line))
    around = next((each for each in found if _is_within(each, cursor)), None)
    if around is None:
        return _in_code(text, cursor, line, found)
    if around.kind == "comment" or len(around.quote) != 1 or "\n" in around.text:
        return None
    prefix = around.opening[: -len(around.quote)]
    return _in_string(text, cursor, line, found, around) if prefix in _PLAIN_PREFIXES else None


def _is_within(token: Token, cursor: int) -> bool:
    """Whether a cursor stands in a comment, or between the quotes of a string."""
    if token.kind == "comment":
        return token.start < cursor <= token.end
    if token.kind != "string" or cursor < token.start + len(token.opening):
        return False
    return cursor <= token.end - len(token.quote) if token.is_closed else cursor <= token.end


def _in_code(text: str, cursor: int, line: tuple[int, int], found: list[Token]) -> Site:
    match = _WORD_BEFORE.search(text, line[0], cursor)
    start = match.start() if match is not None else cursor
    behind = _WORD_BEHIND.match(text, cursor)
    end = behind.end() if behind is not None else cursor
    return _site(text, line, found, start, end, None, text[start:cursor])


def _in_string(text: str, cursor: int, line: tuple[int, int], found: list[Token], around: Token) -> Site:
    start = around.start + len(around.opening)
    is_closed = around.is_closed and not _has_swallowed_code(text, cursor, around)
    if is_closed:
        quoted = Quoted(around.quote, around.value, is_closed=True)
        site = _site(text, line, found, start, around.end - len(around.quote), quoted, text[start:cursor])
        return replace(site, before=_without(site.before, around), after=_without(site.after, around))
    name = _REST_OF_NAME.match(text, cursor)
    end = min(name.end() if name is not None else cursor, around.end)
    quoted = Quoted(around.quote, text[start:end], is_closed=False)
    before = tuple(each for each in found if each.end <= around.start)
    return Site(
        text, *line, before, tuple(tokens(text, end, line[1])), quoted, text[start:cursor], start, end
    )


def _has_swallowed_code(text: str, cursor: int, around: Token) -> bool:
    """Whether a string ends with a quote that opens the next one: ``["a", "|, "b"]``."""
    rest = text[cursor : around.end - len(around.quote)]
    return _SWALLOWED_CODE.match(rest) is not None and not around.value.startswith("-")


def _site(
    text: str,
    line: tuple[int, int],
    found: list[Token],
    start: int,
    end: int,
    quoted: Quoted | None,
    word: str,
) -> Site:
    before = tuple(each for each in found if each.end <= start)
    after = tuple(each for each in found if each.start >= end)
    return Site(text, *line, before, after, quoted, word, start, end)


def _without(found: tuple[Token, ...], token: Token) -> tuple[Token, ...]:
    return tuple(each for each in found if each is not token)
