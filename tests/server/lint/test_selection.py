from __future__ import annotations

from collections.abc import Iterator

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.selection import Layer, Selection, UnknownSelectorError, normalized
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Rule


def rule(code: str, *, on: bool = True) -> Rule:
    class Some(Rule):
        name, severity, is_on_by_default = "some", Severity.ERROR, on

        def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
            return iter(())

    Some.code = code
    return Some()


RULES = [rule("NC001"), rule("NC003", on=False), rule("NC101"), rule("NC102"), rule("NC201")]


def codes(*layers: Layer, ignored: tuple[str, ...] = ()) -> list[str]:
    return [each.code for each in Selection(layers, ignored).rules(RULES)]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], ["NC001", "NC101", "NC102", "NC201"]),
        ([Layer(select=("ALL",))], ["NC001", "NC003", "NC101", "NC102", "NC201"]),
        ([Layer(select=("NC1",))], ["NC101", "NC102"]),
        ([Layer(select=("NC1",), ignore=("NC101",))], ["NC102"]),
        ([Layer(select=("NC101",), ignore=("NC1",))], ["NC101"]),
        ([Layer(select=("NC1",), ignore=("NC1",))], []),
        ([Layer(ignore=("ALL",), select=("NC2",))], ["NC201"]),
        ([Layer(extend_select=("NC003",))], ["NC001", "NC003", "NC101", "NC102", "NC201"]),
        ([Layer(select=("NC1",), extend_select=("NC2",))], ["NC101", "NC102", "NC201"]),
        ([Layer(select=())], []),
    ],
)
def test_the_more_specific_selector_wins(layers: list[Layer], expected: list[str]) -> None:
    assert codes(*layers) == expected


def test_the_command_line_selects_afresh_or_changes_what_settings_select() -> None:
    settings = Layer(select=("NC1",), ignore=("NC102",))
    assert codes(settings, Layer(select=("NC2",))) == ["NC201"]
    assert codes(settings, Layer(extend_select=("NC102",))) == ["NC101", "NC102"]
    assert codes(settings, Layer(ignore=("NC101",))) == []


def test_what_is_ignored_in_a_file_is_ignored_whoever_selects_it() -> None:
    assert codes(Layer(select=("NC101", "NC201")), ignored=("NC1",)) == ["NC201"]


def test_selectors_are_taken_in_any_case() -> None:
    assert normalized([" nc1", "all", ""], ["NC101"], "--select") == ("NC1", "ALL")


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("NC999", "--select: there is no rule NC999 (neuron-config rules lists them)"),
        ("NC11", "--select: there is no rule NC11, did you mean NC101? (neuron-config rules lists them)"),
        ("F401", "--select: there is no rule F401 (neuron-config rules lists them)"),
        ("N", "--select: there is no rule N (neuron-config rules lists them)"),
    ],
)
def test_a_selector_of_nothing_is_refused(selector: str, message: str) -> None:
    with pytest.raises(UnknownSelectorError) as error:
        normalized([selector], ["NC101", "NC102"], "--select")
    assert str(error.value) == message
