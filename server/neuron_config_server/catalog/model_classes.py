"""Which class transformers loads for a model type and an auto class, and in which file it is."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from neuron_config_server.catalog.literals import NotLiteralError, literal
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources, assigned_value

_MODULE_NAMES = "SPECIAL_MODEL_TYPE_TO_MODULE_NAME"


class ModelClasses:
    """transformers' auto mappings, read from ``transformers/models/auto`` (4.57 and 5.x)."""

    def __init__(self, models: Path, sources: Sources) -> None:
        self._models = models
        self._sources = sources
        self._folders: Mapping[str, str] | None = None

    def source(self, model_type: str, class_name: str) -> ClassSource | None:
        """The class, looked for in the folder of its model type, then in those that it may be named after."""
        for path in (*self._modeling_files(model_type), *self._files_named_as(class_name)):
            module = self._sources.module(path)
            node = module.class_node(class_name) if module is not None else None
            if module is not None and node is not None:
                return ClassSource(module, node)
        return None

    def mapping(self, auto_class: str) -> Mapping[str, tuple[str, ...]] | None:
        """Model type -> the classes that the auto class may load, of every model type; None if unreadable."""
        module = self._auto_module("modeling_auto.py")
        if module is None:
            return None
        class_ = module.classes.get(auto_class)
        lazy_name = assigned_value(class_.body, "_model_mapping") if class_ is not None else None
        lazy = module.value(lazy_name.id) if isinstance(lazy_name, ast.Name) else None
        if not isinstance(lazy, ast.Call) or not lazy.args or not isinstance(lazy.args[-1], ast.Name):
            return None
        return _names_by_model_type(module, lazy.args[-1].id)

    def _modeling_files(self, model_type: str) -> Iterator[Path]:
        folder_name = self._module_names().get(model_type, model_type.replace("-", "_"))
        for folder in (self._models / folder_name, self._models / "deprecated" / folder_name):
            first = folder / f"modeling_{folder_name}.py"
            yield from (path for path in (first, *sorted(folder.glob("modeling_*.py"))) if path.is_file())

    def _files_named_as(self, class_name: str) -> Iterator[Path]:
        """Modeling files of the folders whose name the class's starts with (``gpt2``: GPT2LMHeadModel)."""
        wanted = class_name.lower().replace("_", "")
        folders = [folder for folder in self._folder_names if wanted.startswith(folder.replace("_", ""))]
        for folder in sorted(folders, key=len, reverse=True):
            yield from sorted((self._models / folder).glob("modeling_*.py"))

    @cached_property
    def _folder_names(self) -> tuple[str, ...]:
        try:
            return tuple(entry.name for entry in os.scandir(self._models) if entry.is_dir())
        except OSError:
            return ()

    def _module_names(self) -> Mapping[str, str]:
        if self._folders is None:
            self._folders = {**self._literal("auto_mappings.py"), **self._literal("configuration_auto.py")}
        return self._folders

    def _literal(self, file: str) -> dict[str, str]:
        """The table of module names that a file assigns or adds to."""
        module = self._auto_module(file)
        if module is None:
            return {}
        values = [module.value(_MODULE_NAMES), *(_updated(node) for node in module.skeleton)]
        found: dict[str, str] = {}
        for value in values:
            found.update(_names(value))
        return found

    def _auto_module(self, file: str) -> ModuleSource | None:
        path = self._models / "auto" / file
        return self._sources.module(path) if path.is_file() else None


def _names_by_model_type(module: ModuleSource, table_name: str) -> Mapping[str, tuple[str, ...]] | None:
    table = module.value(table_name)
    try:
        entries = literal(table) if table is not None else None
    except NotLiteralError:
        return None
    if not isinstance(entries, dict):
        return None
    return {
        model_type: (names,) if isinstance(names, str) else tuple(names)
        for model_type, names in entries.items()
    }


def _updated(node: ast.stmt) -> ast.expr | None:
    """What ``TABLE.update({…})`` adds to the table of module names."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call) or not node.value.args:
        return None
    return node.value.args[0] if ast.unparse(node.value.func) == f"{_MODULE_NAMES}.update" else None


def _names(value: ast.expr | None) -> dict[str, str]:
    try:
        return dict(literal(value)) if value is not None else {}
    except (NotLiteralError, TypeError, ValueError):
        return {}
