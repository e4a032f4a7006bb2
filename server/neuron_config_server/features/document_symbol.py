"""The outline of a document: its classes with their members, its functions and constants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lsprotocol import types

from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.registered import registrations_in_words
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.reading import syntax
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.reading.statement_reader import ReadStatement

_Statement = ReadStatement[syntax.StatementFacts]
_ASSIGNED = (types.SymbolKind.Constant, types.SymbolKind.Variable, types.SymbolKind.Field)
_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+(?P<name>\w+)", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^[ \t]*(?P<name>\w+)[ \t]*(?::[^=\r\n]*)?=(?!=)", re.MULTILINE)


def document_symbols(
    ls: NeuronConfigServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    document = ls.document(params.text_document.uri)
    if document is None:
        return []
    return nested_symbols(document) if ls.client.nests_symbols else flat_symbols(document)


class _Symbol(NamedTuple):
    """A tuple, which is made faster than a dataclass: a file has some hundred."""

    name: str
    kind: types.SymbolKind
    range: Range
    name_range: Range
    detail: str | None = None
    children: tuple[_Symbol, ...] = ()


def nested_symbols(document: OpenDocument) -> list[types.DocumentSymbol]:
    """The outline, each class with its members."""
    return [_nested(each, document) for each in _symbols(document)]


def flat_symbols(document: OpenDocument) -> list[types.SymbolInformation]:
    """The outline for a client that can't nest."""
    return list(_flat(_symbols(document), document, None))


def _nested(symbol: _Symbol, document: OpenDocument) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=symbol.name,
        kind=symbol.kind,
        range=document.client_range(symbol.range),
        selection_range=document.client_range(symbol.name_range),
        detail=symbol.detail,
        children=[_nested(each, document) for each in symbol.children] or None,
    )


def _flat(
    symbols: Iterable[_Symbol], document: OpenDocument, container: str | None
) -> Iterator[types.SymbolInformation]:
    for symbol in symbols:
        place = types.Location(document.uri, document.client_range(symbol.range))
        yield types.SymbolInformation(place, symbol.name, symbol.kind, container_name=container)
        yield from _flat(symbol.children, document, symbol.name)


def _symbols(document: OpenDocument) -> list[_Symbol]:
    file = document.file
    if file is None:
        return []
    details = {config.name_range: registrations_in_words(config) for config in file.classes}
    found = [symbol for each in file.statements for symbol in _of_statement(each, details)]
    return list(_each_name_once(found))


def _of_statement(statement: _Statement, details: dict[Range, str | None]) -> Iterator[_Symbol]:
    if statement.facts.fault is not None:
        if statement.last_good is not None:
            yield from _still_there(statement)
        return
    for symbol in _in_block(statement.facts.body, statement.line, is_class=False):
        detail = details.get(symbol.name_range) if symbol.kind is types.SymbolKind.Class else None
        yield symbol._replace(detail=detail) if detail is not None else symbol


def _in_block(block: syntax.Block, line: int, *, is_class: bool) -> Iterator[_Symbol]:
    """What a module or a class body defines."""
    for node in _statements_in(block):
        if isinstance(node, syntax.Class):
            children = tuple(_each_name_once(_in_block(node.body, line, is_class=True)))
            yield _definition(node, types.SymbolKind.Class, line, children)
        elif isinstance(node, syntax.Function):
            kind = _kind_of_method(node) if is_class else types.SymbolKind.Function
            if kind is not None:
                yield _definition(node, kind, line)
        else:
            for name in _assigned_names(node):
                yield _constant(name, node, line, is_class=is_class)


def _each_name_once(symbols: Iterable[_Symbol]) -> Iterator[_Symbol]:
    """Without the names that are assigned to again."""
    assigned: set[str] = set()
    for symbol in symbols:
        if symbol.kind not in _ASSIGNED or symbol.name not in assigned:
            yield symbol
        if symbol.kind in _ASSIGNED:
            assigned.add(symbol.name)


