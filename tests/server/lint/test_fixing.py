from __future__ import annotations

from collections.abc import Iterator

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.fixing import FixBrokeSyntaxError, fix
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Applicability, Edit, Finding, Fix, Severity
from neuron_config_server.rules.rule import Rule


class Replace(Rule):
    """Replaces the first character of a text that starts with one letter by another."""

    code, name, severity = "NC998", "replace", Severity.ERROR

    def __init__(self, old: str, new: str, applicability: Applicability = Applicability.SAFE) -> None:
        self.old, self.new, self.applicability = old, new, applicability

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        if file.text.startswith(self.old):
            range_ = Range(Position(0, 0), Position(0, 1))
            yield self.finding("x", range_, fix=Fix("x", (Edit(range_, self.new),), self.applicability))


def test_the_guides_config_is_mended(esm_with_mistakes: str, small_catalog: Catalog) -> None:
    mended = fix(esm_with_mistakes, small_catalog, all_rules())
    assert [finding.code for finding in mended.fixed] == ["NC301", "NC401", "NC101"]
    assert mended.result.findings == ()
    assert mended.text == (
        esm_with_mistakes.replace("sequence-classification", "text-classification")
        .replace('get_normalized_config_class("esm")', 'get_normalized_config_class("bert")')
        .replace(', "token_type_ids"]', "]")
    )


def test_fixes_that_make_others_possible_are_followed_up(small_catalog: Catalog) -> None:
    assert fix("a = 1\n", small_catalog, [Replace("a", "b"), Replace("b", "c")]).text == "c = 1\n"


def test_fixes_at_the_same_place_are_not_mixed(small_catalog: Catalog) -> None:
    mended = fix("a = 1\n", small_catalog, [Replace("a", "b"), Replace("a", "c")])
    assert mended.text == "b = 1\n"


def test_fixes_that_undo_each_other_come_to_an_end(small_catalog: Catalog) -> None:
    assert fix("a = 1\n", small_catalog, [Replace("a", "b"), Replace("b", "a")]).text in (
        "a = 1\n",
        "b = 1\n",
    )


def test_unsafe_fixes_are_left_to_the_author(small_catalog: Catalog) -> None:
    mended = fix("a = 1\n", small_catalog, [Replace("a", "b", Applicability.UNSAFE)])
    assert mended.text == "a = 1\n"
    assert len(mended.result.findings) == 1


def test_a_fix_that_breaks_the_syntax_is_refused_and_named(small_catalog: Catalog) -> None:
    with pytest.raises(FixBrokeSyntaxError, match="NC998 would break the syntax"):
        fix("a = 1\n", small_catalog, [Replace("a", "(")])
