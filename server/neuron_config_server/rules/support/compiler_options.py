"""The compiler options that a config file writes: in ``get_compiler_args`` and for NEURON_CC_FLAGS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.reading.statement_reader import ReadStatement
from neuron_config_server.rules.finding import Finding

_METHOD = "get_compiler_args"
_VARIABLE = "NEURON_CC_FLAGS"
_TOKEN = re.compile(r"(?:[^\s'\"]|'[^']*'|\"[^\"]*\")+")
"""A word of a command line; quoted parts belong to it."""


@dataclass(frozen=True)
class Option:
    """An option as written, with its value if that stands in the same string."""

    name: str
    value: str | None
    range: Range
    """Of the name."""
    value_range: Range | None

    def down(self, lines: int) -> Option:
        """The same option, that many lines further down."""
        value_range = self.value_range.down(lines) if self.value_range is not None else None
        return Option(self.name, self.value, self.range.down(lines), value_range)


@dataclass(frozen=True, eq=False)
class OptionString:
    """A plain string that holds options, in order."""

    options: tuple[Option, ...]
    is_for_wrapper: bool
    """Whether it is for NEURON_CC_FLAGS, which takes the wrapper's options too."""
    class_name: str | None
    """The class whose method it stands in."""
    is_faulty: dict[str, bool] = field(default_factory=dict)
    """Code of a rule -> whether it has something to say."""

    def down(self, lines: int) -> OptionString:
        options = tuple(each.down(lines) for each in self.options)
        return OptionString(options, self.is_for_wrapper, self.class_name)


def option_strings(file: ConfigFile) -> Iterator[OptionString]:
    """Every string of options in the file."""
    for statement, found in _by_statement(file):
        for each in found:
            yield each.down(statement.line)


def _by_statement(file: ConfigFile) -> list[tuple[ReadStatement[syntax.StatementFacts], list[OptionString]]]:
    return file.judged_statements(_METHOD, lambda facts: [*_of_statement(facts)])


def findings_of_options(
    file: ConfigFile, code: str, find: Callable[[OptionString], Iterator[Finding]]
) -> Iterator[Finding]:
    """What a rule finds in the strings of options of the file; those that don't change are looked at once."""
    for statement, found in _by_statement(file):
        for each in found:
            if code not in each.is_faulty:
                each.is_faulty[code] = any(find(each))
            if each.is_faulty[code]:
                yield from find(each.down(statement.line))


def _of_statement(facts: syntax.StatementFacts) -> Iterator[OptionString]:
    """Those of a statement, lines counted from its first."""
    for node in facts.body:
        class_name = node.name if isinstance(node, syntax.Class) else None
        for each in syntax.nodes_in(node):
            if isinstance(each, syntax.Function) and each.name == _METHOD:
                yield from _strings(each.body, class_name, is_for_wrapper=False)
            elif isinstance(each, syntax.Assign) and any(map(_is_variable, each.targets)):
                yield from _strings(each.value, class_name, is_for_wrapper=True)


def _is_variable(target: syntax.Expression) -> bool:
    """Whether it is ``os.environ["NEURON_CC_FLAGS"]``."""
    return (
        isinstance(target, syntax.Subscript)
        and isinstance(target.index, syntax.Text)
        and target.index.value == _VARIABLE
    )


def _strings(node: object, class_name: str | None, *, is_for_wrapper: bool) -> Iterator[OptionString]:
    for text, is_piece in _texts(node, is_piece=False):
        if text.value.lstrip().startswith("-") and text.span[0] == text.span[2]:
            options = tuple(_options(text))
            if is_piece and not text.value.endswith(" "):
                options = options[:-1]  # the next piece may go on with it
            if options:
                yield OptionString(options, is_for_wrapper, class_name)


def _texts(node: object, *, is_piece: bool) -> Iterator[tuple[syntax.Text, bool]]:
    """The strings that become options, and whether they are put together with others."""
    if isinstance(node, syntax.Text):
        yield node, is_piece
    elif isinstance(node, tuple):
        for each in node:
            yield from _texts(each, is_piece=is_piece)
    elif isinstance(node, syntax.Comparison) or (
        isinstance(node, syntax.Evaluate) and isinstance(node.value, (syntax.Text, syntax.Formatted))
    ):
        return  # looked for, or a docstring
    elif (parts := syntax.parts_of(type(node))) is not None:
        is_joined = isinstance(node, (syntax.Binary, syntax.Formatted, syntax.Call))
        for name in reversed(parts):
            yield from _texts(getattr(node, name), is_piece=is_piece or is_joined)


def _options(node: syntax.Text) -> Iterator[Option]:
    """Positions are told where the string stands as it is, without escapes."""
    whole = range_of(node.span, 0)
    start = whole.start.column + node.opening
    if whole.end.column - node.closing - start != len(node.value):
        return
    words = list(_TOKEN.finditer(node.value))
    for word, following in zip(words, [*words[1:], None]):
        name, equals, value = word[0].partition("=")
        if not re.fullmatch(r"--?[A-Za-z][\w-]*", name):
            continue
        if following is not None and not re.fullmatch(r"[\w.,-]+", following[0]):
            following = None  # the place of a value, or something else
        if equals and not re.fullmatch(r"[\w.,-]+", value):
            equals = ""
        if equals:
            at = word.start() + len(name) + 1
            yield Option(
                name, value, _at(whole, start, word.start(), len(name)), _at(whole, start, at, len(value))
            )
        elif following is not None and not following[0].startswith("-"):
            yield Option(
                name,
                following[0],
                _at(whole, start, word.start(), len(name)),
                _at(whole, start, following.start(), len(following[0])),
            )
        else:
            yield Option(name, None, _at(whole, start, word.start(), len(name)), None)


def _at(whole: Range, start: int, offset: int, length: int) -> Range:
    line = whole.start.line
    return Range(Position(line, start + offset), Position(line, start + offset + length))
