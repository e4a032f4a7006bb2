"""Texts that transformers' classes share: ``utils/auto_docstring.py``, each class of it parsed alone."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import lru_cache

from neuron_config_server.catalog.source import ModuleSource, Sources

_FILE = ("utils", "auto_docstring.py")
_BY_TASK = "ModelForArgs"


def shared_texts(module: ModuleSource, sources: Sources, *class_names: str) -> Mapping[str, str]:
    """Name -> text of auto_docstring's shared classes, later ones win; empty if they can't be read.

    Args:
        module: a file of the transformers package that is meant.
        class_names: such as ``ModelArgs``.
    """
    found: dict[str, str] = {}
    for name in class_names:
        class_ = _shared_class(module, sources, name)
        found.update(_texts(class_) if class_ is not None else {})
    return found


def shared_texts_of_task(module: ModuleSource, sources: Sources, model_class: str) -> Mapping[str, str]:
    """Name -> text of what models of a task share; the end of the model class's name tells which task."""
    by_task = _shared_class(module, sources, _BY_TASK)
    class_ = _class_of_task(by_task, model_class) if by_task is not None else None
    return _texts(class_) if class_ is not None else {}


def _shared_class(module: ModuleSource, sources: Sources, name: str) -> ast.ClassDef | None:
    package = next((folder for folder in module.path.parents if folder.name == "transformers"), None)
    if package is None:
        return None
    file = package.joinpath(*_FILE)
    sources.note(file)  # where it isn't there, it may be some day
    shared = sources.module(file) if file.is_file() else None
    return shared.class_node(name) if shared is not None else None


def _class_of_task(outer: ast.ClassDef, model_class: str) -> ast.ClassDef | None:
    """The nested class whose name the model class's name ends with, the longest one; aliases followed."""
    classes = {node.name: node for node in outer.body if isinstance(node, ast.ClassDef)}
    for node in outer.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in classes:
            classes.update({ast.unparse(target): classes[node.value.id] for target in node.targets})
    fitting = [name for name in classes if model_class.endswith(name)]
    return classes[max(fitting, key=len)] if fitting else None


@lru_cache(maxsize=8)  # every class of transformers asks for the same ones
def _texts(class_: ast.ClassDef) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node in class_.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = _description(node.value, found)
            found.update({node.targets[0].id: text} if text is not None else {})
    return found


def _description(node: ast.expr, texts: Mapping[str, str]) -> str | None:
    """The text in ``{"description": "…"}``, or of the name that stands there instead."""
    if isinstance(node, ast.Name):
        return texts.get(node.id)
    for key, value in zip(node.keys, node.values) if isinstance(node, ast.Dict) else ():
        if isinstance(key, ast.Constant) and key.value == "description" and isinstance(value, ast.Constant):
            return inspect.cleandoc(str(value.value)).strip()
    return None
