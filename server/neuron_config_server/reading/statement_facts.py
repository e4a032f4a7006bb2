"""One statement -> its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Union

import libcst as cst
from libcst.helpers import get_full_name_for_node

from neuron_config_server.reading.facts import (
    AliasLookup,
    ClassFacts,
    Registration,
    StatementFacts,
    Strings,
    SyntaxFault,
    Unknown,
)
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.reading.statements import Statement
from neuron_config_server.reading.strings import literal_of, strings_of, strings_of_arguments
from neuron_config_server.reading.tree import Tree

READ_PROPERTIES = ("inputs", "outputs")
"""Properties of a config that name what the exported model takes and gives."""

_ALIAS_LOOKUP = "get_normalized_config_class"
_Assignment = Union[cst.Assign, cst.AnnAssign]


def read_statement(statement: Statement) -> StatementFacts:
    """The facts of a statement; of one that doesn't parse, only where it is at fault."""
    try:
        tree = Tree(statement)
    except cst.ParserSyntaxError:
        return StatementFacts(fault=_fault(statement))
    except RecursionError:
        return StatementFacts(fault=None)
    return _facts_of(tree)


def _facts_of(tree: Tree) -> StatementFacts:
    imports: dict[str, str] = {}
    constants: dict[str, Strings] = {}
    register_functions: set[str] = set()
    classes: list[ClassFacts] = []
    aliases: list[AliasLookup] = []
    for node in _flattened(tree.statements):
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            imports.update(_imported_names(node))
        elif isinstance(node, cst.ClassDef):
            classes.append(_class_facts(tree, node))
        elif isinstance(node, (cst.Assign, cst.AnnAssign)) and node.value is not None:
            for name in _target_names(node):
                constants[name] = strings_of(tree, node.value)
                if _creates_register(node.value):
                    register_functions.add(name)
            aliases += _alias_lookups(tree, node)
    return StatementFacts(imports, constants, frozenset(register_functions), tuple(classes), tuple(aliases))


