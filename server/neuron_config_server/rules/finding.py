"""What a rule says: findings, and the edits that would mend them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from neuron_config_server.reading.positions import Range

if TYPE_CHECKING:
    from neuron_config_server.reading.literals import StringLiteral


class Severity(str, Enum):
    ERROR = "error"
    """The export is sure to fail, or sure to be wrong."""
    WARNING = "warning"
    """It works, but not as the author thinks."""
    INFO = "info"
    """An opportunity; it is shown, and fails no run."""


class Applicability(str, Enum):
    SAFE = "safe"
    """``--fix`` applies it."""
    UNSAFE = "unsafe"
    """Only on request: it may change what the code means."""


class Aspect(str, Enum):
    """A part of what a config class means for a task."""

    INPUTS = "inputs"
    OUTPUTS = "outputs"
    TASKS = "tasks"
    MODEL_TYPES = "model_types"
    AXES = "axes"
    GENERATORS = "generators"
    NORMALIZED_CONFIG = "normalized_config"
    TOLERANCE = "tolerance"
    EXPORTED_MODEL_TYPE = "exported_model_type"
    WRAPPER = "wrapper"
    VALUES_OVERRIDE = "values_override"
    CLASS_NAME = "class_name"


OF_EFFECTIVE = (
    Aspect.INPUTS,
    Aspect.OUTPUTS,
    Aspect.AXES,
    Aspect.GENERATORS,
    Aspect.NORMALIZED_CONFIG,
    Aspect.TOLERANCE,
    Aspect.EXPORTED_MODEL_TYPE,
    Aspect.WRAPPER,
    Aspect.VALUES_OVERRIDE,
)
"""What a config class has for each of its tasks: the parts of an effective config."""


@dataclass(frozen=True)
class Edit:
    """Put ``new_text`` in place of ``range``."""

    range: Range
    new_text: str


@dataclass(frozen=True)
class Rename:
    """A string of the source becomes another one, or goes."""

    literal: StringLiteral
    to: str | None
    aspect: Aspect
    """What it is read for: if it is read for something else too, the fix doesn't hold."""


@dataclass(frozen=True)
class Change:
    """An aspect that a fix changes on purpose."""

    aspect: Aspect
    class_names: frozenset[str] | None = None
    """The config classes that it changes it of; None: of any."""


@dataclass(frozen=True)
class Intent:
    """What a fix means to change; ``lint.fix_safety`` sees to it that nothing else of a config does."""

    renames: tuple[Rename, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Fix:
    title: str
    """In the imperative, as an editor's menu shows it."""
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE
    intent: Intent | None = None
    """None: nothing is known of it, and only the syntax is held to be as good as before."""


@dataclass(frozen=True)
class Related:
    """Another place that a finding speaks of."""

    message: str
    range: Range
    path: Path | None = None
    """None: in the same file."""


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
    related: tuple[Related, ...] = ()
    is_unnecessary: bool = False
    """What it underlines does nothing and may go; editors fade it."""
