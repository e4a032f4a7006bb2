"""A text statement by statement; after a change, only the statements that it touches are read again.

What the statements are from a place on depends on the text from there on alone. Hence

- those above a change are the same, as far as what decided where they end lies above the change too;
- as soon as one starts below the change where one started before, all from there on are the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, Protocol, TypeVar, Union

from neuron_config_server.reading.statements import count_line_ends, restart, statement_extent


class HasFault(Protocol):
    """Facts of a statement that tell whether it is broken."""

    @property
    def fault(self) -> object | None: ...


Facts = TypeVar("Facts", bound=HasFault)
Patch = Callable[[Facts, str, str], Union[Facts, None]]


@dataclass(frozen=True)
class ReadStatement(Generic[Facts]):
    """A statement in its file."""

    text: str
    line: int
    """Where it starts in the file, from 0."""
    facts: Facts
    """Of its text alone: their positions count from the first line of the statement."""
    last_good: Facts | None = field(default=None, compare=False)
    """While the statement is broken: its facts from before that, if it is known which one it was."""

    @property
    def meant(self) -> Facts:
        """The facts that the rest of the file is read by."""
        return self.facts if self.last_good is None else self.last_good

    @property
    def is_being_typed(self) -> bool:
        """Whether it is broken, and was not before: places in it are those of its earlier text."""
        return self.last_good is not None


class StatementReader(Generic[Facts]):
    """Reads a text whenever it has changed; apart from ``last_good``, the answer depends on the text alone.

    ``read`` gets the text of a statement. What it raises is passed on; facts that were read until then aren't
    read again by the next call.
    """

    def __init__(self, read: Callable[[str], Facts], patch: Patch[Facts] | None = None) -> None:
        """With what reads a statement.

        Args:
            patch: gives the facts of a new text from those of an old one and both texts, where it can.
        """
        self._known = _KnownFacts(read, patch)
        self._last: _Reading[Facts] = _Reading("", (), (), ())
        self.patched: int | None = None
        """The place of the only statement that the last reading found changed, where it was patched."""

    def read(self, text: str) -> tuple[ReadStatement[Facts], ...]:
        """The statements in order; joined they are the text again."""
        self.patched = None
        if text != self._last.text:
            change = Change.between(self._last.text, text)
            self._last = self._patched(text, change) or self._read_again(text, change)
        return self._last.statements

    def _read_again(self, text: str, change: Change) -> _Reading[Facts]:
        reading = _NextReading(self._last, text, change, self._known).finished()
        self._known.start_next_generation(reading.statements)
        return reading

    def _patched(self, text: str, change: Change) -> _Reading[Facts] | None:
        """The reading where patching the statement that has changed is enough, and ends where it ended."""
        before, place = self._last, self._last.first_to_see(change.start)
        if place == len(before.starts) or not before.holds(place, change):
            return None
        start, old, further = before.starts[place], before.statements[place], len(text) - len(before.text)
        extent = statement_extent(text, start)
        if extent.end != before.end(place) + further:
            return None
        facts = self._known.patched(old, text[start : extent.end])
        if facts is None:
            return None
        self.patched = place
        new = ReadStatement(text[start : extent.end], old.line, facts)
        below = place + 1
        return _Reading(
            text,
            (*before.statements[:place], new, *before.statements[below:]),
            [*before.starts[:below], *(each + further for each in before.starts[below:])],
            [*before.seen[:place], extent.seen, *(each + further for each in before.seen[below:])],
        )


class _KnownFacts(Generic[Facts]):
    """Facts by text: of the reading that is under way, and of the last two, so that undoing costs nothing."""

    def __init__(self, read: Callable[[str], Facts], patch: Patch[Facts] | None) -> None:
        self._read = read
        self._patch = patch
        self._now: dict[str, Facts] = {}
        self._last: dict[str, Facts] = {}
        self._before_last: dict[str, Facts] = {}

    def of(self, text: str, old: ReadStatement[Facts] | None = None) -> Facts:
        """The facts of a text; from those of an old one that it came from, if that is enough."""
        for known in (self._now, self._last, self._before_last):
            if text in known:
                self._now[text] = known[text]
                return known[text]
        patched = self.patched(old, text) if old else None
        facts = self._now[text] = patched if patched is not None else self._read(text)
        return facts

    def patched(self, old: ReadStatement[Facts], text: str) -> Facts | None:
        """The facts of a text from those of one that it came from, if that is enough; they aren't kept."""
        return self._patch(old.facts, old.text, text) if self._patch else None

    def start_next_generation(self, statements: Sequence[ReadStatement[Facts]]) -> None:
        """Keep what the reading needed, that is its statements' facts and those read on the way."""
        self._now.update({statement.text: statement.facts for statement in statements})
        self._before_last, self._last, self._now = self._last, self._now, {}


