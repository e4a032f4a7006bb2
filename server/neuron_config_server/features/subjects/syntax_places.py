"""What piece of a statement's syntax stands at a position, and around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from neuron_config_server.reading import syntax

_Node = TypeVar("_Node")
_CONDITIONS = (syntax.If, syntax.With, syntax.Try, syntax.Handler)


@dataclass(frozen=True)
class Token:
    """A string or a name at a position."""

    text: str
    """The string's value, or the name."""
    span: syntax.Span
    around: tuple[Any, ...]
    """The pieces of syntax that it stands in, the outermost first; the last is it, or has it for its name."""

    @property
    def node(self) -> Any:
        return self.around[-1]

    @property
    def is_string(self) -> bool:
        return isinstance(self.node, syntax.Text)

    @property
    def without_conditions(self) -> tuple[Any, ...]:
        """What is around it, without the statements whose blocks run in the scope that they stand in."""
        return tuple(each for each in self.around if not isinstance(each, _CONDITIONS))

    def nearest(self, kind: type[_Node]) -> _Node | None:
        """The innermost piece of a kind around it."""
        return next((each for each in reversed(self.around[:-1]) if isinstance(each, kind)), None)


def token_at(body: syntax.Block, line: int, column: int) -> Token | None:
    """The token at a position of the statement's text, or that ends there."""
    found = _token(_around(body, line, column), line, column)
    if found is None and column > 0:
        found = _token(_around(body, line, column - 1), line, column - 1)
    return found


def tokens_named(body: syntax.Block, text: str, *, is_string: bool) -> Iterator[Token]:
    """Every token of that text."""
    for around in _ways(body, ()):
        node = around[-1]
        if is_string:
            if isinstance(node, syntax.Text) and node.value == text:
                yield Token(text, node.span, around)
        else:
            yield from (Token(text, span, around) for name, span in _names_of(node) if name == text)


def _token(around: tuple[Any, ...], line: int, column: int) -> Token | None:
    if not around:
        return None
    node = around[-1]
    if isinstance(node, syntax.Text):
        return Token(node.value, node.span, around)
    for name, span in _names_of(node):
        if _contains(span, line, column):
            return Token(name, span, around)
    return None


def _names_of(node: Any) -> Iterator[tuple[str, syntax.Span]]:
    """The names that a piece of syntax has itself."""
    if isinstance(node, syntax.Name):
        yield node.name, node.span
    elif isinstance(node, (syntax.Attribute, syntax.Function, syntax.Class)):
        yield node.name, node.name_span
    elif isinstance(node, syntax.Argument) and node.keyword is not None:
        line, column, *_ = node.span
        yield node.keyword, (line, column, line, column + len(node.keyword))


def _around(value: Any, line: int, column: int) -> tuple[Any, ...]:
    for child in _parts(value):
        if _covers(child, line, column):
            return (child, *_around(child, line, column))
        if not hasattr(child, "span") and (found := _around(child, line, column)):
            return (child, *found)
    return ()


def _ways(value: Any, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Each piece of syntax within a value, with those that it stands in."""
    for child in _parts(value):
        yield (*above, child)
        yield from _ways(child, (*above, child))


def _parts(value: Any) -> Iterator[Any]:
    if type(value) is tuple:
        for each in value:
            if type(each) is tuple:
                yield from _parts(each)
            elif syntax.parts_of(type(each)) is not None:
                yield each
    else:
        for name in reversed(syntax.parts_of(type(value)) or ()):
            part = getattr(value, name)
            yield from _parts(part if type(part) is tuple else (part,))


def _covers(node: Any, line: int, column: int) -> bool:
    span = getattr(node, "span", None)
    if span is None:
        return False
    decorators = getattr(node, "decorators", ())
    return _contains(span, line, column) or any(_contains(each.span, line, column) for each in decorators)


def _contains(span: syntax.Span, line: int, column: int) -> bool:
    first, start, last, end = span
    return (first, start) <= (line, column) < (last, end)
