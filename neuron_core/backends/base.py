"""What a backend is: something that turns a PyTorch module into a file that runs at fixed shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class BackendInfo:
    """What a backend is, for people and for the artifact's config.json."""

    name: str
    compiler_type: str
    compiler_version: str
    summary: str
    """One sentence: what it does, or what is missing when it isn't available."""


@dataclass(frozen=True)
class InputSpec:
    """One input of a traced model."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    """``int64``, ``fp32`` …"""


@dataclass(frozen=True)
class Signature:
    """Inputs and outputs of a traced model, in order."""

    inputs: tuple[InputSpec, ...]
    outputs: tuple[str, ...]

    def to_json(self) -> str:
        """The text that a backend stores in the model's file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Signature:
        """Read :meth:`to_json`'s text back."""
        data = json.loads(text)
        inputs = (InputSpec(one["name"], tuple(one["shape"]), one["dtype"]) for one in data["inputs"])
        return cls(tuple(inputs), tuple(data["outputs"]))


class TracedModel(Protocol):
    """A traced model, callable with a positional tuple."""

    @property
    def route(self) -> str:
        """How it was traced, for people."""

    @property
    def signature(self) -> Signature | None:
        """None for a file that another exporter wrote."""

    def __call__(self, *inputs: Any) -> Any:
        """The outputs for inputs of exactly the traced shapes and types."""

    def save(self, path: Path) -> None:
        """Write it to a file."""


class Backend(Protocol):
    """A compiler."""

    def available(self) -> bool:
        """Whether everything it needs is installed."""

    def describe(self) -> BackendInfo:
        """What it is."""

    def trace(self, model: torch.nn.Module, inputs: Mapping[str, Any], outputs: Sequence[str]) -> TracedModel:
        """Trace ``model``, which takes the inputs' values by position and returns a tuple of tensors."""

    def load(self, path: Path) -> TracedModel:
        """Read a traced model's file."""
