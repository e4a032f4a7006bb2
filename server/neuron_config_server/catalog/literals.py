"""Literal tables in library sources -> Python values."""

from __future__ import annotations

import ast
from typing import Any


class NotLiteralError(ValueError):
    """The expression is computed; the message shows it."""


def literal(node: ast.expr) -> Any:
    """The value of nested dicts, lists, tuples, constants and ``OrderedDict([...])``.

    A conditional expression yields its last branch: in the tables of optimum, the one for the newer
    transformers (every condition there compares with versions below 4.57, the oldest that we support).

    Raises:
        NotLiteralError: something else stands there.
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List)):
        items = [literal(item) for item in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    if isinstance(node, ast.Dict):
        if None in node.keys:
            raise NotLiteralError("**…")
        return {literal(key): literal(value) for key, value in zip(node.keys, node.values) if key is not None}
    if isinstance(node, ast.Call) and _is_ordered_dict(node.func):
        return dict(literal(node.args[0])) if node.args else {}
    if isinstance(node, ast.IfExp):
        return literal(node.orelse)
    raise NotLiteralError(ast.unparse(node)[:60])


def _is_ordered_dict(function: ast.expr) -> bool:
    """``OrderedDict``, or ``OrderedDict[str, str]`` as transformers 4.57 writes it."""
    named = function.value if isinstance(function, ast.Subscript) else function
    return isinstance(named, ast.Name) and named.id == "OrderedDict"
