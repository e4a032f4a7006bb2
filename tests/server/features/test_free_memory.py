from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from neuron_config_server.features.free_memory import give_back_free_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can give back memory in between")
def test_memory_between_what_is_in_use_goes_back_to_the_system() -> None:
    texts = [f"{number}" * 20_000 for number in range(10, 1000)]
    kept = texts[::20]
    del texts
    before = resident_bytes()
    give_back_free_memory()
    assert before - resident_bytes() > 10_000_000
    assert len(kept) == 50


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
