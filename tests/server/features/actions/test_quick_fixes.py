"""Fixes of findings: each, all of a code, all that are safe."""

from __future__ import annotations

import pytest
from lsprotocol import types
from menus import edits_of, menu
from opened import ENCODINGS

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.code_action import resolved

BODY = "    @property\n    def inputs(self):\n        return [{}]\n"
ESM = (
    '@register_in_tasks_manager("esm", "fill-mask")\nclass EsmNeuronConfig(TextEncoderNeuronConfig):\n' + BODY
)
OTHER = "\n\n" + ESM.replace("fill-mask", "token-classification").replace("EsmNeuron", "EsmTokenNeuron")
EVERYTHING_SAFE = "Fix everything that is safe to fix"


def esm(inputs: str) -> str:
    return ESM.format(inputs)


CASES = {
    "one finding": (
        esm('"input_ids", "token_ty|pe_ids"'),
        'Remove "token_type_ids" (NC101)',
        esm('"input_ids"'),
    ),
    "with the rest of its line kept": (
        esm('"input_ids", "token_ty|pe_ids",  # why\n'),
        'Remove "token_type_ids" (NC101)',
        esm('"input_ids",  # why\n'),
    ),
    "a synonym of a task": (
        esm('"input_ids"').replace('"fill-mask"', '"masked|-lm"'),
        'Replace with "fill-mask" (NC301)',
        esm('"input_ids"'),
    ),
    "all of a code": (
        esm('"input_ids", "wr|ong", "bad"'),
        "Fix all NC101 in this file",
        esm('"input_ids"'),
    ),
    "all of a code, and nothing else": (
        esm('"input_ids", "wr|ong", "bad"').replace('"fill-mask"', '"masked-lm"'),
        "Fix all NC101 in this file",
        esm('"input_ids"').replace('"fill-mask"', '"masked-lm"'),
    ),
    "all of a code, in several classes": (
        esm('"input_ids", "wr|ong"') + OTHER.format('"bad", "input_ids"'),
        "Fix all NC101 in this file",
        esm('"input_ids"') + OTHER.format('"input_ids"'),
    ),
    "everything, with the cursor elsewhere": (
        "|" + esm('"input_ids", "wrong", "bad"').replace('"fill-mask"', '"masked-lm"'),
        EVERYTHING_SAFE,
        esm('"input_ids"'),
    ),
    "everything that is safe: the class keeps its name": (
        esm('"input_ids", "wr|ong"').replace("EsmNeuronConfig", "EsmConfig"),
        EVERYTHING_SAFE,
        esm('"input_ids"').replace("EsmNeuronConfig", "EsmConfig"),
    ),
    "everything, a comment without use too": (
        "x = 1  # neuron: ignore[NC101]\n|" + esm('"input_ids"'),
        EVERYTHING_SAFE,
        "x = 1\n" + esm('"input_ids"'),
    ),
}


@pytest.mark.parametrize(("before", "title", "after"), CASES.values(), ids=CASES)
def test_the_text_after(before: str, title: str, after: str, small_catalog: Catalog) -> None:
    assert menu(before, small_catalog).text_after(title) == after


def test_everything_is_minimal_edits_not_the_document(small_catalog: Catalog) -> None:
    text = "|" + esm('"input_ids", "wrong"').replace('"fill-mask"', '"masked-lm"')
    found = menu(text, small_catalog, only=["source.fixAll"])
    edit = resolved(found.action(EVERYTHING_SAFE), found.document).edit
    assert edit is not None
    assert [(each.range.start.line, each.new_text) for each in edits_of(edit)] == [(0, "fill-mask"), (4, "")]


def test_the_only_safe_fix_is_preferred(small_catalog: Catalog) -> None:
    found = menu(esm('"input_ids", "wr|ong"'), small_catalog)
    assert [each.title for each in found.actions if each.is_preferred] == ['Remove "wrong" (NC101)']
    several = menu(esm('"input_ids", |"wrong", "bad"|'), small_catalog)
    assert [each.title for each in several.actions if each.is_preferred] == []


def test_an_unsafe_fix_is_not_preferred(small_catalog: Catalog) -> None:
    found = menu(esm('"input_ids"').replace("EsmNeuronConfig", "Esm|Config"), small_catalog)
    assert "Rename to `EsmNeuronConfig` (NC501)" in found.titles
    assert [each.title for each in found.actions if each.is_preferred] == []


def test_one_finding_is_not_all_of_its_code(small_catalog: Catalog) -> None:
    found = menu(esm('"input_ids", "wr|ong"'), small_catalog)
    assert [each for each in found.titles if "all" in each] == []


def test_a_fix_says_which_diagnostic_it_is_of(small_catalog: Catalog) -> None:
    action = menu(esm('"input_ids", "wr|ong"'), small_catalog).action('Remove "wrong" (NC101)')
    assert action.kind == types.CodeActionKind.QuickFix
    assert [each.code for each in action.diagnostics or ()] == ["NC101"]


def test_nothing_to_fix(small_catalog: Catalog) -> None:
    assert menu("|" + esm('"input_ids"'), small_catalog, only=["quickfix", "source.fixAll"]).items == ()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("title", ["Fix all NC101 in this file", EVERYTHING_SAFE])
def test_in_the_units_of_the_client(title: str, encoding: str, small_catalog: Catalog) -> None:
    before = esm('"😋"[:0] + "input_ids", "wr|ong", "bad"')
    found = menu(before, small_catalog, encoding=encoding).text_after(title)
    assert found == esm('"😋"[:0] + "input_ids"')
