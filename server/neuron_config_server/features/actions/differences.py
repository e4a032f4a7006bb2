"""Two texts -> the edits that make one of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from neuron_config_server.reading.positions import Position, Range, split_lines
from neuron_config_server.rules.finding import Edit


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    """Edits of no more lines than differ; of a line that became another, of what differs in it."""
    old, new = split_lines(before), split_lines(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        edit
        for kind, start, end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
        for edit in _edits_of_lines(old, start, end, new[new_start:new_end])
    )


def _edits_of_lines(old: Sequence[str], start: int, end: int, new: Sequence[str]) -> Iterator[Edit]:
    pairs = [*zip(old[start:end], new)]
    if end - start != len(new) or any(_line_end(one) != _line_end(other) for one, other in pairs):
        yield Edit(Range(_line_start(old, start), _line_start(old, end)), "".join(new))
        return
    for line, (before, after) in enumerate(pairs, start):
        if before != after:
            yield _edit_within(line, before.rstrip("\r\n"), after.rstrip("\r\n"))


def _edit_within(line: int, before: str, after: str) -> Edit:
    prefix = _common(before, after)
    suffix = _common(before[prefix:][::-1], after[prefix:][::-1])
    range_ = Range(Position(line, prefix), Position(line, len(before) - suffix))
    return Edit(range_, after[prefix : len(after) - suffix])


def _common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other)))


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _line_start(lines: Sequence[str], line: int) -> Position:
    """Where a line starts; of the one behind the last, where the text ends."""
    if line == len(lines) > 0 and not lines[-1].endswith(("\n", "\r")):
        return Position(line - 1, len(lines[-1]))
    return Position(line, 0)
