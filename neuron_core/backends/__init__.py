"""The compilers that the engine can hand a model to."""

from __future__ import annotations

from neuron_core.backends.base import Backend
from neuron_core.backends.cpu import CpuBackend
from neuron_core.errors import BackendError

__all__ = ["Backend", "backend_names", "get_backend"]

_BACKENDS = {"cpu": CpuBackend}


def backend_names() -> tuple[str, ...]:
    """Names that :func:`get_backend` knows."""
    return tuple(sorted(_BACKENDS))


def get_backend(name: str) -> Backend:
    """The backend called ``name``.

    Raises:
        BackendError: there is none of that name, or it cannot be used here.
    """
    if name not in _BACKENDS:
        raise BackendError(f"Unknown backend {name!r}.", f"Backends are: {', '.join(backend_names())}.")
    backend = _BACKENDS[name]()
    if not backend.available():
        raise BackendError(f"The backend {name!r} cannot be used here.", backend.describe().summary)
    return backend
