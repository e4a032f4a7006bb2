"""Pieces of the Markdown that editors show, and what remains of it as plain text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

_RULE_OF_TABLE = re.compile(r"\| *-{3,}[ |-]*")
_FENCE = re.compile(r"```\w*")


def heading(name: str, kind: str) -> str:
    """The first line: a bold name, and what it is."""
    return f"**{escaped(name)}** · {kind}"


def code(text: str) -> str:
    """Code within a line."""
    quote = "``" if "`" in text else "`"
    return f"{quote}{text}{quote}"


def codes(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def few_codes(names: Collection[str], most: int = 8) -> str:
    """So many of the names, and how many more there are."""
    shown = [*names][: most if len(names) <= most else most - 1]
    more = len(names) - len(shown)
    return codes(shown) + (f" and {more} more" if more else "")


def fence(text: str) -> str:
    """Python code as a block."""
    return f"```python\n{text}\n```"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def joined(*parts: str | None) -> str:
    """The parts that there are, as paragraphs."""
    return "\n\n".join(part for part in parts if part)


def escaped(text: str) -> str:
    """A name whose underscores and stars are no emphasis."""
    return re.sub(r"([\\*`\[\]<>]|\b_|_\b)", r"\\\1", text)


def prose(text: str) -> str:
    """A paragraph of a library's documentation, without links that lead nowhere outside of its pages."""
    text = re.sub(r"\[`~(?:\w+\.)*(\w+)`\](?!\()", r"`\1`", text)
    text = re.sub(r"\[(`[^`]+`)\](?!\()", r"\1", text)
    return re.sub(r"\s*\[[^\]]*\]\((?!https?:)[^)]*\)", "", text).strip()


def plain_text(markdown: str) -> str:
    """Markdown for a client that doesn't read it."""
    lines = (
        line
        for line in markdown.split("\n")
        if not _FENCE.fullmatch(line) and not _RULE_OF_TABLE.fullmatch(line)
    )
    return "\n".join(map(_plain_line, lines))


def _plain_line(line: str) -> str:
    if line.startswith("| ") and line.endswith(" |"):
        line = line[2:-2].replace(" | ", "  ").replace("\\|", "|")
    line = re.sub(r"\*\*(.+?)\*\*", r"\1", line)
    return re.sub(r"`+|\\(?=[\\*_`\[\]<>])", "", line)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
