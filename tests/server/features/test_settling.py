"""Memory on large pages, where Linux has them."""

from __future__ import annotations

import sys

import pytest

from neuron_config_server.features import settling
from neuron_config_server.features.settling import use_large_pages

MIB = 1 << 20
MAPS = f"""\
{4 * MIB:x}-{9 * MIB:x} rw-p 00000000 00:00 0                          [heap]
{11 * MIB:x}-{16 * MIB:x} rw-p 00000000 00:00 0
{20 * MIB:x}-{30 * MIB:x} r--p 00000000 00:00 0
{40 * MIB:x}-{50 * MIB:x} rw-p 00000000 fe:00 12                         /lib/some lib.so
{61 * MIB:x}-{63 * MIB - 1:x} rw-p 00000000 00:00 0
{70 * MIB:x}-{80 * MIB:x} rw-p 00000000 00:00 0                          [stack]
"""


def test_pages_lie_wholly_in_memory_that_no_file_stands_behind() -> None:
    assert [each // MIB for each in settling._large_pages(MAPS)] == [4, 6, 12, 14]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nothing is asked for")
def test_this_process_goes_on_with_them() -> None:
    held = [bytearray([number % 251]) * 1000 for number in range(20_000)]
    assert use_large_pages() >= 0
    assert all(each[0] == each[-1] == number % 251 for number, each in enumerate(held))


def test_a_system_that_has_none_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert use_large_pages() == 0