@dataclass(frozen=True)
class _Reading(Generic[Facts]):
    """A text that was read: its statements, with two offsets for each."""

    text: str
    statements: tuple[ReadStatement[Facts], ...]
    starts: Sequence[int]
    seen: Sequence[int]
    """What stands in the text from here on had no influence on where the statement ends."""

    def index_at(self, place: int | None) -> int | None:
        """Which statement starts at an offset."""
        index = len(self.starts) if place is None else bisect_left(self.starts, place)
        return index if index < len(self.starts) and self.starts[index] == place else None

    def first_to_see(self, place: int) -> int:
        """The first statement whose end the text behind a place had an influence on."""
        return next((index for index, seen in enumerate(self.seen) if seen > place), len(self.seen))

    def holds(self, index: int, change: Change) -> bool:
        """Whether a change stays within a statement."""
        return self.starts[index] <= change.start and change.old_end < self.end(index)

    def end(self, index: int) -> int:
        return self.starts[index] + len(self.statements[index].text)


@dataclass(frozen=True)
class Change:
    """The one stretch of a text in which it differs from that before it."""

    start: int
    old_end: int
    new_end: int

    @classmethod
    def between(cls, old: str, new: str) -> Change:
        start = _common_start(old, new)
        rest = _common_end(old, new, min(len(old), len(new)) - start)
        return cls(start, len(old) - rest, len(new) - rest)

    def old_place(self, place: int) -> int | None:
        """Where it was before the change; None within it."""
        if place >= self.new_end:
            return place - self.new_end + self.old_end
        return place if place <= self.start else None

    def untouched(self, start: int, end: int) -> int:
        """How much is left of what stood between two places before the change."""
        return max(0, min(end, self.start) - start) + max(0, end - max(start, self.old_end))


class _NextReading(Generic[Facts]):
    """The reading of a text, as it grows out of that of the text before it."""

    def __init__(self, before: _Reading[Facts], text: str, change: Change, known: _KnownFacts[Facts]) -> None:
        self._before = before
        self._text = text
        self._known = known
        self._change = change
        kept = before.first_to_see(change.start) % max(1, len(before.seen))
        self._statements = list(before.statements[:kept])
        self._starts = list(before.starts[:kept])
        self._seen = list(before.seen[:kept])
        self._place = before.starts[kept] if kept else 0
        self._line = before.statements[kept].line if kept else 0

    def finished(self) -> _Reading[Facts]:
        while self._place < len(self._text):
            old = self._before.index_at(self._change.old_place(self._place))
            if old is None or not self._is_unchanged(old):
                self._read(old)
            elif self._place < self._change.new_end:
                self._add(self._before.statements[old], self._before.seen[old])
            else:
                self._add_all_from(old)
        return _Reading(self._text, tuple(self._statements), self._starts, self._seen)

    def _is_unchanged(self, old: int) -> bool:
        """Whether the statement at the place of an old one must be the same."""
        return self._place >= self._change.new_end or self._before.seen[old] <= self._change.start

    def _add(self, statement: ReadStatement[Facts], seen: int) -> None:
        self._statements.append(statement)
        self._starts.append(self._place)
        self._seen.append(seen)
        self._place += len(statement.text)
        self._line += count_line_ends(statement.text)

    def _add_all_from(self, old: int) -> None:
        before = self._before
        further = self._place - before.starts[old]
        down = self._line - before.statements[old].line
        self._starts += [start + further for start in before.starts[old:]]
        self._seen += [seen + further for seen in before.seen[old:]]
        if down == 0:
            self._statements += before.statements[old:]
        else:
            self._statements += [
                ReadStatement(each.text, each.line + down, each.facts, each.last_good)
                for each in before.statements[old:]
            ]
        self._place = len(self._text)

    def _read(self, old: int | None) -> None:
        """Read the statement here, where an old one started or none."""
        extent = statement_extent(self._text, self._place)
        text = self._text[self._place : extent.end]
        facts = self._known.of(text, self._before.statements[old] if old is not None else None)
        cut = restart(text) if facts.fault is not None else None
        if cut is not None:
            text = text[:cut]
            facts = self._known.of(text)
        last_good = self._last_good(old, text) if facts.fault is not None else None
        self._add(ReadStatement(text, self._line, facts, last_good), extent.seen)

    def _last_good(self, old: int | None, text: str) -> Facts | None:
        """Of a broken statement: it is the old one if it holds half of it, else that of the same text."""
        if old is None or not self._is_left(old, text):
            return self._last_good_of_broken.get(text)
        statement = self._before.statements[old]
        return statement.facts if statement.facts.fault is None else statement.last_good

    def _is_left(self, old: int, text: str) -> bool:
        start, end = self._before.starts[old], self._before.end(old)
        return 2 * min(self._change.untouched(start, end), len(text)) >= end - start

    @cached_property
    def _last_good_of_broken(self) -> dict[str, Facts | None]:
        return {each.text: each.last_good for each in self._before.statements if each.facts.fault is not None}


def _common_start(one: str, other: str) -> int:
    """How many characters they start with in common, by halves: slices compare faster than characters."""
    same, most = 0, min(len(one), len(other))
    while same < most:
        middle = (same + most + 1) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            most = middle - 1
    return same


def _common_end(one: str, other: str, most: int) -> int:
    """How many characters they end with in common, of so many at the most."""
    same = 0
    while same < most:
        middle = (same + most + 1) // 2
        if one[len(one) - middle : len(one) - same] == other[len(other) - middle : len(other) - same]:
            same = middle
        else:
            most = middle - 1
    return same
