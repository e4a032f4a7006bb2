from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import all_rules, rule_by_code

CONFIG = """\
@register_in_tasks_manager("esm", "fill-mask", "nonsense")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids", "token_type_ids"]
"""
TASK, INPUT = '"nonsense")', '"token_type_ids"]'


def codes(text: str, catalog: Catalog, *, only: tuple[str, ...] = ()) -> list[str]:
    rules = [rule for rule in all_rules() if not only or rule.code in only]
    return [each.code for each in check(read_config_file(text, catalog), catalog, rules).findings]


def test_without_comments_both_are_found(small_catalog: Catalog) -> None:
    assert codes(CONFIG, small_catalog) == ["NC301", "NC101"]


@pytest.mark.parametrize(
    "text",
    [
        CONFIG.replace(INPUT, f"{INPUT}  # neuron: ignore[NC101]"),
        CONFIG.replace(INPUT, f"{INPUT}  # neuron: ignore[NC101] the wrapper drops it"),
        CONFIG.replace(INPUT, f"{INPUT}  # noqa: E501  # neuron: ignore[NC101]"),
        CONFIG.replace(INPUT, f"{INPUT}  # neuron:ignore [ nc101 ]  # noqa"),
        CONFIG.replace("        return", "        # neuron: ignore[NC101]\n        return"),
        CONFIG.replace("        return", "        # neuron: ignore[NC101]\n        # more\n\n        return"),
        CONFIG.replace(
            '["input_ids", "token_type_ids"]', '[\n"input_ids",\n"token_type_ids",# neuron: ignore[NC101]\n]'
        ),
        "# neuron: ignore-file[NC101]\n" + CONFIG,
        CONFIG + "\n\nx = 1  # neuron: ignore-file[NC101]\n",
        CONFIG.replace("\n", "\r\n").replace(INPUT, f"{INPUT}  # neuron: ignore[NC101]"),
    ],
)
def test_a_comment_silences_its_line_or_the_one_below_or_the_file(small_catalog: Catalog, text: str) -> None:
    assert codes(text, small_catalog) == ["NC301"]


def test_a_comment_above_a_decorator_belongs_to_it(small_catalog: Catalog) -> None:
    assert codes("x = 1\n# neuron: ignore[NC301]\n" + CONFIG, small_catalog) == ["NC101"]


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# neuron: ignore[NC301]", ["NC301", "NC101", "NC002"]),
        ("# neuron: ignored[NC101]", ["NC301", "NC101"]),
        ('"# neuron: ignore[NC101]"', ["NC301", "NC101"]),
        ("# neuron: ignore[NC1]", ["NC301", "NC101", "NC002"]),
        ("# neuron: ignore", ["NC301", "NC101", "NC002"]),
        ("# neuron: ignore[NC101", ["NC301", "NC101", "NC002"]),
    ],
)
def test_what_is_no_suppression_of_it_silences_nothing(
    small_catalog: Catalog, comment: str, left: list[str]
) -> None:
    text = CONFIG.replace(INPUT, f"{INPUT}  {'; x = ' if comment.startswith(chr(34)) else ''}{comment}")
    assert sorted(codes(text, small_catalog)) == sorted(left)


def test_a_line_above_the_line_above_is_too_far(small_catalog: Catalog) -> None:
    text = CONFIG.replace("    def inputs", "    # neuron: ignore[NC101]\n    def inputs")
    assert sorted(codes(text, small_catalog)) == ["NC002", "NC101", "NC301"]


@pytest.mark.parametrize("kind", ["ignore", "ignore-file"])
def test_a_syntax_error_is_reported_whatever_a_comment_says(small_catalog: Catalog, kind: str) -> None:
    assert "NC001" in codes(f"x = (  # neuron: {kind}[NC001]\n", small_catalog)


def test_suppressions_work_while_another_statement_is_broken(small_catalog: Catalog) -> None:
    text = 'x = """\n' + CONFIG.replace(INPUT, f"{INPUT}  # neuron: ignore[NC101]")
    assert codes(text, small_catalog) == ["NC001", "NC301"]


def unused(text: str, catalog: Catalog, *, only: tuple[str, ...] = ()) -> list[str]:
    rules = [rule for rule in all_rules() if not only or rule.code in only]
    findings = check(read_config_file(text, catalog), catalog, rules).findings
    return [each.message for each in findings if each.code == "NC002"]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# neuron: ignore[NC401]", "NC401 finds nothing that this comment would silence"),
        ("# neuron: ignore[NC999]", "there is no rule NC999, so this comment silences nothing by it"),
        (
            "# neuron: ignore[NC001]",
            "no comment silences NC001: Python can't read the file with it or without it",
        ),
        (
            "# neuron: ignore-file",
            "this comment names no rule, and silences nothing: write `# neuron: ignore-file[NC101]`",
        ),
    ],
)
def test_a_comment_without_use_is_reported(small_catalog: Catalog, comment: str, message: str) -> None:
    assert unused(f"x = 1  {comment}\n", small_catalog) == [message]


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("x = 1  # neuron: ignore[NC301] it was so\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1\n# neuron: ignore[NC301]\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1  # neuron: ignore[NC301]  # noqa\n", "x = 1  # noqa\n"),
        ("x = 1  # why  # neuron: ignore[NC301]", "x = 1  # why"),
        ("x = 1  # neuron: ignore[NC301]\r\n", "x = 1\r\n"),
        (
            CONFIG.replace(INPUT, f"{INPUT}  # neuron: ignore[NC401, NC101, NC101] why"),
            CONFIG.replace(INPUT, f"{INPUT}  # neuron: ignore[NC101] why"),
        ),
    ],
)
def test_its_fix_leaves_what_has_a_use(small_catalog: Catalog, text: str, fixed: str) -> None:
    only = ("NC002", "NC101", "NC301", "NC401")
    rules = [rule for rule in all_rules() if rule.code in only]
    assert fix(text, small_catalog, rules).text == fixed


def test_of_rules_that_are_not_checked_nothing_is_said(
    small_catalog: Catalog, empty_catalog: Catalog
) -> None:
    text = "x = 1  # neuron: ignore[NC101]\n"
    assert unused(text, small_catalog, only=("NC002", "NC301")) == []
    assert unused(text, empty_catalog) == [], "it needs packages that aren't there"
    assert unused("x = 1  # neuron: ignore[NC801]\n", small_catalog) == [], "only an export would tell"
    assert unused("x = 1  # neuron: ignore[NC101]\ny = (\n", small_catalog) == [], "a part can't be read"


def test_unused_ones_can_be_suppressed_too(small_catalog: Catalog) -> None:
    assert unused("x = 1  # neuron: ignore[NC101, NC002]\n", small_catalog) == []
    assert unused("# neuron: ignore-file[NC002]\nx = 1  # neuron: ignore[NC101]\n", small_catalog) == []


def test_it_is_faded_where_it_stands(small_catalog: Catalog) -> None:
    rule = rule_by_code("NC002")
    assert rule is not None
    file = read_config_file("é = 1  # neuron: ignore[NC301] x\n", small_catalog)
    (finding,) = check(file, small_catalog, all_rules()).findings
    assert finding.is_unnecessary
    assert (finding.range.start.column, finding.range.end.column) == (7, 30)
