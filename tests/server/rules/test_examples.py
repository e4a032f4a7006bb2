"""Every rule does what its own examples say."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.reading.positions import SourceText, apply_edits
from neuron_config_server.rules import all_rules, rule_by_code, rule_names
from neuron_config_server.rules.documentation import summary
from neuron_config_server.rules.finding import Applicability, Finding, Severity
from neuron_config_server.rules.nc002_unused_suppression import UnusedSuppression
from neuron_config_server.rules.rule import ExecutedRule, Invalid, Rule

RULES = all_rules()
STATIC = [rule for rule in RULES if not isinstance(rule, ExecutedRule)]
VALID = [
    pytest.param(rule, text, id=f"{rule.code}-{n}") for rule in RULES for n, text in enumerate(rule.VALID)
]
INVALID = [
    pytest.param(rule, case, id=f"{rule.code}-{n}") for rule in RULES for n, case in enumerate(rule.INVALID)
]


NEED_THE_REAL_CATALOG = {
    "NC402": "the small environment has no config classes and no generators",
    "NC405": "the small environment has no config classes and no generators",
    "NC310": "the small environment has no task that is inferred as another",
}
"""Rules whose examples the small catalog can't judge -> why."""


@pytest.fixture(params=["small", "real"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    rule = request.getfixturevalue("rule")
    if request.param == "small" and rule.code in NEED_THE_REAL_CATALOG:
        pytest.skip(NEED_THE_REAL_CATALOG[rule.code])
    return request.getfixturevalue(f"{request.param}_catalog")


def place_of(case: Invalid, folder: Path) -> Path | None:
    """Where an example stands, with the files beside it written; None if it stands nowhere."""
    for path, text in case.beside:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder / case.path if case.path is not None else None


def findings_of(rule: Rule, text: str, catalog: Catalog, path: Path | None = None) -> list[Finding]:
    """What the rule says; what is unused is known only once all the others have spoken."""
    file = read_config_file(text, catalog, path)
    if isinstance(rule, UnusedSuppression):
        return [each for each in check(file, catalog, RULES).findings if each.code == rule.code]
    return list(rule.check(file, catalog))


@pytest.mark.parametrize(("rule", "text"), VALID)
def test_a_valid_example_is_clean(catalog: Catalog, rule: Rule, text: str) -> None:
    assert findings_of(rule, text, catalog) == []


@pytest.mark.parametrize(("rule", "case"), INVALID)
def test_an_invalid_example_is_found_where_it_says(
    catalog: Catalog, rule: Rule, case: Invalid, tmp_path: Path
) -> None:
    (finding,) = findings_of(rule, case.source, catalog, place_of(case, tmp_path))
    source = SourceText(case.source)
    assert source.slice(finding.range) == case.at
    assert source.offset(finding.range.start) == case.source.index(case.at)
    assert finding.code == rule.code
    assert finding.severity is rule.severity


@pytest.mark.parametrize(("rule", "case"), INVALID)
def test_a_fix_gives_what_the_example_says_and_leaves_nothing(
    catalog: Catalog, rule: Rule, case: Invalid, tmp_path: Path
) -> None:
    (finding,) = findings_of(rule, case.source, catalog, place_of(case, tmp_path))
    if case.fixed is None:
        assert finding.fix is None
        return
    assert finding.fix is not None
    mended = apply_edits(case.source, finding.fix.edits)
    assert mended == case.fixed
    before, after = (
        {
            each.code
            for each in check(read_config_file(text, catalog), catalog, RULES).findings
            if each.severity is not Severity.INFO
        }
        for text in (case.source, mended)
    )
    assert findings_of(rule, mended, catalog) == []
    assert after <= before, "the fix makes a fault of another kind"
    rules = RULES if isinstance(rule, UnusedSuppression) else [rule]
    fixed = fix(case.source, catalog, rules, apply=frozenset(Applicability)).text
    assert fixed == case.fixed, "it changes more than its intent says"


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
    others = {"## Example", "## When it is silent", "## Fix safety", "## How to suppress", "## What to do"}
    assert set(headings) <= {*headings[:2], *others}
    assert ("## Fix safety" in headings) is rule.has_fix()
    assert summary(rule).endswith((".", "…"))


@pytest.mark.parametrize("rule", STATIC, ids=lambda rule: rule.code)
def test_a_rule_that_is_checked_shows_what_it_finds(rule: Rule) -> None:
    assert rule.INVALID
    assert rule.VALID


def test_what_only_an_export_shows_says_what_to_do_about_it() -> None:
    executed = {rule.code for rule in RULES if isinstance(rule, ExecutedRule)}
    assert executed == {*(f"NC70{n}" for n in range(1, 7)), *(f"NC80{n}" for n in range(1, 9))}
    assert all("## What to do" in rule.documentation() for rule in RULES if rule.code in executed)


def test_codes_and_names_are_unique_and_match_their_files() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        module = type(rule).__module__.rpartition(".")[2]
        assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert rule_names() == {rule.code: rule.name for rule in RULES}


def test_rules_are_found_by_their_codes() -> None:
    found = rule_by_code("nc101")
    assert found is not None
    assert found.name == "unknown-input"
    assert rule_by_code("NC999") is None
