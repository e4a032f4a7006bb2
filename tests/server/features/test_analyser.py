from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.nc101_unknown_input import UnknownInput


def test_an_internal_error_is_logged_and_the_next_text_is_read(
    esm_with_mistakes: str,
    small_catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    analyser = Analyser(small_catalog, all_rules())
    with monkeypatch.context() as broken:
        broken.setattr(ConfigReader, "read", lambda *_, **__: 1 / 0)
        assert analyser.analyse("file:///a.py", esm_with_mistakes).findings == ()
    assert "ZeroDivisionError" in caplog.text
    assert len(analyser.analyse("file:///a.py", esm_with_mistakes + "\n").findings) == 3


def test_a_rule_that_fails_is_named_and_costs_its_own_findings_alone(
    esm_with_mistakes: str, small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyser = Analyser(small_catalog, all_rules())
    before = analyser.analyse("file:///a.py", esm_with_mistakes).findings
    monkeypatch.setattr(UnknownInput, "check", lambda *_: 1 / 0)
    analysis = analyser.analyse("file:///a.py", esm_with_mistakes + "\n")
    assert analysis.crashed == ("NC101",)
    assert [each.code for each in analysis.findings] == [each.code for each in before if each.code != "NC101"]
