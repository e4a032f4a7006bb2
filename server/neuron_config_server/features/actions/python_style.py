"""How a file writes its Python: what an edit adds is written alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from neuron_config_server.features.actions.refactorings import ClassAtCursor
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range

LINE_LENGTH = 119
"""optimum-neuron's."""
_ANNOTATED = re.compile(r"def (?:inputs|outputs)\(self\)\s*(?P<annotation>->[^:\r\n]+)?:")


def quote_of(here: ClassAtCursor) -> str:
    """The quote of the first plain string in the statement of the class, docstrings left out."""
    statement = here.file.statement_at(here.config.range.start.line)
    for node in syntax.nodes_in(statement.facts.body if statement is not None else ()):
        if isinstance(node, syntax.Text) and node.closing == 1:
            end = range_of(node.span, here.config.value.line).end
            return here.source.slice(Range(Position(end.line, end.column - 1), end))
    return '"'


def quoted_names(names: Sequence[str], quote: str) -> str:
    """Source of the elements of a list."""
    return ", ".join(f"{quote}{each}{quote}" for each in names)


def annotation_of_names(file: ConfigFile) -> str:
    """What the file writes between ``def inputs(self)`` and the colon."""
    found = _ANNOTATED.search(file.text)
    if found is None:
        return " -> list[str]"
    return f" {found['annotation']}" if found["annotation"] else ""


def indent_unit(here: ClassAtCursor) -> str:
    """By how much a block is indented; four spaces where the class has no block."""
    config = here.config
    first = range_of(config.value.node.body[0].span, config.value.line).start
    inner = here.source.line(first.line)[: first.column]
    outer = here.source.line(config.range.start.line)[: config.range.start.column]
    return inner.removeprefix(outer) if not inner.strip() and inner != outer else "    "
