"""The parameters of a class's method, and what their defaults are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from neuron_config_server.catalog.source import ModuleSource

Scalar = Union[str, int, float, bool, None]


@dataclass(frozen=True)
class MethodParameter:
    """A parameter of a method, ``self`` left out."""

    name: str
    kind: str
    """As in :mod:`inspect`: ``POSITIONAL_OR_KEYWORD``, ``KEYWORD_ONLY``, ``VAR_POSITIONAL`` …"""
    annotation: str | None
    default: str | None
    """Source of the default; None where there is none."""
    value: Scalar
    """The default."""
    value_known: bool
    """Whether ``value`` is the default; False also where there is none."""


def parameters_of(function: ast.FunctionDef, module: ModuleSource) -> Iterator[MethodParameter]:
    """The parameters of a method of a module's class, without the first unless it is static."""
    arguments = function.args
    yield from _positional(arguments, module)[0 if is_decorated(function, "staticmethod") else 1 :]
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, "VAR_POSITIONAL", None, module)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        yield _parameter(argument, "KEYWORD_ONLY", default, module)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, "VAR_KEYWORD", None, module)


def is_decorated(node: ast.FunctionDef, *names: str) -> bool:
    """Whether one of these names decorates a method, as it stands."""
    return any(isinstance(each, ast.Name) and each.id in names for each in node.decorator_list)


def _positional(arguments: ast.arguments, module: ModuleSource) -> list[MethodParameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    kinds = ["POSITIONAL_ONLY"] * len(arguments.posonlyargs) + ["POSITIONAL_OR_KEYWORD"] * len(arguments.args)
    return [
        _parameter(argument, kind, default, module)
        for argument, kind, default in zip(positional, kinds, defaults)
    ]


def _parameter(
    argument: ast.arg, kind: str, default: ast.expr | None, module: ModuleSource
) -> MethodParameter:
    value, known = scalar_value(default, module) if default is not None else (None, False)
    return MethodParameter(
        name=argument.arg,
        kind=kind,
        annotation=ast.unparse(argument.annotation) if argument.annotation is not None else None,
        default=ast.unparse(default) if default is not None else None,
        value=value,
        value_known=known,
    )


def scalar_value(node: ast.expr | None, module: ModuleSource, hops: int = 3) -> tuple[Scalar, bool]:
    """A constant, maybe by name or from a table (``DEFAULT_DUMMY_SHAPES["width"]``); whether it is known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, type(None))):
        return node.value, True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value, known = scalar_value(node.operand, module, hops)
        is_number = isinstance(value, (int, float)) and known
        return (-value, True) if is_number and isinstance(value, (int, float)) else (None, False)
    if isinstance(node, ast.Name) and hops:
        return scalar_value(module.value(node.id), module, hops - 1)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and hops:
        return scalar_value(_entry(module.value(node.value.id), node.slice), module, hops - 1)
    return None, False


def _entry(table: ast.expr | None, key: ast.expr) -> ast.expr | None:
    """What a dictionary holds under a constant; None if it can't be told."""
    if not isinstance(table, ast.Dict) or not isinstance(key, ast.Constant) or None in table.keys:
        return None
    found = [
        value
        for each, value in zip(table.keys, table.values)
        if isinstance(each, ast.Constant) and each.value == key.value
    ]
    return found[-1] if found else None
