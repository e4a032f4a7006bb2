from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.settings.json_schema import json_schema
from neuron_config_server.settings.project import ProjectSettings
from neuron_config_server.settings.reading import InvalidSettingError, read_table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HOST = {"ssh": "inf"}
GOOD: list[dict[str, Any]] = [
    {},
    {"select": ["NC1"], "fix": True, "output-format": "sarif", "per-file-ignores": {"a": ["NC1"]}},
    {"hosts": {"inf": {**HOST, "target": "trn2", "env": {"A": "b"}}}},
]
BAD: list[dict[str, Any]] = [
    {"selekt": []},
    {"select": "NC1"},
    {"select": [1]},
    {"fix": 1},
    {"output-format": "xml"},
    {"per-file-ignores": {"a": "NC1"}},
    {"hosts": {"inf": {}}},
    {"hosts": {"inf": {**HOST, "target": "inf1"}}},
    {"hosts": {"inf": {**HOST, "env": {"A": 1}}}},
]


def test_it_says_of_every_key_what_it_is() -> None:
    schema = json.loads(json_schema())
    assert {"select", "per-file-ignores", "hosts", "cache-dir"} <= schema["properties"].keys()
    assert all(each["description"] and each["type"] for each in schema["properties"].values())


@pytest.mark.parametrize("table", GOOD)
def test_what_is_read_is_what_the_schema_allows(table: dict[str, Any]) -> None:
    read_table(ProjectSettings, table)
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema isn't installed")
    jsonschema.Draft7Validator(json.loads(json_schema())).validate(table)


@pytest.mark.parametrize("table", BAD)
def test_what_is_refused_is_what_the_schema_refuses(table: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettingError):
        read_table(ProjectSettings, table)
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema isn't installed")
    assert not jsonschema.Draft7Validator(json.loads(json_schema())).is_valid(table)


def test_the_settings_of_the_documentation_can_be_used() -> None:
    text = (Path(__file__).parents[3] / "docs" / "linter.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    settings = read_table(ProjectSettings, tomllib.loads(example)["tool"]["neuron-config"])
    assert settings.per_file_ignores == {"tests/**": ("NC5",)}
