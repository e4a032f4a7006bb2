"""What a statement does to names other than giving each a value once: the reader must not trust these."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_MUTATORS = frozenset(
    {"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "__delitem__", "__setitem__"}
)
_CATCHES_KEY_ERROR = frozenset({"KeyError", "LookupError", "Exception", "BaseException"})
_Compound = (ast.If, ast.For, ast.While, ast.With, ast.Try)
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class BoundNames:
    """What a statement binds and changes."""

    changed: frozenset[str] = frozenset()
    """Names mutated, bound twice, under a condition, in a function, or by an import, ``def`` or ``class``."""
    class_attributes: frozenset[tuple[str, str]] = frozenset()
    """(class, name) set otherwise than by a plain assignment in its body: ``C.x = …``, ``self.x = …``."""
    guarded_lines: tuple[range, ...] = ()
    """Lines of the statement, from 0, in which a ``KeyError`` is caught."""


def bound_names(tree: ast.Module) -> BoundNames:
    """What the statement binds and changes, wherever in it."""
    nodes = list(ast.walk(tree))
    plain = _plain_targets(tree)
    changed = {name for node in nodes if node not in plain for name in _changed(node)}
    return BoundNames(
        frozenset(changed),
        frozenset(pair for node in nodes for pair in _set_attributes(node)),
        tuple(lines for node in nodes for lines in _guarded(node)),
    )


def _plain_targets(tree: ast.Module) -> set[ast.AST]:
    """The names that assignments at the top level declare, or give their first value to."""
    declared: set[ast.AST] = set()
    first: dict[str, ast.AST] = {}
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            declared.add(statement.target)
        elif isinstance(statement, (ast.AnnAssign, ast.Assign)):
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name):
                    first.setdefault(target.id, target)
    return declared | set(first.values())


def _changed(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield from _name(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
        yield from _name(node.func.value)
    elif isinstance(node, (*_Function, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]


def _name(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id


def _set_attributes(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ClassDef):
        yield from ((node.name, name) for name in _set_in_class(node))
    else:
        yield from _set_on_a_name(node)


def _set_on_a_name(node: ast.AST) -> Iterator[tuple[str, str]]:
    """``x.name = …`` and ``setattr(x, "name", …)``."""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield from ((name, node.attr) for name in _name(node.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
        owner, name = node.args[:2] if len(node.args) >= 2 else (None, None)
        if isinstance(owner, ast.Name) and isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield owner.id, name.value


def _set_in_class(class_: ast.ClassDef) -> Iterator[str]:
    """By a compound statement of its body, or by its methods on ``self`` or ``cls``."""
    for statement in class_.body:
        if isinstance(statement, _Compound):
            yield from (name for node in _outside_functions(statement) for name in _changed(node))
        for node in ast.walk(statement):
            yield from (name for owner, name in _set_on_a_name(node) if owner in ("self", "cls"))


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, (*_Function, ast.ClassDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)


def _guarded(node: ast.AST) -> Iterator[range]:
    catches = isinstance(node, ast.Try) and any(map(_catches_key_error, node.handlers))
    suppresses = isinstance(node, ast.With) and any(map(_suppresses_key_error, node.items))
    if isinstance(node, (ast.Try, ast.With)) and (catches or suppresses):
        yield range(node.body[0].lineno - 1, node.body[-1].end_lineno or node.body[-1].lineno)


def _catches_key_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_last_name(each) in _CATCHES_KEY_ERROR for each in types)


def _suppresses_key_error(item: ast.withitem) -> bool:
    call = item.context_expr
    return (
        isinstance(call, ast.Call)
        and _last_name(call.func) == "suppress"
        and any(_last_name(each) in _CATCHES_KEY_ERROR for each in call.args)
    )


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
