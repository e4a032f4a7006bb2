"""A text with one fault in it, and what should be told of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from neuron_config_server.reading.positions import Position, Range, split_lines

from .cutting import cut_down


@dataclass(frozen=True)
class Mutant:
    """A file that was clean where the fault is now."""

    code: str
    """What should be reported."""
    operator: str
    """How the fault was made."""
    class_name: str
    """The class that was broken."""
    unbroken: str
    """The whole text before: the real file, or the real file with something more that is right."""
    text: str
    start: int
    """Where the finding should begin, and …"""
    end: int
    """… end, as offsets into the text."""
    detail: str = ""
    """What tells it from others of the operator."""
    companions: Mapping[str, str] = field(default_factory=dict)
    """Codes that may be reported beside it -> why."""
    renamed: tuple[str, str] | None = None
    """A class's name now and before, where that is the fault."""

    def __str__(self) -> str:
        return f"{self.code} {self.operator} {self.class_name} {self.detail}".rstrip()

    newline: str = "\n"
    """What its lines end with where it is read."""

    def cut(self, text: str) -> str:
        """One of its texts as it is read, without the classes that have nothing to do with it."""
        return self._cut(text).replace("\n", self.newline)

    def _cut(self, text: str) -> str:
        if self.renamed is None or text is self.unbroken:
            return cut_down(text, self.unbroken, self.class_name)
        now, before = self.renamed
        cut = cut_down(re.sub(rf"\b{now}\b", before, text), self.unbroken, self.class_name)
        return re.sub(rf"\b{before}\b", now, cut)

    @cached_property
    def expected(self) -> Range:
        return Range(position_at(self.text, self.start), position_at(self.text, self.end))


def position_at(text: str, offset: int) -> Position:
    before = split_lines(text[:offset])
    if not before or before[-1].endswith("\n"):
        return Position(len(before), 0)
    return Position(len(before) - 1, len(before[-1]))
