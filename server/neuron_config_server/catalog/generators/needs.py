"""What a generator needs: the axes that it takes, and what it reads of the normalized config."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from neuron_config_server.catalog.method_parameters import Scalar


class Need(str, Enum):
    """What becomes of a generator when an attribute that it reads is missing."""

    REQUIRED = "required"
    """AttributeError, always."""
    CONDITIONAL = "conditional"
    """AttributeError if a branch is taken, such as that of one input's name."""
    OPTIONAL = "optional"
    """Nothing: there is a default, or it is asked for first."""


class Phase(str, Enum):
    """When a generator reads an attribute."""

    INIT = "__init__"
    GENERATE = "generate"


@dataclass(frozen=True)
class GeneratorAxis:
    """What a generator takes by keyword: the size of an axis, or an option such as ``padding_side``."""

    name: str
    required: bool
    """There is no default: a config whose INPUT_ARGS lack the axis gets a TypeError."""
    default: Scalar
    default_known: bool
    read: bool
    """Whether it can change what is generated."""


@dataclass(frozen=True)
class NormalizedRead:
    """An attribute of the normalized config that a generator reads."""

    path: str
    """``vocab_size``; ``decoder.num_codebooks`` for an attribute of an attribute."""
    need: Need
    phase: Phase
