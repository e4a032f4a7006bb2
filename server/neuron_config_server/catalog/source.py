"""Python source files of installed packages, parsed once, and the way from a name to where it is defined."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Union

logger = logging.getLogger(__name__)

_MAX_IMPORT_HOPS = 6
"""A re-export of a re-export …; transformers needs three."""

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@dataclass(frozen=True)
class ClassSource:
    """A class and the file that defines it."""

    module: ModuleSource
    node: ast.ClassDef


class ModuleSource:
    """A parsed source file."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.path = path
        self.statements = tuple(_flattened(tree.body))

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.statements if isinstance(node, ast.ClassDef)}

    @cached_property
    def imports(self) -> dict[str, tuple[ast.ImportFrom, str]]:
        """Local name -> the ``from … import`` that binds it, and the name over there."""
        return {
            alias.asname or alias.name: (node, alias.name)
            for node in self.statements
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Every parameter name and string constant in the file: what its code could take by keyword."""
        names: set[str] = set()
        for statement in self.statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.arg):
                    names.add(node.arg)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names.add(node.value)
        return frozenset(names)

    def value(self, name: str) -> ast.expr | None:
        """The right side of the last top-level assignment to a name."""
        return assigned_value(self.statements, name)


class Sources:
    """Parsed files by path. A file that can't be read or parsed is logged once and is None."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._modules: dict[Path, ModuleSource | None] = {}

    def module(self, path: Path) -> ModuleSource | None:
        if path not in self._modules:
            self._modules[path] = _parse(path)
        return self._modules[path]

    def class_named(self, module: ModuleSource, name: str) -> ClassSource | None:
        """The class that a name stands for in a module, imports followed; None if its source isn't found."""
        for _ in range(_MAX_IMPORT_HOPS):
            if name in module.classes:
                return ClassSource(module, module.classes[name])
            if name not in module.imports:
                return None
            statement, name = module.imports[name]
            target = self._imported_module(module, statement)
            if target is None:
                return None
            module = target
        return None

    def lineage(self, class_: ClassSource) -> Iterator[ClassSource]:
        """The class and the bases whose source can be found, depth first, each once."""
        pending, seen = [class_], set()
        while pending:
            current = pending.pop(0)
            if (current.module.path, current.node.name) in seen:
                continue
            seen.add((current.module.path, current.node.name))
            yield current
            bases = (self.class_named(current.module, ast.unparse(base)) for base in current.node.bases)
            pending = [base for base in bases if base is not None] + pending

    def _imported_module(self, module: ModuleSource, statement: ast.ImportFrom) -> ModuleSource | None:
        parts = (statement.module or "").split(".") if statement.module else []
        if statement.level:
            folder = module.path.parent.joinpath(*[".."] * (statement.level - 1))
            return self._module_at(folder.resolve().joinpath(*parts))
        candidates = (self._module_at(root.joinpath(*parts)) for root in self._roots)
        return next((found for found in candidates if found is not None), None)

    def _module_at(self, path: Path) -> ModuleSource | None:
        for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
            if file.is_file():
                return self.module(file)
        return None


def assigned_value(statements: Sequence[ast.stmt], name: str) -> ast.expr | None:
    """The right side of the last assignment to a name, also under ``if`` and ``try``."""
    found = None
    for node in _flattened(statements):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            found = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else found
    return found


def _flattened(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in statements:
        if isinstance(node, ast.If):
            yield from _flattened([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            yield from _flattened([*node.body, *handlers, *node.orelse, *node.finalbody])
        else:
            yield node


def _parse(path: Path) -> ModuleSource | None:
    try:
        return ModuleSource(path, ast.parse(path.read_bytes()))
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        logger.warning("%s can't be read (%s); what it defines is unknown", path, error)
        return None
