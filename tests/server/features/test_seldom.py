"""Other files are looked at now and then."""

from __future__ import annotations

import pytest

from neuron_config_server.features import seldom
from neuron_config_server.features.seldom import Seldom


def test_it_is_time_after_a_pause_or_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(seldom.time, "monotonic", lambda: now)
    looking = Seldom()
    assert [looking.is_time(), looking.is_time()] == [True, False]
    now += 0.2
    assert not looking.is_time()
    now += 0.1
    assert [looking.is_time(), looking.is_time()] == [True, False]
    looking.hurry()
    assert [looking.is_time(), looking.is_time()] == [True, False]
