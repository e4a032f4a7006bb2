"""Every rule does what its own examples say."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.reading.config_file import read_config_file
from neuron_config_server.reading.positions import SourceText, apply_edits
from neuron_config_server.rules import all_rules, rule_by_code
from neuron_config_server.rules.rule import Invalid, Rule

RULES = all_rules()
VALID = [
    pytest.param(rule, text, id=f"{rule.code}-{n}") for rule in RULES for n, text in enumerate(rule.VALID)
]
INVALID = [
    pytest.param(rule, case, id=f"{rule.code}-{n}") for rule in RULES for n, case in enumerate(rule.INVALID)
]


@pytest.fixture(params=["small", "real"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return request.getfixturevalue(f"{request.param}_catalog")


@pytest.mark.parametrize(("rule", "text"), VALID)
def test_a_valid_example_is_clean(catalog: Catalog, rule: Rule, text: str) -> None:
    assert list(rule.check(read_config_file(text, catalog), catalog)) == []


@pytest.mark.parametrize(("rule", "case"), INVALID)
def test_an_invalid_example_is_found_where_it_says(catalog: Catalog, rule: Rule, case: Invalid) -> None:
    (finding,) = rule.check(read_config_file(case.source, catalog), catalog)
    source = SourceText(case.source)
    assert source.slice(finding.range) == case.at
    assert source.offset(finding.range.start) == case.source.index(case.at)
    assert finding.code == rule.code
    assert finding.severity is rule.severity


@pytest.mark.parametrize(("rule", "case"), INVALID)
def test_a_fix_gives_what_the_example_says_and_leaves_nothing(
    catalog: Catalog, rule: Rule, case: Invalid
) -> None:
    (finding,) = rule.check(read_config_file(case.source, catalog), catalog)
    if case.fixed is None:
        assert finding.fix is None
        return
    assert finding.fix is not None
    mended = apply_edits(case.source, finding.fix.edits)
    assert mended == case.fixed
    assert check(read_config_file(mended, catalog), catalog, RULES).findings == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_without_the_packages_that_it_needs_a_rule_is_silent(empty_catalog: Catalog, rule: Rule) -> None:
    if rule.needs:
        assert all(
            list(rule.check(read_config_file(case.source, empty_catalog), empty_catalog)) == []
            for case in rule.INVALID
        )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_documented(rule: Rule) -> None:
    headings = [line for line in rule.documentation().splitlines() if "## " in line]
    assert headings[:2] == ["## What it does", "## Why is this bad?"]
    assert set(headings) <= {*headings[:2], "## Example", "## When it is silent", "## Fix safety"}
    assert ("## Fix safety" in headings) is rule.has_fix()


def test_codes_and_names_are_unique_and_match_their_files() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        module = type(rule).__module__.rpartition(".")[2]
        assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"


def test_rules_are_found_by_their_codes() -> None:
    found = rule_by_code("nc101")
    assert found is not None
    assert found.name == "unknown-input"
    assert rule_by_code("NC999") is None