def _statements_in(block: syntax.Block) -> Iterator[syntax.Statement]:
    """The statements of a block, those under ``if``, ``try`` and ``with`` included."""
    for node in block:
        if isinstance(node, syntax.If):
            yield from _statements_in((*node.body, *node.orelse))
        elif isinstance(node, syntax.Try):
            handled = (each for handler in node.handlers for each in handler.body)
            yield from _statements_in((*node.body, *handled, *node.orelse, *node.finalbody))
        elif isinstance(node, syntax.With):
            yield from _statements_in(node.body)
        else:
            yield node


def _definition(
    node: syntax.Class | syntax.Function,
    kind: types.SymbolKind,
    line: int,
    children: tuple[_Symbol, ...] = (),
) -> _Symbol:
    whole = range_of(node.span, line)
    if node.decorators:
        # A decorator's expression starts behind its `@`, which stands where the definition does.
        whole = Range(Position(node.decorators[0].span[0] + line, whole.start.column), whole.end)
    return _Symbol(node.name, kind, whole, range_of(node.name_span, line), children=children)


def _kind_of_method(node: syntax.Function) -> types.SymbolKind | None:
    """None for what adds to a property (``@name.setter``)."""
    for decorator in node.decorators:
        name = decorator.name if isinstance(decorator, (syntax.Name, syntax.Attribute)) else ""
        if name in ("property", "cached_property"):
            return types.SymbolKind.Property
        if isinstance(decorator, syntax.Attribute) and name in ("setter", "getter", "deleter"):
            return None
    return types.SymbolKind.Constructor if node.name == "__init__" else types.SymbolKind.Method


def _assigned_names(node: syntax.Statement) -> Iterator[syntax.Name]:
    targets = node.targets if isinstance(node, syntax.Assign) else ()
    if isinstance(node, syntax.Declare):
        targets = (node.target,)
    for target in targets:
        parts = target.elements if isinstance(target, syntax.Display) else (target,)
        yield from (each for each in parts if isinstance(each, syntax.Name))


def _constant(name: syntax.Name, node: syntax.Statement, line: int, *, is_class: bool) -> _Symbol:
    kind = types.SymbolKind.Field if is_class else types.SymbolKind.Variable
    return _Symbol(
        name.name,
        types.SymbolKind.Constant if name.name.isupper() else kind,
        range_of(node.span, line),
        range_of(name.span, line),
    )


def _still_there(statement: _Statement) -> Iterator[_Symbol]:
    """What a broken statement defined before it broke, where its name stands now."""
    source = SourceText(statement.text)
    whole = Range(Position(0, 0), _position(source, len(statement.text.rstrip())))
    body = statement.last_good.body if statement.last_good is not None else ()
    for symbol in _in_block(body, 0, is_class=False):
        name_range = _name_now(symbol, source)
        if name_range is not None:
            children = tuple(
                child._replace(range=place, name_range=place, children=())
                for child in symbol.children
                if (place := _name_now(child, source)) is not None
            )
            found = symbol._replace(range=whole, name_range=name_range, children=children)
            yield _down(found, statement.line)


def _name_now(symbol: _Symbol, source: SourceText) -> Range | None:
    pattern = _ASSIGNMENT if symbol.kind in _ASSIGNED else _DEFINITION
    places = (
        _range_of_name(source, found)
        for found in pattern.finditer(source.text)
        if found["name"] == symbol.name
    )
    return next(places, None)


def _range_of_name(source: SourceText, found: re.Match[str]) -> Range:
    return Range(_position(source, found.start("name")), _position(source, found.end("name")))


def _position(source: SourceText, offset: int) -> Position:
    before = SourceText(source.text[:offset])
    last = before.lines[-1] if before.lines else ""
    if last.endswith(("\n", "\r")):
        return Position(len(before.lines), 0)
    return Position(max(len(before.lines) - 1, 0), len(last))


def _down(symbol: _Symbol, lines: int) -> _Symbol:
    return symbol._replace(
        range=symbol.range.down(lines),
        name_range=symbol.name_range.down(lines),
        children=tuple(_down(each, lines) for each in symbol.children),
    )
