"""The JSON Schema of a settings file, for editors and for SchemaStore."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from neuron_config_server.settings.project import Host, ProjectSettings, key_of
from neuron_config_server.settings.reading import alternatives


def json_schema() -> str:
    """The schema of neuron-config.toml, which is that of ``[tool.neuron-config]`` too, as JSON text."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "neuron-config",
        "description": "What neuron-config.toml may say, or [tool.neuron-config] in pyproject.toml.",
        **_object(ProjectSettings),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _object(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    required = [
        key_of(each.name)
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    ]
    return {
        "type": "object",
        "properties": {key_of(each.name): _property(each, hints[each.name]) for each in fields(kind)},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _property(field: Field[Any], hint: Any) -> dict[str, Any]:
    choices = field.metadata.get("choices")
    return {
        "description": field.metadata["description"],
        **_type(alternatives(hint)),
        **({"enum": list(choices)} if choices else {}),
    }


def _type(hint: Any) -> dict[str, Any]:
    origin = typing.get_origin(hint) or hint
    if is_dataclass(hint):
        return _object(hint)
    if origin is tuple:
        return {"type": "array", "items": {"type": "string"}}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _type(typing.get_args(hint)[1])}
    return {"type": {str: "string", bool: "boolean"}[hint]}


def settings_page() -> str:
    """The table of all settings, in Markdown: docs/settings.md."""
    return (
        "# Settings\n\n"
        "Made from `settings/project.py` by `make docs`. They stand in `[tool.neuron-config]` of "
        "pyproject.toml or, without that header, in neuron-config.toml; the closest one above a checked file "
        "counts, and nothing is merged. `neuron-config.schema.json` is their JSON Schema.\n\n"
        f"{_table(ProjectSettings)}\n\n"
        "## `[tool.neuron-config.hosts.NAME]`\n\n"
        f"{_table(Host)}\n"
    )


def _table(kind: Any) -> str:
    hints = typing.get_type_hints(kind)
    rows = [_row(each, hints[each.name]) for each in fields(kind)]
    return "\n".join(("| key | type | what it says |", "| --- | --- | --- |", *rows))


def _row(field: Field[Any], hint: Any) -> str:
    choices = field.metadata.get("choices")
    description = field.metadata["description"].replace("|", "\\|")
    listed = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
    return f"| `{key_of(field.name)}` | {_name_of_type(alternatives(hint))} | {description}{listed} |"


def _name_of_type(hint: Any) -> str:
    origin = typing.get_origin(hint) or hint
    if origin is Mapping:
        return "table"
    return {str: "string", bool: "boolean", tuple: "list of strings"}[origin]
