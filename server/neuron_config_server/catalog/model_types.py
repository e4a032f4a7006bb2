"""transformers' model types: the config class of each, and the file that defines it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from neuron_config_server.catalog.literals import NotLiteralError, literal
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources


class ModelTypes:
    """The auto mapping of config classes, read from ``transformers/models/auto`` (4.57 and 5.x)."""

    def __init__(self, models: Path, sources: Sources) -> None:
        self._models = models
        self._sources = sources

    @cached_property
    def config_class_names(self) -> Mapping[str, str] | None:
        """Model type -> config class name, in transformers' order; None if it can't be read."""
        return self._table("CONFIG_MAPPING_NAMES") or None

    def config_class(self, model_type: str) -> ClassSource | None:
        """The definition of a model type's config class; None if there is no such type or it isn't found."""
        name = (self.config_class_names or {}).get(model_type)
        if name is None:
            return None
        # A class may be another model's: then it's in the folder of a model type that has it for its own.
        owners = [key for key, value in (self.config_class_names or {}).items() if value == name]
        for path in (path for key in (model_type, *owners) for path in self._files(key)):
            module = self._sources.module(path)
            node = module.class_node(name) if module is not None else None
            if module is not None and node is not None:
                return ClassSource(module, node)
        return None

    def _files(self, model_type: str) -> Iterator[Path]:
        name = self._folders.get(model_type, model_type.replace("-", "_"))
        for folder in (self._models / name, self._models / "deprecated" / name):
            first = folder / f"configuration_{name}.py"
            others = (path for path in sorted(folder.glob("configuration_*.py")) if path != first)
            yield from (path for path in (first, *others) if path.is_file())

    @cached_property
    def _folders(self) -> Mapping[str, str]:
        return self._table("SPECIAL_MODEL_TYPE_TO_MODULE_NAME")

    def _table(self, name: str) -> dict[str, str]:
        """A table that 5.x begins in a generated file and completes in the other."""
        table: dict[str, str] = {}
        for file in ("auto_mappings.py", "configuration_auto.py"):
            path = self._models / "auto" / file
            module = self._sources.module(path) if path.is_file() else None
            for value, is_added in _changes(module, name) if module is not None else ():
                entries = _entries(value, name, table)
                table = {**table, **entries} if is_added else entries
        return table


def _changes(module: ModuleSource, name: str) -> list[tuple[ast.expr, bool]]:
    """What ``NAME = …`` and ``NAME.update(…)`` put into a table, in their order; whether it comes on top."""
    assigned = module.value(name)
    changes = [(assigned, False)] if assigned is not None else []
    for node in module.skeleton:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and call.args and ast.unparse(call.func) == f"{name}.update":
            changes.append((call.args[0], True))
    return sorted(changes, key=lambda change: change[0].lineno)


def _entries(node: ast.expr, name: str, table: dict[str, str]) -> dict[str, str]:
    """The entries of a literal table, of the table itself, or of ``OrderedDict(**one, **another)``."""
    if isinstance(node, ast.Name) and node.id == name:
        return table
    if isinstance(node, ast.Call) and node.keywords and not node.args:
        parts = [_entries(each.value, name, table) for each in node.keywords if each.arg is None]
        return {key: value for part in parts for key, value in part.items()}
    try:
        return {str(key): str(value) for key, value in dict(literal(node)).items()}
    except (NotLiteralError, TypeError, ValueError):
        return {}
