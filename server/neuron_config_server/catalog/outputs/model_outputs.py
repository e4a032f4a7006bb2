"""Which output dataclass a model's ``forward`` returns, and which of its fields a plain call fills."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Returned(str, Enum):
    """Whether a call with default flags (no labels, no attentions, hidden states or cache) fills a field."""

    YES = "yes"
    """With a tensor."""
    NOT_NONE = "not-none"
    """It isn't None, and not known to be one tensor either: another output, a tuple of tensors."""
    NO = "no"
    """It is None, and so left out of the tuple that a traced model returns."""
    UNKNOWN = "unknown"
    """It depends on the model's config or on the inputs, or it can't be followed."""


class Evidence(str, Enum):
    """How the output class is known."""

    CONSTRUCTED = "constructed"
    """The body was followed to each ``return``, and constructs it."""
    ANNOTATED = "annotated"
    """The return annotation names it, and nothing that was followed speaks against it."""


@dataclass(frozen=True)
class OutputField:
    """A field of an output dataclass."""

    name: str
    annotation: str
    default: str | None
    """Source of the default; None where there is none."""
    doc: str | None
    """One paragraph; None where the library documents nothing."""
    nested: str | None
    """The output dataclass that the field holds, by its annotation; None where it holds anything else."""
    returned: Returned


@dataclass(frozen=True)
class ModelOutputs:
    """What the ``forward`` of a model class returns."""

    model_class: str
    output_class: str
    file: Path
    """Where the output class is defined."""
    line: int
    """Of its ``class``, from 1."""
    evidence: Evidence
    """An annotation alone is wrong for about one class of thirty (transformers 4.57 and 5.23)."""
    fields: tuple[OutputField, ...]
    """In the order of the tuple that it turns into, inherited ones included."""
