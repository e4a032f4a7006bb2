"""What is typed within a string changes that string, and moves what stands behind it in its line.

Nothing has to be parsed for it; and the names of inputs, outputs and tasks are strings.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from neuron_config_server.reading.statement_reader import Change
from neuron_config_server.reading.syntax import (
    Class,
    Function,
    Interpolation,
    Span,
    StatementFacts,
    Text,
    parts_of,
)

_NOT_PLAIN = frozenset("\"'\\{}")


def patched(facts: StatementFacts, old: str, new: str) -> StatementFacts | None:
    """The facts of a statement's text after a change within a string; None where it has to be read.

    They are equal to what :func:`.statement_facts.read_statement` gives.

    Args:
        facts: of the old text.
    """
    change = Change.between(old, new)
    removed, added = old[change.start : change.old_end], new[change.start : change.new_end]
    if facts.fault is not None or facts.unread is not None or not (_is_plain(removed) and _is_plain(added)):
        return None
    beside = new[change.start - 1 : change.start] + new[change.new_end : change.new_end + 1]
    if "\r" in old or (not added and not beside.strip("\"'")):  # quotes that meet may be one of three
        return None
    patch = _Patch(old, new, change)
    body = patch.of(facts.body)
    return StatementFacts(body) if patch.is_made else None


def _is_plain(text: str) -> bool:
    """Whether it means itself within any string, and ends none."""
    return text.isprintable() and _NOT_PLAIN.isdisjoint(text)


class _Patch:
    def __init__(self, old: str, new: str, change: Change) -> None:
        self._old, self._new = old, new
        self._line = old.count("\n", 0, change.start)
        self._line_start = old.rfind("\n", 0, change.start) + 1
        self._column = change.start - self._line_start
        self._end = change.old_end - self._line_start
        self._further = len(new) - len(old)
        self.is_made = False

    def of(self, value: Any) -> Any:
        """A piece of syntax after the change; itself where nothing of it moves."""
        if type(value) is tuple:
            found = tuple(map(self.of, value))
            return found if any(one is not other for one, other in zip(found, value)) else value
        kind = type(value)
        if parts_of(kind) is None or not self._may_change(value):
            return value
        if kind is Text:
            return self._text(value)
        if kind is Interpolation and value.span[:2] <= (self._line, self._column):
            return value  # its label may hold the string's source: nothing is made of it
        before = [getattr(value, name) for name, _ in _fields(kind)]
        after = [self._field(each, of_span) for each, (_, of_span) in zip(before, _fields(kind))]
        return kind(*after) if any(one is not other for one, other in zip(before, after)) else value

    def _field(self, value: Any, is_span: bool) -> Any:
        return self._span(value) if is_span else self.of(value)

    def _may_change(self, value: Any) -> bool:
        """Whether it stands where something changes, or moves; decorators stand outside of their spans."""
        span = getattr(value, "span", None)
        if span is None:
            return True
        if isinstance(value, (Class, Function)):
            first = min([span[0], *(each.span[0] for each in value.decorators)])
            return first <= self._line <= span[2]
        return span[0] <= self._line <= span[2] and (span[2] > self._line or span[3] > self._column)

    def _span(self, span: Span) -> Span:
        line, column, end_line, end_column = span
        if self._line not in (line, end_line):
            return span
        if line == self._line and column > self._column:
            column += self._further
        if end_line == self._line and end_column > self._column:
            end_column += self._further
        moved = line, column, end_line, end_column
        return moved if moved != span else span

    def _text(self, value: Text) -> Text:
        line, column, end_line, end_column = value.span
        start, end = column + value.opening, end_column - value.closing
        is_around = line == end_line == self._line and start <= self._column and self._end <= end
        if value.closing and is_around:
            first, last = self._line_start + start, self._line_start + end
            if self._old[first:last] != value.value:
                return value  # an escape
            text = self._new[first : last + self._further]
            if not text or "\\" in text:  # of a formatted string, no part; maybe an escape now
                return value
            self.is_made = True
            return Text(text, self._span(value.span), value.opening, value.closing)
        return Text(value.value, self._span(value.span), value.opening, value.closing)


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((each.name, each.type == "Span") for each in fields(kind))
