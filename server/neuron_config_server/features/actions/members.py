"""Where a property goes in a class body: attributes first, then ``inputs``, then ``outputs``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range, source_text
from neuron_config_server.rules.finding import Edit
from neuron_config_server.rules.support.additions import member_behind, new_line


def member_edit(file: ConfigFile, config: ConfigClass, name: str, lines: Sequence[str]) -> Edit | None:
    """Write a property in its place, in that of a ``pass`` if nothing else is there.

    None where the body stands on the line of the ``class`` itself.
    """
    body = config.value.node.body
    if _is_placeholder(body[-1]):
        return _in_place_of(file, config, body[-1], ("", *lines) if len(body) > 1 else tuple(lines))
    return member_behind(file, config, _neighbour(body, name), ("", *lines))


def _neighbour(body: syntax.Block, name: str) -> syntax.Statement:
    """The statement that the property comes behind."""
    if name == "outputs":
        inputs = [each for each in body if isinstance(each, syntax.Function) and each.name == "inputs"]
        if inputs:
            return inputs[-1]
    attributes = list(takewhile(lambda each: not isinstance(each, (syntax.Function, syntax.Class)), body))
    return attributes[-1] if attributes else body[-1]


def _is_placeholder(statement: syntax.Statement) -> bool:
    if isinstance(statement, syntax.Evaluate):
        return isinstance(statement.value, syntax.Constant) and statement.value.value is ...
    return isinstance(statement, syntax.Jump) and statement.keyword == "pass"


def _in_place_of(
    file: ConfigFile, config: ConfigClass, statement: syntax.Statement, lines: Sequence[str]
) -> Edit | None:
    source = source_text(file.text)
    range_ = range_of(statement.span, config.value.line)
    indent = source.line(range_.start.line)[: range_.start.column]
    if indent.strip() or not indent:
        return None
    start = Position(range_.start.line, 0)
    written = new_line(source).join(f"{indent}{line}" if line else "" for line in lines)
    return Edit(Range(start, range_.end), written)
