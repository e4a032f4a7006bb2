"""The entries of a docstring: ``name (`type`): text``."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

_HEADING = re.compile(r" *(?:Args?|Arguments|Parameters|Inputs|Attributes): *")
_END = re.compile(r"(?:Returns?|Examples?|Raises|Yields)\b|```| +(?:Examples?|Returns?):? *$")
"""What ends a section; a code block that is indented is part of an entry's text."""
_START = re.compile(r"\w+ *[(:]")
"""How each form of an entry begins."""
_IN_MID_SENTENCE = re.compile(r"[a-z]\w*,? +[^\s`]")
"""A name and its type in backticks are an entry that lacks its brackets."""

_TYPED = re.compile(r"(?P<name>\w+) *:? *\(.*?\)`?,?\s*:(?P<text>.*)", re.DOTALL)
"""``name (`int`, *optional*): Text``; the type may take several lines."""
_WITHOUT_COLON = re.compile(r"(?P<name>\w+) *:? *\((?:(?!\)`?,? *:).)*\),? *")
"""A line ``name (`int`, *optional*)``, the colon forgotten."""
_UNTYPED = re.compile(r"(?P<name>\w+) *:(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True)
class _Entry:
    name: str
    text: str
    has_type: bool


def docstring_entries(docstring: str) -> Mapping[str, str]:
    """Name -> text of the entries of a docstring that have a text.

    They stand below a heading such as ``Args:``, or make up the docstring, as auto_docstring allows. Only
    below a heading may an entry lack its type; of several for a name, the first that has a type is meant.
    """
    lines = inspect.cleandoc(docstring).split("\n")
    sections = list(_sections(lines))
    blocks = (block for section in sections or [_before_the_end(lines)] for block in _blocks(section))
    entries = [entry for block in blocks if (entry := _entry(block)) is not None and entry.text]
    found: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: not entry.has_type):
        if entry.has_type or sections:
            found.setdefault(entry.name, entry.text)
    return found


def _sections(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines below each heading."""
    for number, line in enumerate(lines):
        if _HEADING.fullmatch(line):
            yield _indented_alike(lines[number + 1 :])


def _before_the_end(lines: Sequence[str]) -> list[str]:
    """The lines of a docstring without headings, up to ``Returns:`` or the like."""
    kept = takewhile(lambda line: not _END.match(line), lines)
    return textwrap.dedent("\n".join(kept)).split("\n")


def _indented_alike(lines: Sequence[str]) -> list[str]:
    """The lines up to the first that is indented less than the first of them, without that indentation."""
    indents = [len(line) - len(line.lstrip()) if line.strip() else None for line in lines]
    indent = next((each for each in indents if each is not None), 0)
    end = next((n for n, each in enumerate(indents) if each is not None and each < indent), len(lines))
    return [line[indent:] for line in lines[:end]]


def _blocks(section: Sequence[str]) -> list[list[str]]:
    """The lines of each entry; and of what else there is."""
    blocks: list[list[str]] = []
    for line in section:
        if _END.match(line):
            break
        if blocks and (not line[:1].strip() or _goes_on(blocks[-1], line)):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _goes_on(block: Sequence[str], line: str) -> bool:
    """Whether a line that isn't indented is part of the entry all the same: of its type, or of its text."""
    if _START.match(line):
        return False
    entry = _entry(block)
    if entry is None or not entry.text:
        return True
    return block[-1].strip() != "" and _IN_MID_SENTENCE.match(line) is not None


def _entry(block: Sequence[str]) -> _Entry | None:
    head, *below = block
    if not _START.match(head):
        return None
    without_colon = _WITHOUT_COLON.fullmatch(head)
    if without_colon and head.count("(") == head.count(")"):
        return _Entry(without_colon["name"], _text("", below), True)
    typed = _TYPED.match("\n".join(block))
    match = typed or _UNTYPED.match("\n".join(block))
    if match is None:
        return None
    beside, *below = match["text"].split("\n")
    return _Entry(match["name"], _text(beside, below), typed is not None)


def _text(beside: str, below: Sequence[str]) -> str:
    """The text that begins beside the name, or else below it."""
    parts = (beside.strip(), inspect.cleandoc("\n".join(["", *below])))
    return "\n".join(part for part in parts if part).strip()
