"""Edits that add: a string beside another one, an element to a tuple, a member to a class."""

from __future__ import annotations

import libcst as cst

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StartLine, StringLiteral, range_of
from neuron_config_server.reading.positions import Position, Range, SourceText, source_text
from neuron_config_server.reading.tree import Tree
from neuron_config_server.rules.finding import Edit


def string_beside(file: ConfigFile, neighbour: StringLiteral, value: str, *, after: bool) -> Edit:
    """Write a string into the list that another one of the file stands in, quoted and set as that one is."""
    source = source_text(file.text)
    opening = source.slice(Range(neighbour.range.start, neighbour.inner.start))
    closing = source.slice(Range(neighbour.inner.end, neighbour.range.end))
    separator = _separator(source, neighbour.range.start)
    written = f"{opening}{value}{closing}"
    if after:
        return Edit(Range(neighbour.range.end, neighbour.range.end), separator + written)
    return Edit(Range(neighbour.range.start, neighbour.range.start), written + separator)


def element_behind(
    file: ConfigFile, tuple_: syntax.Display, line: StartLine | int, written: str
) -> Edit | None:
    """Write an element behind the last one of a tuple; None where it has none.

    Args:
        line: where the tuple's statement starts in its file.
    """
    if not tuple_.elements:
        return None
    source = source_text(file.text)
    last = range_of(tuple_.elements[-1].span, line)
    comma = Range(last.end, Position(last.end.line, last.end.column + 1))
    if source.line(last.end.line)[last.end.column :].startswith(",)"):  # it needs no comma any more
        return Edit(comma, f", {written}")
    return Edit(Range(last.end, last.end), _separator(source, last.start) + written)


def member_behind(
    file: ConfigFile, config: ConfigClass, statement: syntax.Statement, lines: tuple[str, ...]
) -> Edit | None:
    """Write lines right behind a statement of a class body, indented as it is.

    None where the body stands on the line of the ``class`` itself.
    """
    source = source_text(file.text)
    first = range_of(config.value.node.body[0].span, config.value.line).start
    indent = source.line(first.line)[: first.column]
    if indent.strip() or not indent:
        return None
    last_line = range_of(statement.span, config.value.line).end.line
    end = Position(last_line, len(source.line(last_line)))
    end_of_line = new_line(source)
    written = "".join(f"{end_of_line}{indent}{line}" if line else end_of_line for line in lines)
    return Edit(Range(end, end), written)


def import_beside(file: ConfigFile, siblings: frozenset[str], name: str) -> Edit | None:
    """Import a name in the top-level ``from … import`` that has a sibling of it, in its alphabetical place.

    None where there is no such import.
    """
    for statement in file.statements:
        for node in statement.facts.body:
            if isinstance(node, syntax.Import) and any(
                each.rpartition(".")[2] in siblings for _, each in node.names
            ):
                return _name_in_import(file, Tree(statement.text), statement.line, name)
    return None


def _name_in_import(file: ConfigFile, tree: Tree, line: int, name: str) -> Edit | None:
    (statement,) = tree.module.body[:1]
    small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    if not isinstance(small, cst.ImportFrom) or isinstance(small.names, cst.ImportStar):
        return None
    ranges = {each.evaluated_name: tree.range(each).down(line) for each in small.names}
    following = [range_ for other, range_ in ranges.items() if other > name]
    source = source_text(file.text)
    if following:
        start = following[0].start
        return Edit(Range(start, start), name + _separator(source, start))
    last = list(ranges.values())[-1]
    return Edit(Range(last.end, last.end), _separator(source, last.start) + name)


def _separator(source: SourceText, start: Position) -> str:
    """What stands between elements: each on a line of its own where this one is."""
    before = source.line(start.line)[: start.column]
    return ", " if before.strip() or not before else f",{new_line(source)}{before}"


def new_line(source: SourceText) -> str:
    """How lines of the text end."""
    return "\r\n" if source.lines and source.lines[0].endswith("\r\n") else "\n"
