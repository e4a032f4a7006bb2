"""What the docstring of a function or class describes, with what transformers' decorators add to it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from neuron_config_server.catalog.docs.docstring_entries import docstring_entries
from neuron_config_server.catalog.source import Function, ModuleSource


def described(module: ModuleSource, node: Function | ast.ClassDef) -> Mapping[str, str]:
    """Name -> text of what a definition's docstring describes; it wins over what its decorators add."""
    found: dict[str, str] = {}
    for text in _docstrings(module, node):
        found.update(docstring_entries(text))
    return found


def uses_auto_docstring(node: Function | ast.ClassDef) -> bool:
    """Whether transformers' auto_docstring decorates the definition."""
    return any(_decorator_name(decorator) == "auto_docstring" for decorator in node.decorator_list)


def _docstrings(module: ModuleSource, node: Function | ast.ClassDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from _added_by_decorator(module, decorator)
    own = ast.get_docstring(node, clean=False)
    if own is not None:
        yield own


def _decorator_name(decorator: ast.expr) -> str:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(named).rsplit(".", 1)[-1]


def _added_by_decorator(module: ModuleSource, decorator: ast.Call) -> Iterator[str]:
    """``auto_docstring(custom_args=…)``, and 4.57's ``add_start_docstrings_to_model_forward(…)``."""
    name = _decorator_name(decorator)
    added: Iterable[ast.expr] = ()
    if name == "auto_docstring":
        added = (keyword.value for keyword in decorator.keywords if keyword.arg == "custom_args")
    elif name == "add_start_docstrings_to_model_forward":
        added = decorator.args
    yield from (text for each in added if (text := _string(module, each)) is not None)


def _string(module: ModuleSource, node: ast.expr | None, depth: int = 0) -> str | None:
    """The value of a string constant, a top-level name of one, or ``.format(…)`` on either."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name) and depth < 3:
        return _string(module, module.value(node.id), depth + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _formatted(_string(module, node.func.value, depth), node)
    return None


def _formatted(template: str | None, call: ast.Call) -> str | None:
    if template is None:
        return None
    values = {str(place): value for place, value in enumerate(call.args)}
    values.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None})
    for name, value in values.items():
        if isinstance(value, ast.Constant):
            template = template.replace(f"{{{name}}}", str(value.value))
    return template
