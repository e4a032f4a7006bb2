"""What the server does once, when its first document is read, so that later answers are quicker.

Between two keystrokes the processor's caches fill with what other programs do: an answer takes as long as the
memory that it touches.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from neuron_config_server.features.session import NeuronConfigServer

_PAUSE = 0.6
"""Seconds after the first document was opened."""
_OBJECTS_BEFORE_A_COLLECTION = 5000
"""A keystroke leaves a thousand or two: they needn't be looked through at each."""
_LARGE_PAGE = 1 << 21
_MADV_HUGEPAGE, _MADV_COLLAPSE = 14, 25
"""Of ``madvise(2)``; the second is there since Linux 6.1."""
_MAPS = Path("/proc/self/maps")


class _Settling:
    has_begun = False


def settle_soon(ls: NeuronConfigServer) -> None:
    """Settle in a moment, the first time that this is asked for."""
    settling = ls.kept(_Settling)
    if not settling.has_begun:
        settling.has_begun = True
        asyncio.get_running_loop().call_later(_PAUSE, _settle)


def _settle() -> None:
    gc.collect()
    gc.freeze()  # what was read is there to stay: to look through it again would stop an answer for long
    gc.collect()  # of what is left, a quarter more is worth a search from now on
    gc.set_threshold(_OBJECTS_BEFORE_A_COLLECTION)
    # Beside: it takes 0.15 s. A daemon, for a server that ends meanwhile.
    threading.Thread(target=use_large_pages, daemon=True).start()


def use_large_pages() -> int:
    """Ask Linux to put Python's memory on large pages, which takes a seventh off an edit's time.

    Returns how many it has agreed to: none where it has none, or is told to give none.
    """
    if not sys.platform.startswith("linux"):
        return 0
    import ctypes  # 8 ms that the first diagnostics needn't wait for

    try:
        madvise = ctypes.CDLL(None).madvise
        madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        pages = list(_large_pages(_MAPS.read_text()))
    except (OSError, AttributeError):
        return 0
    return sum(
        madvise(start, _LARGE_PAGE, _MADV_HUGEPAGE) == 0 and madvise(start, _LARGE_PAGE, _MADV_COLLAPSE) == 0
        for start in pages
    )


def _large_pages(maps: str) -> Iterator[int]:
    """Where a large page would lie wholly within the process's own memory, which no file stands behind.

    Args:
        maps: the text of ``/proc/self/maps``, see ``proc_pid_maps(5)``.
    """
    for line in maps.splitlines():
        place, rights, _, _, _, *name = line.split()
        if rights == "rw-p" and name in ([], ["[heap]"]):
            start, end = (int(each, 16) for each in place.split("-"))
            first = -(-start // _LARGE_PAGE) * _LARGE_PAGE
            yield from range(first, end - _LARGE_PAGE + 1, _LARGE_PAGE)
