"""The JSON Schema of a settings file, for editors and for SchemaStore."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from neuron_config_server.settings.project import ProjectSettings, key_of
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
