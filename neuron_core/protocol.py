"""What server and worker say to each other: JSON-RPC 2.0 over the worker's stdio, a line a message.

This is the only module of ``neuron_core`` that the server imports. It needs the standard library alone,
because the worker may run on a host where nothing but torch and transformers is installed.

Requests (server -> worker): ``initialize`` (no parameters) -> :class:`WorkerInfo`; ``export``
(:class:`ExportRequest`) -> :class:`Report`; ``shutdown`` -> null. Notifications: ``cancel`` ``{"id": request
id}`` (server -> worker); ``progress`` (:class:`Progress`) (worker -> server). A request that fails is
answered with a JSON-RPC error whose ``data`` is a :class:`Failure`.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, TypeVar

PROTOCOL_VERSION = 2
"""Raised whenever a message changes in a way that an older peer would misread."""

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A longer line is refused: nothing that either side sends comes near it."""

JOB_FAILED = -32000
"""JSON-RPC error code: the job ended with a :class:`Failure`."""

JOB_CANCELLED = -32800
"""JSON-RPC error code: the job was cancelled (the number that the Language Server Protocol uses)."""


class ProtocolError(Exception):
    """The other side sent something that is no message of this protocol."""


class Stage(str, Enum):
    """The stages of a job, in the order in which they happen."""

    LOAD = "load"
    BUILD = "build"
    TRACE = "trace"
    SAVE = "save"
    VALIDATE = "validate"


class Verdict(str, Enum):
    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class ExportRequest:
    """One export: which config, which model, which shapes, where to."""

    task: str
    """Canonical task name or a synonym of one, as optimum's TasksManager knows them."""
    output: str
    """Directory that the artifact becomes; made by atomic rename."""
    config_file: str | None = None
    """Python file with the config class; None takes the one that neuron_core registers for the model type."""
    config_class: str | None = None
    """Class name in ``config_file``; None takes the one that the file registers for the task."""
    model: str | None = None
    """Local directory or hub id; None builds a tiny random model of the config's model type."""
    model_type: str | None = None
    """Model type of the tiny model, where the file registers more than one."""
    shapes: Mapping[str, int] = field(default_factory=dict)
    """Axis name (``batch_size``, ``sequence_length`` …) -> size."""
    atol: float | None = None
    """Absolute tolerance that replaces the class's ATOL_FOR_VALIDATION."""
    validate: bool = True
    backend: str = "cpu"
    seed: int = 0
    """Seed of the tiny model's weights and of the first dummy inputs."""
    force: bool = False
    """Replace an output directory that exists and isn't empty, if an earlier export made it."""


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    id: int
    """The request that this is about."""
    stage: Stage
    message: str
    fraction: float
    """Of the whole job, 0 to 1; never falls."""


@dataclass(frozen=True)
class OutputComparison:
    """One output of the exported model held against PyTorch's."""

    name: str
    verdict: Verdict
    reason: str
    """Why it failed, in a sentence; empty when it passed."""
    shape: tuple[int, ...] | None
    """Shape that the exported model returned."""
    reference_shape: tuple[int, ...] | None
    dtype: str
    max_abs_diff: float | None
    """Largest absolute difference over all inputs tried; None when shapes forbid comparing."""
    tolerance: float
    """Absolute tolerance that applied."""
    seed: int | None
    """Seed of the inputs that gave the largest difference."""


@dataclass(frozen=True)
class StageTime:
    stage: Stage
    seconds: float


@dataclass(frozen=True)
class Report:
    """What an export did and what validation found."""

    verdict: Verdict
    config_class: str
    config_file: str | None
    model_type: str
    task: str
    model: str
    """Where the weights came from, for people: a path, or "tiny random EsmForSequenceClassification"."""
    parameters: int
    backend: str
    route: str
    """How the backend traced, for people: "torch.export -> decompositions -> TorchScript"."""
    output: str
    inputs: Mapping[str, tuple[int, ...]]
    """Input name -> static shape, in the order that the exported model takes them."""
    outputs: tuple[OutputComparison, ...]
    stages: tuple[StageTime, ...]
    versions: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    """What the engine and transformers warned of meanwhile: the first line of each, at most 20."""


@dataclass(frozen=True)
class WorkerInfo:
    protocol_version: int
    python: str
    """Interpreter's path and version, for people."""
    pid: int


@dataclass(frozen=True)
class Failure:
    """Why a job could not be done."""

    message: str
    """One or two sentences for people: what is wrong."""
    hint: str = ""
    """What to do about it; may be empty."""
    stage: Stage | None = None
    detail: str = ""
    """The traceback, or what the process printed last."""


_Message = TypeVar("_Message")


def to_json(message: Any) -> dict[str, Any]:
    """A message as plain JSON values."""
    return _plain(dataclasses.asdict(message))


def from_json(kind: type[_Message], data: Any) -> _Message:
    """Read a message of ``kind`` back.

    Raises:
        ProtocolError: a field is missing, unknown, or of another type.
    """
    try:
        return _read(kind, data)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise ProtocolError(f"not a {kind.__name__}: {error}") from error


def encode(message: Mapping[str, Any]) -> bytes:
    """One JSON-RPC message as a line of ASCII; NaN and infinities as Python's JSON dialect has them."""
    return json.dumps({"jsonrpc": "2.0", **message}).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The JSON-RPC message in a line.

    Raises:
        ProtocolError: the line is too long, no JSON, or no object.
    """
    if len(line) > MAX_MESSAGE_BYTES:
        raise ProtocolError(
            f"a message of {len(line):,} bytes is longer than the {MAX_MESSAGE_BYTES:,} allowed"
        )
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {line[:80]!r}") from error
    if not isinstance(message, dict):
        raise ProtocolError(f"not a JSON object: {line[:80]!r}")
    return message


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _read(kind: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, data)
    if origin in (typing.Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        return None if data is None else _read(inner[0], data)
    if origin is tuple:
        return tuple(_read(arguments[0], item) for item in _expect(list, data))
    if origin is Mapping:
        return {key: _read(arguments[1], item) for key, item in _expect(dict, data).items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _expect(kind, data)


def _read_dataclass(kind: Any, data: Any) -> Any:
    hints = _hints(kind)
    unknown = set(_expect(dict, data)) - set(hints)
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]!r}")
    return kind(**{name: _read(hints[name], value) for name, value in data.items()})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields; to work them out takes longer than to read a value."""
    return typing.get_type_hints(kind)


def _expect(kind: Any, data: Any) -> Any:
    if (isinstance(data, bool) and kind is not bool) or not isinstance(data, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(data).__name__}")
    return data
