"""The backend of every machine: TorchScript on the CPU with static shapes, like a Neuron model's file."""

from __future__ import annotations

import importlib.util
import inspect
import logging
import warnings
import zipfile
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuron_core.backends.base import BackendInfo, InputSpec, Signature
from neuron_core.errors import ArtifactError, NeuronCoreError, TraceError

if TYPE_CHECKING:
    import torch

_SIGNATURE_FILE = "neuron_core.json"
"""Name of our entry within the TorchScript archive."""

_EXPORT_ROUTE = "torch.export -> decompositions -> TorchScript"

_logger = logging.getLogger(__name__)


class CpuBackend:
    """TorchScript on the CPU; needs PyTorch alone."""

    def available(self) -> bool:
        return importlib.util.find_spec("torch") is not None

    def describe(self) -> BackendInfo:
        if not self.available():
            return BackendInfo("cpu", "cpu-torchscript", "", "PyTorch is not installed: pip install torch.")
        import torch

        version = str(torch.__version__)
        return BackendInfo("cpu", "cpu-torchscript", version, f"TorchScript on the CPU, PyTorch {version}.")

    def trace(
        self, model: torch.nn.Module, inputs: Mapping[str, Any], outputs: Sequence[str]
    ) -> TorchScriptModel:
        """Trace by ``torch.export``, which decomposes what ``torch.jit.trace`` alone fails on; else directly.

        Raises:
            TraceError: both ways failed; says why each did.
        """
        specs = tuple(_spec(name, value) for name, value in inputs.items())
        signature = Signature(specs, tuple(outputs))
        values = tuple(inputs.values())
        try:
            with _export_noise_ignored():
                module = _guarded_trace(_decomposed(model, values), specs, values)
        except NeuronCoreError:
            raise
        except Exception as error:  # noqa: BLE001 - torch.export raises dozens of types; told in the route
            reason = _first_line(error)
            _logger.warning("torch.export failed, tracing directly instead: %s", reason)
        else:
            return TorchScriptModel(module, _EXPORT_ROUTE, signature)
        try:
            module = _guarded_trace(model, specs, values)
        except NeuronCoreError:
            raise
        except Exception as error:
            raise TraceError(
                f"The model cannot be traced: {_first_line(error)}",
                f"torch.export failed before it: {reason}",
            ) from error
        return TorchScriptModel(module, f"TorchScript directly (torch.export failed: {reason})", signature)

    def load(self, path: Path) -> TorchScriptModel:
        """Read a traced model's file.

        Raises:
            ArtifactError: there is none, or it is no TorchScript file.
        """
        import torch

        if not path.is_file():
            raise ArtifactError(
                f"There is no traced model at {path}.", "Export it first: neuron-config export."
            )
        extra: dict[str, Any] = {_SIGNATURE_FILE: ""}
        try:
            _compare_checksums(path)
            with _torchscript_deprecation_ignored():
                module = torch.jit.load(str(path), map_location="cpu", _extra_files=extra)
            text = extra[_SIGNATURE_FILE]
            signature = Signature.from_json(text) if text else None
        except (
            RuntimeError,
            OSError,
            ValueError,
            KeyError,
            TypeError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
        ) as error:
            raise ArtifactError(
                f"{path} cannot be loaded: {_first_line(error)}",
                "It is damaged, or was compiled for a Neuron device. Export it again with --force.",
            ) from error
        return TorchScriptModel(module, "loaded", signature)


class TorchScriptModel:
    """A traced model as TorchScript."""

    def __init__(self, module: Any, route: str, signature: Signature | None) -> None:
        self.module = module
        self.route = route
        self.signature = signature

    def __call__(self, *inputs: torch.Tensor) -> Any:
        import torch

        with torch.no_grad():
            return self.module(*inputs)

    def save(self, path: Path) -> None:
        """Write it to ``path``.

        Raises:
            ArtifactError: the file could not be written.
        """
        import torch

        extra = {_SIGNATURE_FILE: self.signature.to_json()} if self.signature else {}
        try:
            with _torchscript_deprecation_ignored():
                torch.jit.save(self.module, str(path), _extra_files=extra)
        except (OSError, RuntimeError) as error:
            raise ArtifactError(
                f"{path.name} could not be written to {path.parent}: {_first_line(error)}",
                "Check that the disk is not full and the directory is writable.",
            ) from error


def _compare_checksums(path: Path) -> None:
    """torch.jit.load doesn't, and then computes with whatever the file holds."""
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged is not None:
        raise zipfile.BadZipFile(f"the checksum of {damaged} is wrong")


def _decomposed(model: torch.nn.Module, values: tuple[Any, ...]) -> torch.nn.Module:
    import torch

    with torch.no_grad():
        program = torch.export.export(model, values, strict=False).run_decompositions({})
    takes_guards = "check_guards" in inspect.signature(program.module).parameters
    return program.module(check_guards=False) if takes_guards else program.module()


def _guarded_trace(model: torch.nn.Module, specs: Sequence[InputSpec], values: tuple[Any, ...]) -> Any:
    import torch

    from neuron_core.backends.static_shapes import StaticShapes

    with torch.no_grad(), _torchscript_deprecation_ignored():
        guarded = StaticShapes(model, specs, [value.dtype for value in values])
        # Validation checks the trace, on other inputs than its own; checking it here would double its cost.
        return torch.jit.trace(guarded, values, strict=False, check_trace=False)


def _spec(name: str, value: Any) -> InputSpec:
    import torch

    from neuron_core.configs.dtypes import DTYPE_MAPPER

    if not isinstance(value, torch.Tensor):
        raise TraceError(
            f"The input {name!r} is a {type(value).__name__}; the cpu backend traces tensors only.",
            "Let the dummy input generator make a tensor, or leave the input out.",
        )
    try:
        return InputSpec(name, tuple(value.shape), DTYPE_MAPPER.str(value.dtype))
    except ValueError as error:
        raise TraceError(f"The input {name!r} is of a type that Neuron doesn't have. {error}") from error


@contextmanager
def _torchscript_deprecation_ignored() -> Generator[None]:
    # Neuron's own artifacts are TorchScript, so there is nothing that the user could switch to.
    with warnings.catch_warnings():
        pattern = r"`torch\.jit\.\w+` is (deprecated|not supported)"
        warnings.filterwarnings("ignore", message=pattern, category=DeprecationWarning)
        yield


@contextmanager
def _export_noise_ignored() -> Generator[None]:
    import torch

    with warnings.catch_warnings():
        # The graph is fixed by then: what torch.jit.trace warns of are torch.export's own checks of shapes.
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        # torch.export 2.13 copies its own specs in a way that it deprecates itself.
        warnings.filterwarnings("ignore", message=".*LeafSpec.* is deprecated", category=FutureWarning)
        yield


def _first_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0].strip()}" if lines else type(error).__name__
