"""Which class transformers loads for a model type and an auto class, and in which file it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from neuron_config_server.catalog.literals import NotLiteralError, literal
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources, assigned_value

_MODULE_NAMES = "SPECIAL_MODEL_TYPE_TO_MODULE_NAME"


class ModelClasses:
    """transformers' auto mappings, read from ``transformers/models/auto`` (4.57 and 5.x)."""

    def __init__(self, models: Path, sources: Sources) -> None:
        self._models = models
        self._sources = sources
        self._mappings: dict[str, Mapping[str, tuple[str, ...]] | None] = {}
        self._folders: Mapping[str, str] | None = None

    def names(self, auto_class: str, model_type: str) -> tuple[str, ...] | None:
        """The model classes that the auto class maps the model type to, maybe none; None if unreadable."""
        if auto_class not in self._mappings:
            self._mappings[auto_class] = self._read_mapping(auto_class)
        mapping = self._mappings[auto_class]
        return None if mapping is None else mapping.get(model_type, ())

    def source(self, model_type: str, class_name: str) -> ClassSource | None:
        """The class's definition, looked for in the modeling files of the model type's folder."""
        for path in self._modeling_files(model_type):
            module = self._sources.module(path)
            if module is not None and class_name in module.classes:
                return ClassSource(module, module.classes[class_name])
        return None

    def _read_mapping(self, auto_class: str) -> Mapping[str, tuple[str, ...]] | None:
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

    def _module_names(self) -> Mapping[str, str]:
        if self._folders is None:
            self._folders = {**self._literal("auto_mappings.py"), **self._literal("configuration_auto.py")}
        return self._folders

    def _literal(self, file: str) -> dict[str, str]:
        module = self._auto_module(file)
        found: dict[str, str] = {}
        for node in module.statements if module is not None else ():
            found.update(_assigned_or_updated(node))
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


def _assigned_or_updated(node: ast.stmt) -> dict[str, str]:
    """What ``TABLE = OrderedDict(…)`` or ``TABLE.update({…})`` adds to the table of module names."""
    value: ast.expr | None = None
    if isinstance(node, ast.Assign):
        value = assigned_value([node], _MODULE_NAMES)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
        value = node.value.args[0] if ast.unparse(node.value.func) == f"{_MODULE_NAMES}.update" else None
    try:
        return dict(literal(value)) if value is not None else {}
    except (NotLiteralError, TypeError, ValueError):
        return {}
