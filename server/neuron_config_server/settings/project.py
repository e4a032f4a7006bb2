"""What a project may set, in ``[tool.neuron-config]`` of pyproject.toml or in neuron-config.toml.

This is the one place that says which keys there are. The JSON Schema, the errors about unknown keys and wrong
types, and the table in docs/settings.md come from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OUTPUT_FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "json-lines",
    "junit",
    "github",
    "gitlab",
    "pylint",
    "rdjson",
    "azure",
    "sarif",
)

TARGETS = ("inf2", "trn1", "trn1n", "trn2")
"""Targets that neuronx-cc compiles for (its CLI reference, SDK 2.32)."""


def _setting(default: Any, description: str, **more: Any) -> Any:
    metadata = {"description": description, **more}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Host:
    """A machine to export on, reached over SSH: ``[tool.neuron-config.hosts.NAME]``."""

    ssh: str = field(
        metadata={"description": "What `ssh` is called with: a host of ~/.ssh/config or user@host."}
    )
    python: str = _setting("python3", "The interpreter there that has torch, transformers and optimum.")
    target: str | None = _setting(None, "What to compile for.", choices=TARGETS)
    workdir: str | None = _setting(None, "The folder there to work in.")
    env: Mapping[str, str] = _setting({}, "Variables of the environment there.")


@dataclass(frozen=True)
class ProjectSettings:
    """The settings of a project; None where it says nothing and something else decides."""

    select: tuple[str, ...] | None = _setting(
        None,
        "Rules to check, by code or by its beginning: NC101, NC1, ALL. Default: all that are on by default.",
    )
    ignore: tuple[str, ...] = _setting((), "Rules not to check. The more specific of two selectors wins.")
    extend_select: tuple[str, ...] = _setting((), "Rules to check beside those selected.")
    per_file_ignores: Mapping[str, tuple[str, ...]] = _setting(
        {}, "Glob of files, relative to this file's folder -> rules that aren't checked there."
    )
    exclude: tuple[str, ...] = _setting(
        (),
        "Files and folders that are passed over, beside hidden ones, environments and build folders: names "
        "(generated) or globs relative to this file's folder (tests/data/**).",
    )
    extend_exclude: tuple[str, ...] = _setting((), "More of them; --exclude leaves these in force.")
    environment: str | None = _setting(
        None,
        "Python environment (its folder or interpreter) that has transformers and optimum, relative to this "
        "file's folder. Default: VIRTUAL_ENV, else a .venv of the working directory or one above.",
    )
    output_format: str | None = _setting(None, "How findings are written.", choices=OUTPUT_FORMATS)
    fix: bool = _setting(False, "Apply safe fixes whenever files are checked.")
    unsafe_fixes: bool = _setting(False, "Count unsafe fixes among those that are applied.")
    cache_dir: str | None = _setting(
        None,
        "Where results are kept, relative to this file's folder. Default: .neuron_config_cache beside it.",
    )
    baseline: str | None = _setting(
        None, "File of findings that are known and not reported, relative to this file's folder."
    )
    hosts: Mapping[str, Host] = _setting({}, "Machines to export on.")


def key_of(field_name: str) -> str:
    """The key in the file for a field: ``extend-select`` for ``extend_select``."""
    return field_name.replace("_", "-")
