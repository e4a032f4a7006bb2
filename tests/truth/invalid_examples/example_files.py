"""An example as a file that can be imported: with the imports that the rest of an author's file would have."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import optimum.utils
import stand_ins

BASES = "optimum.exporters.neuron.config"
"""neuron_core serves its own classes under this name, where optimum-neuron's aren't imported."""


def written(source: str, path: str | None, beside: list[tuple[str, str]], folder: Path) -> Path:
    """The example's file, in a folder with the files beside it."""
    for name, text in beside:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    place = folder / (path or "example.py")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"{header(source)}{source}", encoding="utf-8")
    return place


def header(source: str) -> str:
    """An import for each name that the example reads and doesn't bind."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    return "".join(f"from {module_of(name)} import {name}\n" for name in sorted(_unbound(tree)))


def module_of(name: str) -> str:
    if hasattr(stand_ins, name):
        return "stand_ins"
    if hasattr(optimum.utils, name):
        return "optimum.utils"
    if name == "cached_property":
        return "functools"
    if hasattr(optimum.utils.input_generators, name):
        return "optimum.utils.input_generators"
    return BASES


def _unbound(tree: ast.Module) -> set[str]:
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name)
    return (
        {node.id for node in names if isinstance(node.ctx, ast.Load)}
        - bound
        - set(dir(builtins))
        - {"__name__"}
    )
