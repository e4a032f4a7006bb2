"""One statement -> its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Union

import libcst as cst
from libcst.helpers import get_full_name_for_node

from neuron_config_server.reading.bound_names import BoundNames, bound_names
from neuron_config_server.reading.facts import (
    AliasLookup,
    ClassFacts,
    Registration,
    StatementFacts,
    Strings,
    SyntaxFault,
    Unknown,
)
from neuron_config_server.reading.faults import parse_fault, python_tree
from neuron_config_server.reading.statements import Statement
from neuron_config_server.reading.strings import literal_of, strings_of, strings_of_arguments
from neuron_config_server.reading.tree import Tree

READ_PROPERTIES = ("inputs", "outputs")
"""Properties of a config that name what the exported model takes and gives."""

_BACKEND = "neuron"
_ALIAS_LOOKUP = "get_normalized_config_class"
_Assignment = Union[cst.Assign, cst.AnnAssign]


def read_statement(statement: Statement) -> StatementFacts:
    """The facts of a statement; of one that doesn't parse, only where it is at fault."""
    try:
        tree = Tree(statement)
        python = python_tree(statement)
        return StatementFacts(fault=python) if isinstance(python, SyntaxFault) else _facts_of(tree, python)
    except cst.ParserSyntaxError:
        return StatementFacts(fault=parse_fault(statement))
    except RecursionError:
        return StatementFacts(fault=None)


def _facts_of(tree: Tree, python: ast.Module | None) -> StatementFacts:
    names = bound_names(python) if python is not None else BoundNames()
    imports: dict[str, str] = {}
    constants: dict[str, Strings] = {}
    register_functions: set[str] = set()
    other_values: set[str] = set()
    classes: list[ClassFacts] = []
    aliases: list[AliasLookup] = []
    for node in _flattened(tree.statements):
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            imports.update(_imported_names(node))
        elif isinstance(node, cst.ClassDef):
            classes.append(_class_facts(tree, node, names))
        elif isinstance(node, cst.FunctionDef):
            other_values.add(node.name.value)
        elif isinstance(node, (cst.Assign, cst.AnnAssign)) and node.value is not None:
            for name in _target_names(node):
                constants[name] = strings_of(tree, node.value)
                if _creates_register(node.value):
                    register_functions.add(name)
                elif not _is_none(node.value):
                    other_values.add(name)
            aliases += _alias_lookups(tree, node, names)
    return StatementFacts(
        imports,
        constants,
        names.changed,
        frozenset(register_functions),
        frozenset(other_values),
        names.class_attributes,
        tuple(classes),
        tuple(aliases),
    )


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
    """Whether it is ``TasksManager.create_register("neuron")``, and not for another backend."""
    if not isinstance(node, cst.Call) or not node.args:
        return False
    named = (each for each in node.args if each.keyword is not None and each.keyword.value == "backend")
    backend = next(named, node.args[0]).value
    return (
        (get_full_name_for_node(node.func) or "").endswith(".create_register")
        and isinstance(backend, cst.SimpleString)
        and backend.evaluated_value == _BACKEND
    )


def _is_none(node: cst.BaseExpression) -> bool:
    """A placeholder, such as after an import that failed."""
    return isinstance(node, cst.Name) and node.value == "None"


def _class_facts(tree: Tree, node: cst.ClassDef, names: BoundNames) -> ClassFacts:
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
        aliases=tuple(_alias_lookups(tree, node, names)),
    )


def _registrations(tree: Tree, node: cst.ClassDef) -> Iterator[Registration]:
    for decorator in node.decorators:
        call = decorator.decorator
        if isinstance(call, cst.Call):
            yield _registration(tree, call)


def _registration(tree: Tree, call: cst.Call) -> Registration:
    positional = [argument for argument in call.args if argument.keyword is None and argument.star != "**"]
    starts_with_star = bool(positional and positional[0].star)
    first = None if starts_with_star or not positional else positional[0].value
    return Registration(
        function=get_full_name_for_node(call.func) or "",
        model_type=literal_of(tree, first) if first is not None else None,
        tasks=strings_of_arguments(
            tree, positional if starts_with_star else positional[1:], tree.range(call)
        ),
        library=_library(tree, call),
        range=tree.range(call),
    )


def _library(tree: Tree, call: cst.Call) -> str | None:
    """The value of ``library_name``, or its default; None if it isn't spelled out."""
    if any(argument.star == "**" for argument in call.args):
        return None
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "library_name":
            literal = literal_of(tree, argument.value)
            return literal.value if literal is not None else None
    return "transformers"


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


def _alias_lookups(tree: Tree, node: cst.CSTNode, names: BoundNames) -> Iterator[AliasLookup]:
    """Lookups, but for those whose failure is caught."""
    for call in _calls(node):
        function = call.func
        if (
            isinstance(function, cst.Attribute)
            and function.attr.value == _ALIAS_LOOKUP
            and len(call.args) == 1
        ):
            alias = literal_of(tree, call.args[0].value)
            if alias is not None and not any(tree.line(call) in lines for lines in names.guarded_lines):
                manager = get_full_name_for_node(function.value) or ""
                yield AliasLookup(manager, alias, tree.range(call))


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    """Every call in it. (libcst's matchers say it shorter, but take longer to import than libcst itself.)"""
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        yield from _calls(child)
