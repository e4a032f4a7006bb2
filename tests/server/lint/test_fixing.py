from __future__ import annotations

from collections.abc import Iterator

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fixing import (
    ALL_FIXES,
    FixBrokeSyntaxError,
    Trial,
    fix,
    with_fixes_that_hold,
)
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import ConfigReader, read_config_file
from neuron_config_server.reading.literals import Strings
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import (
    Applicability,
    Aspect,
    Change,
    Edit,
    Finding,
    Fix,
    Intent,
    Severity,
)
from neuron_config_server.rules.rule import Rule

FEW = tuple(each for each in all_rules() if each.code in ("NC001", "NC002", "NC101", "NC301", "NC401"))
"""Rules that the texts here are about; the others have tests of their own."""


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
    mended = fix(esm_with_mistakes, small_catalog, FEW)
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


HEAD = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
"""


@pytest.mark.parametrize(
    "body",
    [
        '        x, y, z = ["input_ids", "attention_mask", "token_type_ids"]\n        return [x, y, z]\n',
        '        names = ["token_type_ids", "input_ids"]\n        return [names[0], names[1]]\n',
        '        names = ["token_type_ids", "input_ids", "attention_mask"]\n        return names[1:] + names[:1]\n',
        '        d = dict(zip("abc", ["token_type_ids", "input_ids", "attention_mask"]))\n'
        '        return [d["a"], d["b"], d["c"]]\n',
        '        return ["input_ids", max("attention_mask", "token_type_ids")]\n',
        '        return ["input_ids", min("token_type_ids", "zzz")]\n',
        '        names = ["input_ids"]\n        names.append("token_type_ids")\n        return names\n',
        '        names = ["input_ids"]\n        names.insert(0, "token_type_ids")\n        return names\n',
        '        names = ["input_ids", "token_type_ids"]\n        names.remove("input_ids")\n'
        '        names.insert(1, "input_ids")\n        return names[:2]\n',
    ],
)
def test_a_string_that_is_more_than_a_name_in_a_list_stays(small_catalog: Catalog, body: str) -> None:
    mended = fix(HEAD + body, small_catalog, FEW)
    if mended.text == HEAD + body:
        assert [each.code for each in mended.result.findings] == ["NC101"]
        assert mended.result.findings[0].fix is None, "it is offered nowhere"
    else:
        assert mended.text == HEAD + body.replace(', "token_type_ids"', "")
        assert [each.values for each in inputs_of(mended.text, small_catalog)] == [("input_ids",)]


def inputs_of(text: str, catalog: Catalog) -> list[Strings]:
    file = read_config_file(text, catalog)
    return [each.inputs.default for each in file.effective if each.inputs.default is not None]


def test_a_fix_that_holds_is_made_beside_one_that_does_not(small_catalog: Catalog) -> None:
    body = '        x, y, z = ["input_ids", "attention_masks", "token_type_ids"]\n        return [x, y, z]\n'
    mended = fix(HEAD + body, small_catalog, FEW)
    assert mended.text == HEAD + body.replace("attention_masks", "attention_mask")
    assert [(each.code, each.fix) for each in mended.result.findings] == [("NC101", None)]


class Intending(Rule):
    """Takes the first input of a config away, and says that it does something else."""

    code, name, severity = "NC997", "intending", Severity.ERROR

    def __init__(self, intent: Intent | None) -> None:
        self.intent = intent

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        if '"input_ids", ' in file.text:
            line = file.text[: file.text.index('"input_ids", ')].count("\n")
            column = file.text.splitlines()[line].index('"input_ids", ')
            range_ = Range(Position(line, column), Position(line, column + 13))
            yield self.finding("x", range_, fix=Fix("x", (Edit(range_, ""),), intent=self.intent))


@pytest.mark.parametrize(
    ("intent", "is_made"),
    [
        (None, True),
        (Intent(), False),
        (Intent(changes=(Change(Aspect.OUTPUTS),)), False),
        (Intent(changes=(Change(Aspect.INPUTS),)), True),
        (Intent(changes=(Change(Aspect.INPUTS, frozenset({"EsmNeuronConfig"})),)), True),
        (Intent(changes=(Change(Aspect.INPUTS, frozenset({"BertNeuronConfig"})),)), False),
    ],
)
def test_a_fix_changes_what_it_says_and_nothing_else(
    small_catalog: Catalog, intent: Intent | None, is_made: bool
) -> None:
    text = HEAD + '        return ["input_ids", "attention_mask"]\n'
    assert (fix(text, small_catalog, [Intending(intent)]).text != text) is is_made


def test_what_a_list_shared_by_two_classes_loses_neither_may_miss(small_catalog: Catalog) -> None:
    shared = 'NAMES = ["input_ids", "attention_mask"]\n' + HEAD + "        return NAMES\n"
    text = shared + shared.partition("\n")[2].replace("esm", "bert").replace("Esm", "Bert")
    only_one = Intent(changes=(Change(Aspect.INPUTS, frozenset({"EsmNeuronConfig"})),))
    assert fix(text, small_catalog, [Intending(only_one)]).text == text
    both = Intent(changes=(Change(Aspect.INPUTS),))
    assert fix(text, small_catalog, [Intending(both)]).text != text


def test_unsafe_fixes_are_made_when_they_are_asked_for(small_catalog: Catalog) -> None:
    rules = [Replace("a", "b", Applicability.UNSAFE)]
    assert fix("a = 1\n", small_catalog, rules, apply=ALL_FIXES).text == "b = 1\n"


def test_findings_of_a_check_offer_only_fixes_that_hold(small_catalog: Catalog) -> None:
    text = HEAD + '        x, y = ["input_ids", "token_type_ids"]\n        return [x, y]\n'
    reader = ConfigReader(small_catalog)
    file = reader.read(text)
    result = check(file, small_catalog, FEW)
    assert [each.fix is not None for each in result.findings] == [True]
    held = with_fixes_that_hold(file, result, reader)
    assert [each.fix for each in held.findings] == [None]


def test_an_editor_asks_about_one_fix(small_catalog: Catalog) -> None:
    good = HEAD + '        return ["input_ids", "token_type_ids"]\n'
    bad = HEAD + '        x, y = ["input_ids", "token_type_ids"]\n        return [x, y]\n'
    reader = ConfigReader(small_catalog)
    for text, holds in ((good, True), (bad, False), (good, True)):
        (finding,) = check(read_config_file(text, small_catalog), small_catalog, FEW).findings
        assert Trial(reader.read(text), reader).is_good([finding]) is holds


def test_a_fix_that_breaks_the_syntax_is_not_offered_and_hides_no_finding(
    small_catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    reader = ConfigReader(small_catalog)
    file = reader.read("a = 1\n")
    rules = [Replace("a", "("), Replace("a", "b")]
    held = with_fixes_that_hold(file, check(file, small_catalog, rules), reader)
    assert [each.fix is not None for each in held.findings] == [False, True]
    assert "the fixes of NC998 would break the syntax" in caplog.text


def test_a_string_that_outputs_read_too_stays(small_catalog: Catalog) -> None:
    text = HEAD + '        return ["input_ids", "token_type_ids"]\n\n'
    text += "    @property\n    def outputs(self):\n        return self.inputs[1:]\n"
    mended = fix(text, small_catalog, FEW)
    assert (mended.text, [each.fix for each in mended.result.findings]) == (text, [None])
