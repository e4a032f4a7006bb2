"""Memory that isn't needed any more goes back to the system."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache


def give_back_free_memory() -> None:
    """Give back what the C library keeps between what is in use; takes a millisecond or two.

    It gives back by itself only what is free behind everything else, and texts come and go in all sizes.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """``malloc_trim``, which glibc alone has."""
    if sys.platform != "linux":
        return None
    import ctypes  # on nobody's way before the first document is closed

    return getattr(ctypes.CDLL(None), "malloc_trim", None)
