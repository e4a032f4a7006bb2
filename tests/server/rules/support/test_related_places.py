"""Findings lead to the other side: the library's line that proves them, the string that is inherited."""

from __future__ import annotations

import re

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules import all_rules, rule_by_code
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.rule import Invalid, Rule

INHERITING = """\
class ParentNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "bbox"]

    @property
    def outputs(self) -> list[str]:
        return ["logits", "hidden_states"]


@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(ParentNeuronConfig): ...
"""
LEADS_TO_A_LIBRARY = ("NC101", "NC102", "NC103", "NC107", "NC201", "NC202", "NC203", "NC204", "NC206")
WORD = re.compile(r"\w{4,}")
EXAMPLES = [
    pytest.param(rule, case, id=f"{rule.code}-{number}")
    for rule in all_rules()
    if rule.code in LEADS_TO_A_LIBRARY
    for number, case in enumerate(rule.INVALID)
]


def findings_of(rule: Rule, text: str, catalog: Catalog) -> list[Finding]:
    return list(rule.check(read_config_file(text, catalog), catalog))


@pytest.mark.parametrize(("rule", "case"), EXAMPLES)
def test_a_finding_leads_to_the_definition_in_the_library(
    rule: Rule, case: Invalid, real_catalog: Catalog
) -> None:
    (finding,) = findings_of(rule, case.source, real_catalog)
    places = [each for each in finding.related if each.path is not None]
    assert places
    for place in places:
        assert place.path is not None
        line = SourceText(place.path.read_text(encoding="utf-8")).line(place.range.start.line)
        assert WORD.search(line), line
        in_line, in_message = set(WORD.findall(line)), set(WORD.findall(place.message))
        assert "forward" in in_line if "forward" in in_message else in_line & in_message


@pytest.mark.parametrize(("code", "name"), [("NC101", '"bbox"'), ("NC203", '"hidden_states"')])
def test_a_finding_about_something_inherited_leads_to_where_it_is_written(
    code: str, name: str, real_catalog: Catalog
) -> None:
    rule = rule_by_code(code)
    assert rule is not None
    (finding,) = findings_of(rule, INHERITING, real_catalog)
    (place,) = (each for each in finding.related if each.path is None)
    source = SourceText(INHERITING)
    assert source.slice(finding.range) == "EsmNeuronConfig"
    assert (place.message, source.slice(place.range)) == ("it is declared here", name)
