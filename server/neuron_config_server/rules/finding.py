"""What a rule says: findings, and the edits that would mend them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from neuron_config_server.reading.positions import Range


class Severity(str, Enum):
    ERROR = "error"
    """The export is sure to fail, or sure to be wrong."""
    WARNING = "warning"
    """It works, but not as the author thinks."""
    INFO = "info"
    """An opportunity."""


class Applicability(str, Enum):
    SAFE = "safe"
    """``--fix`` applies it."""
    UNSAFE = "unsafe"
    """Only on request: it may change what the code means."""


@dataclass(frozen=True)
class Edit:
    """Put ``new_text`` in place of ``range``."""

    range: Range
    new_text: str


@dataclass(frozen=True)
class Fix:
    title: str
    """In the imperative, as an editor's menu shows it."""
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE


@dataclass(frozen=True)
class Finding:
    """One fault at one place."""

    code: str
    name: str
    severity: Severity
    message: str
    range: Range
    class_name: str | None
    """The config class that it is about; None if it is about the file."""
    tasks: tuple[str, ...]
    """Canonical names of the tasks that it speaks of; empty if it is about all or none."""
    fix: Fix | None
