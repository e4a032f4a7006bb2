"""Attributes that code names in a string, or asks for before it reads them."""

from __future__ import annotations

import ast


def asked_attribute(node: ast.Call) -> tuple[ast.expr, str] | None:
    """Object and attribute of ``getattr(o, "a", default)``, ``hasattr(o, "a")``, ``o.has_attribute("a")``."""
    name = node.args[-1] if node.args else None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "has_attribute" and len(node.args) == 1:
        return _object_and_attribute(node.func.value, name)
    if not isinstance(node.func, ast.Name) or len(node.args) < 2:
        return None
    is_asked = (node.func.id, len(node.args)) in (("getattr", 3), ("hasattr", 2))
    return _object_and_attribute(node.args[0], node.args[1]) if is_asked else None


def named_attribute(node: ast.Call) -> tuple[ast.expr, str] | None:
    """Object and attribute of ``getattr(o, "a")``."""
    is_getattr = isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) == 2
    return _object_and_attribute(node.args[0], node.args[1]) if is_getattr else None


def _object_and_attribute(node: ast.expr, name: ast.expr | None) -> tuple[ast.expr, str] | None:
    is_string = isinstance(name, ast.Constant) and isinstance(name.value, str)
    return (node, str(name.value)) if is_string and isinstance(name, ast.Constant) else None
