"""Which input names a generator supports, and how it compares a name with them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from enum import Enum

from neuron_config_server.catalog.generators.methods import find_method, generator_order
from neuron_config_server.catalog.normalized_configs import base_names, class_assignments
from neuron_config_server.catalog.source import ClassSource, Sources

ROOT = "DummyInputGenerator"
"""The class that every generator is one of."""
SUPPORTED_NAMES = "SUPPORTED_INPUT_NAMES"


class Matching(str, Enum):
    """How a generator compares an input's name with those that it supports."""

    PREFIX = "prefix"
    """The name starts with one of them."""
    EXACT = "exact"
    UNKNOWN = "unknown"
    """Its ``supports_input`` does something else."""


_OWN = f"self.{SUPPORTED_NAMES}"
_MATCHINGS = {
    f"return any((input_name.startswith(supported_input_name) for supported_input_name in {_OWN}))": (
        Matching.PREFIX
    ),
    f"return any((input_name.startswith(name) for name in {_OWN}))": Matching.PREFIX,
    f"return input_name.startswith({_OWN})": Matching.PREFIX,
    f"return input_name.startswith(tuple({_OWN}))": Matching.PREFIX,
    f"return input_name in {_OWN}": Matching.EXACT,
}
"""Body of ``supports_input`` -> what it does."""


def supported_names(
    order: Sequence[ClassSource], complete: bool, sources: Sources, below: tuple[ast.expr, ...] = ()
) -> tuple[str, ...] | None:
    """The names that the class attribute holds; None if they can't be told."""
    for class_ in order:
        functions = (node for node in class_.node.body if isinstance(node, ast.FunctionDef))
        if any(function.name == SUPPORTED_NAMES for function in functions):
            return None  # a property
        values = [value for name, value in class_assignments(class_.node) if name == SUPPORTED_NAMES]
        if values:
            return _strings(values[-1], class_, sources, below) if None not in values else None
    return () if complete else None


def matching_of(order: Sequence[ClassSource], complete: bool) -> Matching:
    """What the generator's ``supports_input`` does."""
    method = find_method(order, "supports_input")
    if method is None:  # where the root isn't found, its subclasses leave the method alone
        root_is_next = not complete and ROOT in base_names(order[-1].node)
        return Matching.PREFIX if root_is_next else Matching.UNKNOWN
    body = [node for node in method.node.body if not _is_docstring(node)]
    arguments = [argument.arg for argument in method.node.args.args]
    if len(body) != 1 or arguments != ["self", "input_name"] or method.node.decorator_list:
        return Matching.UNKNOWN
    return _MATCHINGS.get(ast.unparse(body[0]), Matching.UNKNOWN)


def _strings(
    node: ast.expr | None, class_: ClassSource, sources: Sources, below: tuple[ast.expr, ...]
) -> tuple[str, ...] | None:
    """The strings of a tuple, of tuples added to each other, or of another class's SUPPORTED_INPUT_NAMES."""
    if node is None or node in below:
        return None
    below = (*below, node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return tuple(node.value)  # the comma was forgotten: Python goes through its letters
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return _joined(_item(item, class_, sources, below) for item in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(_strings(side, class_, sources, below) for side in (node.left, node.right))
    if isinstance(node, ast.Attribute) and node.attr == SUPPORTED_NAMES:
        owner = sources.class_named(class_.module, ast.unparse(node.value))
        if owner is None:
            return None
        return supported_names(*generator_order(owner, sources), sources, below)
    return _strings(_named(node, class_), class_, sources, below) if isinstance(node, ast.Name) else None


def _item(
    node: ast.expr, class_: ClassSource, sources: Sources, below: tuple[ast.expr, ...]
) -> tuple[str, ...] | None:
    if isinstance(node, ast.Starred):
        return _strings(node.value, class_, sources, below)
    value = _named(node, class_) if isinstance(node, ast.Name) else node
    is_string = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return (str(value.value),) if is_string and isinstance(value, ast.Constant) else None


def _named(node: ast.Name, class_: ClassSource) -> ast.expr | None:
    """What a name in a class body is bound to, there or in the module."""
    own = [value for name, value in class_assignments(class_.node) if name == node.id]
    return class_.module.value(node.id) if not own else own[-1] if None not in own else None


def _joined(parts: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    found = list(parts)
    return None if None in found else tuple(item for part in found for item in part or ())


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
