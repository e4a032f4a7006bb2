"""optimum's normalized configs by alias, from ``optimum/utils/normalized_config.py``."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from neuron_config_server.catalog.source import ModuleSource, assigned_value


def read_aliases(module: ModuleSource) -> Mapping[str, str] | None:
    """Alias -> normalized config class, as ``NormalizedConfigManager`` maps them; None if unreadable."""
    manager = module.classes.get("NormalizedConfigManager")
    table = assigned_value(manager.body, "_conf") if manager is not None else None
    if not isinstance(table, ast.Dict):
        return None
    return {
        key.value: ast.unparse(value)
        for key, value in zip(table.keys, table.values)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
