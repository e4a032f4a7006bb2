"""Questions about syntax alone: names in decorators, strings, what statements bind."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from neuron_config_server.catalog.source import Function


def decorators_of(node: Function | ast.ClassDef) -> set[str]:
    """Dotted names of the decorators, without what they are called with."""
    return {dotted(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}


def dotted(node: ast.expr) -> str:
    """``torch.nn.Linear`` of such an expression; ``super.forward`` of ``super().forward``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "super" if is_super(node) else "?"


def is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def string_in(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def as_read(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    """The target of ``+=`` as the expression that it also is."""
    return ast.copy_location(ast.parse(ast.unparse(target), mode="eval").body, target)


def bound_in(statements: Sequence[ast.stmt]) -> set[str]:
    """Variables that the statements bind or delete."""
    nodes = (node for statement in statements for node in ast.walk(statement))
    return {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del))
    }


def bound_in_class(node: ast.ClassDef) -> set[str]:
    """Attributes that instances have where ``__init__`` doesn't bind them."""
    return bound_in([item for item in node.body if isinstance(item, (ast.Assign, ast.AnnAssign))])
