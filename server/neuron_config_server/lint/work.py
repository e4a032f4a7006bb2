"""A file to be checked, with all that it takes: a value that another process can do as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Union

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.lint.discovery import Problem
from neuron_config_server.lint.files import SourceFile
from neuron_config_server.lint.report import FileReport
from neuron_config_server.lint.selection import Selection


class Mode(str, Enum):
    """What becomes of fixes."""

    CHECK = "check"
    """They are offered."""
    FIX = "fix"
    """They are made and written."""
    PREVIEW = "preview"
    """They are made, and nothing is written."""


@dataclass(frozen=True)
class Work:
    """One file."""

    source: SourceFile
    display: Path
    """Its path as it was given or found."""
    named: bool
    """Given by name: checked whatever it holds."""
    selection: Selection
    environment: Environment
    mode: Mode
    applies_unsafe: bool


@dataclass(frozen=True)
class Done:
    """What came of it."""

    outcome: Union[FileReport, Problem, None]
    """None for a file that mentions no config."""
    depended_on: Mapping[Path, str | None] = field(default_factory=dict)
    """Other files that decided it, with their stamps."""
    absence: str | None = None
    """What is missing in the environment, for people."""