def _flattened(nodes: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Statements, with those under a top-level ``if`` or ``try`` taken out of it."""
    for node in nodes:
        if isinstance(node, (cst.If, cst.Try, cst.Else, cst.Finally, cst.ExceptHandler)):
            yield from _flattened(_statements_under(node))
        elif isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        else:
            yield node


def _statements_under(
    node: cst.If | cst.Try | cst.Else | cst.Finally | cst.ExceptHandler,
) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = list(node.body.body)
    if isinstance(node, cst.Try):
        found += node.handlers
    for rest in (getattr(node, "orelse", None), getattr(node, "finalbody", None)):
        found += [rest] if rest is not None else []
    return found


def _imported_names(node: cst.Import | cst.ImportFrom) -> dict[str, str]:
    if isinstance(node.names, cst.ImportStar):
        return {}
    if isinstance(node, cst.ImportFrom):
        prefix = _module_prefix(node)
        return {
            alias.evaluated_alias or alias.evaluated_name: prefix + alias.evaluated_name
            for alias in node.names
        }
    names: dict[str, str] = {}
    for alias in node.names:
        first = alias.evaluated_name.partition(".")[0]
        names[alias.evaluated_alias or first] = alias.evaluated_name if alias.asname else first
    return names


def _module_prefix(node: cst.ImportFrom) -> str:
    """``a.b.`` for ``from a.b import``, ``..a.`` for ``from ..a import``, ``.`` for ``from . import``."""
    module = get_full_name_for_node(node.module) if node.module is not None else None
    return "." * len(node.relative) + (f"{module}." if module else "")


def _target_names(node: _Assignment) -> Iterator[str]:
    targets = [target.target for target in node.targets] if isinstance(node, cst.Assign) else [node.target]
    return (target.value for target in targets if isinstance(target, cst.Name))


def _creates_register(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and (get_full_name_for_node(node.func) or "").endswith(
        ".create_register"
    )


def _class_facts(tree: Tree, node: cst.ClassDef) -> ClassFacts:
    assignments = {
        name: small.value
        for statement in node.body.body
        if isinstance(statement, cst.SimpleStatementLine)
        for small in statement.body
        if isinstance(small, (cst.Assign, cst.AnnAssign)) and small.value is not None
        for name in _target_names(small)
    }
    return ClassFacts(
        name=node.name.value,
        name_range=tree.range(node.name),
        bases=tuple(get_full_name_for_node(base.value) or "" for base in node.bases),
        decorators=tuple(_registrations(tree, node)),
        attributes={name: tree.range(value) for name, value in assignments.items()},
        methods=frozenset(item.name.value for item in node.body.body if isinstance(item, cst.FunctionDef)),
        properties=_properties(tree, node),
        aliases=tuple(_alias_lookups(tree, node)),
    )


def _registrations(tree: Tree, node: cst.ClassDef) -> Iterator[Registration]:
    for decorator in node.decorators:
        call = decorator.decorator
        if isinstance(call, cst.Call):
            yield _registration(tree, call)


def _registration(tree: Tree, call: cst.Call) -> Registration:
    positional = [argument for argument in call.args if argument.keyword is None and argument.star != "**"]
    keywords = {
        argument.keyword.value: argument.value for argument in call.args if argument.keyword is not None
    }
    starts_with_star = bool(positional and positional[0].star)
    first = None if starts_with_star or not positional else positional[0].value
    library = literal_of(tree, keywords["library_name"]) if "library_name" in keywords else None
    return Registration(
        function=get_full_name_for_node(call.func) or "",
        model_type=literal_of(tree, first) if first is not None else None,
        tasks=strings_of_arguments(
            tree, positional if starts_with_star else positional[1:], tree.range(call)
        ),
        library="transformers" if "library_name" not in keywords else library.value if library else None,
        range=tree.range(call),
    )


def _properties(tree: Tree, node: cst.ClassDef) -> dict[str, Strings]:
    return {
        item.name.value: _returned(tree, item)
        for item in node.body.body
        if isinstance(item, cst.FunctionDef)
        and item.name.value in READ_PROPERTIES
        and any(get_full_name_for_node(each.decorator) == "property" for each in item.decorators)
    }


def _returned(tree: Tree, function: cst.FunctionDef) -> Strings:
    """What a function returns, if it does no more than that, directly or by way of one name."""
    statements = [
        small
        for statement in function.body.body
        for small in (statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,))
        if not (isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString))
    ]
    if len(statements) == 1 and isinstance(statements[0], cst.Return) and statements[0].value is not None:
        return strings_of(tree, statements[0].value)
    if len(statements) == 2 and (value := _assigned_then_returned(*statements)) is not None:
        return strings_of(tree, value)
    range_ = tree.range(function.name)
    return Strings((Unknown(f"`{function.name.value}` does more than return a list", range_),), range_)


def _assigned_then_returned(first: cst.CSTNode, second: cst.CSTNode) -> cst.BaseExpression | None:
    if not isinstance(first, (cst.Assign, cst.AnnAssign)) or not isinstance(second, cst.Return):
        return None
    returns_it = isinstance(second.value, cst.Name) and list(_target_names(first)) == [second.value.value]
    return first.value if returns_it else None


def _alias_lookups(tree: Tree, node: cst.CSTNode) -> Iterator[AliasLookup]:
    for call in _calls(node):
        function = call.func
        if (
            isinstance(function, cst.Attribute)
            and function.attr.value == _ALIAS_LOOKUP
            and len(call.args) == 1
        ):
            alias = literal_of(tree, call.args[0].value)
            if alias is not None:
                yield AliasLookup(alias, tree.range(call))


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    """Every call in it. (libcst's matchers say it shorter, but take longer to import than libcst itself.)"""
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        yield from _calls(child)


def _fault(statement: Statement) -> SyntaxFault | None:
    """Python's own message and place (libcst's place is one token late); None if Python itself can read the
    text.
    """
    try:
        ast.parse(statement.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return SyntaxFault(_message(error), _fault_range(statement, error))
    return None


def _message(error: Exception) -> str:
    message = str(getattr(error, "msg", "") or error) or type(error).__name__
    # Python counts lines from the start of what it was given, here a statement; the range has the right line.
    return message.partition(" (detected at line")[0].partition(" on line ")[0]


def _fault_range(statement: Statement, error: Exception) -> Range:
    """What Python underlines, kept within its line; at the end of a line, the last character before it."""
    source = SourceText(statement.text)
    line = max(0, min((getattr(error, "lineno", None) or 1) - 1, len(source.lines) - 1))
    length = len(source.line(line))
    start = max(0, min((getattr(error, "offset", None) or 1) - 1, length - 1))
    on_this_line = getattr(error, "end_lineno", None) == line + 1
    end = (getattr(error, "end_offset", None) or 0) - 1 if on_this_line else start + 1
    return Range(Position(line, start), Position(line, min(max(end, start + 1), length))).down(statement.line)
