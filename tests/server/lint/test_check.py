from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Rule

DEFAULT = [rule for rule in all_rules() if rule.is_on_by_default]


class Crashing(Rule):
    """Raises after its first finding would have come."""

    code, name, severity = "NC999", "crashing", Severity.ERROR

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        raise ZeroDivisionError
        yield


def test_findings_come_in_the_order_of_the_text(esm_with_mistakes: str, small_catalog: Catalog) -> None:
    result = check(read_config_file(esm_with_mistakes, small_catalog), small_catalog, DEFAULT)
    assert [finding.code for finding in result.findings] == ["NC301", "NC401", "NC101"]
    assert result.crashed == ()


def test_a_rule_that_raises_costs_only_its_own_findings(
    esm_with_mistakes: str, small_catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        result = check(
            read_config_file(esm_with_mistakes, small_catalog), small_catalog, [Crashing(), *DEFAULT]
        )
    assert len(result.findings) == 3
    assert result.crashed == ("NC999",)
    assert "rule NC999 (crashing) failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
