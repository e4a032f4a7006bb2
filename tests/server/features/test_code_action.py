"""Which actions a client is offered, and how it gets their edits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import attrs
import pytest
from lsprotocol import types
from menus import Menu, menu
from opened import EVERYTHING, opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.actions.offers import is_asked_for
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.client import Client
from neuron_config_server.features.code_action import RefusedError, StaleActionError, actions, resolved
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.rules import all_rules

TEXT = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["attention_mask", "wr|ong"]
"""
FIX = 'Remove "wrong" (NC101)'
FIXES = [FIX, "Ignore NC101 for this line", "Ignore NC101 in this file"]
REWRITES = ["Rename `EsmConfig` to `EsmNeuronConfig`"]
FIX_ALL = ["Fix everything that is safe to fix"]
EXPORT = ["Export and validate EsmConfig"]
WITHOUT_RESOLVE = replace(EVERYTHING, resolves_edits=False)
AUTOMATIC = types.CodeActionTriggerKind.Automatic


def test_everything_where_nothing_is_asked_for_in_particular(small_catalog: Catalog) -> None:
    assert menu(TEXT, small_catalog).titles == [*FIXES, *REWRITES, *FIX_ALL, *EXPORT]


@pytest.mark.parametrize(
    ("only", "titles"),
    [
        (["quickfix"], FIXES),
        (["refactor"], REWRITES),
        (["refactor.rewrite"], REWRITES),
        ([types.CodeActionKind.Refactor], REWRITES),
        ([types.CodeActionKind.SourceFixAll], FIX_ALL),
        (["refactor.extract"], []),
        (["refactor.inline"], []),
        (["source"], [*FIX_ALL, *EXPORT]),
        (["source.fixAll"], FIX_ALL),
        (["source.fixAll.neuronConfig"], FIX_ALL),
        (["source.fixAll.ruff"], []),
        (["source.organizeImports"], []),
        (["source.exportAndValidate"], EXPORT),
        (["quickfix", "source.fixAll"], [*FIXES, *FIX_ALL]),
        ([""], [*FIXES, *REWRITES, *FIX_ALL, *EXPORT]),
        ([], []),
    ],
)
def test_only_kinds_that_are_asked_for(only: list[str], titles: list[str], small_catalog: Catalog) -> None:
    assert menu(TEXT, small_catalog, only=only).titles == titles


def test_a_kind_is_no_prefix_of_letters() -> None:
    assert is_asked_for("refactor.rewrite", ["refactor"])
    assert not is_asked_for("refactor.rewrite", ["refactor.re"])
    assert not is_asked_for("refactor", ["refactor.rewrite"])


def test_outside_of_a_class_there_is_what_concerns_the_file(small_catalog: Catalog) -> None:
    assert menu("|\n\n" + TEXT.replace("|", ""), small_catalog).titles == FIX_ALL


def test_a_selection_is_about_the_class_that_it_touches(small_catalog: Catalog) -> None:
    other = "\n\nclass OtherNeuronConfig(TextEncoderNeuronConfig):\n    pass\n"
    text = TEXT.replace("|", "")
    of_classes = ["refactor", "source.exportAndValidate"]
    one = menu(
        "|\n" + text.replace("    @property", "|    @property") + other, small_catalog, only=of_classes
    )
    both = menu(text.replace("class ", "class |") + other + "|", small_catalog, only=of_classes)
    assert (one.titles, both.titles) == ([*REWRITES, *EXPORT], [])


@pytest.mark.parametrize("package", ["neuron_core.configs", "optimum.exporters.neuron.config"])
def test_both_dialects_alike(package: str, small_catalog: Catalog) -> None:
    head = f"from {package} import TextEncoderNeuronConfig\n\n\n"
    found, plain = menu(head + TEXT, small_catalog), menu(TEXT, small_catalog)
    assert (found.titles, found.reasons) == (plain.titles, plain.reasons)
    for title in [*FIXES[:2], *REWRITES, *FIX_ALL]:
        assert found.text_after(title) == head + plain.text_after(title)


def test_nothing_of_a_file_without_configs(small_catalog: Catalog) -> None:
    assert menu("x = |1\n", small_catalog).items == ()


def test_nothing_of_a_class_that_is_broken(small_catalog: Catalog) -> None:
    text = TEXT.replace("EsmConfig(", "Esm|Config(").replace("wr|ong", "wrong").replace("self)", "self")
    found = menu(text, small_catalog)
    assert [each.kind for each in found.actions if each.kind != "quickfix"] == []


def test_nothing_of_a_class_that_is_being_typed(small_catalog: Catalog) -> None:
    """What is known of it is of its text before."""
    before = TEXT.replace("|", "")
    now = before.replace("self):", "self, (:")
    analyser = Analyser(small_catalog, all_rules())
    for version, text in enumerate((before, now), 1):
        document = OpenDocument(analyser.analyse("file:///a.py", text), version, "utf-16", EVERYTHING)
    assert document.file is not None
    assert [each.name for each in document.file.classes] == ["EsmConfig"]
    everywhere = types.Range(types.Position(0, 0), types.Position(9, 0))
    found = actions(document, everywhere, types.CodeActionContext([], [types.CodeActionKind.Refactor]))
    assert list(found) == []


def test_edits_come_when_they_are_asked_for(small_catalog: Catalog) -> None:
    found = menu(TEXT, small_catalog)
    assert {each.edit for each in found.actions if each.command is None} == {None}
    assert found.text_after(FIX) == TEXT.replace(', "wr|ong"', "")


def test_edits_come_at_once_to_a_client_that_cannot_ask(small_catalog: Catalog) -> None:
    found = menu(TEXT, small_catalog, client=WITHOUT_RESOLVE)
    assert found.titles == [*FIXES, *REWRITES, *FIX_ALL, *EXPORT]
    assert all(
        each.edit is not None and each.data is None
        for each in found.actions
        if not each.command and not each.disabled
    )
    assert found.text_after(FIX) == TEXT.replace(', "wr|ong"', "")


def test_what_takes_long_waits_for_a_client_that_asks_by_itself(small_catalog: Catalog) -> None:
    found = menu(TEXT, small_catalog, client=WITHOUT_RESOLVE, trigger=AUTOMATIC)
    assert found.titles == [*FIXES, *EXPORT]
    assert menu(TEXT, small_catalog, trigger=AUTOMATIC).titles == [*FIXES, *REWRITES, *FIX_ALL, *EXPORT]


def test_why_something_is_not_available(small_catalog: Catalog) -> None:
    reasons = menu(TEXT, small_catalog).reasons
    assert reasons["Add `inputs` from the model's signature"] == "EsmConfig has its own `inputs` already"
    assert menu(TEXT, small_catalog, trigger=AUTOMATIC).reasons == {}
    assert menu(TEXT, small_catalog, client=replace(EVERYTHING, shows_disabled_actions=False)).reasons == {}


def test_a_client_of_commands_alone_gets_commands(small_catalog: Catalog) -> None:
    (found,) = menu(TEXT, small_catalog, client=Client()).items
    assert isinstance(found, types.Command)
    assert found.arguments == [
        {"uri": "file:///workspace/configs.py", "className": "EsmConfig", "tasks": ["fill-mask"]}
    ]


def test_an_edit_names_the_version_that_it_is_for(small_catalog: Catalog) -> None:
    found = menu(TEXT, small_catalog)
    edit = resolved(found.action(FIX), found.document).edit
    assert edit is not None
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1


def test_an_action_of_an_earlier_version_is_refused(small_catalog: Catalog) -> None:
    found = menu(TEXT, small_catalog)
    with pytest.raises(StaleActionError, match="the text has changed since it was offered; ask again"):
        resolved(found.action(FIX), replace(found.document, version=2))


def test_an_action_of_a_closed_document_is_refused(small_catalog: Catalog) -> None:
    with pytest.raises(StaleActionError, match="its document isn't open any more"):
        resolved(menu(TEXT, small_catalog).action(FIX), None)


@pytest.mark.parametrize(
    "identity",
    [None, 1, {}, {"version": 1}, {"version": 1, "range": [0, 0, 0, 0], "what": ["quickfix", "gone", ""]}],
    ids=str,
)
def test_an_action_that_was_never_offered_is_refused(identity: Any, small_catalog: Catalog) -> None:
    document = opened(TEXT.replace("|", ""), small_catalog)
    with pytest.raises(StaleActionError, match="it isn't among what is offered"):
        resolved(types.CodeAction("x", data=identity), document)


def test_actions_of_one_title_are_told_apart(small_catalog: Catalog) -> None:
    text = TEXT.replace('["attention_mask", "wr|ong"]', '[\n            |"wrong",\n            "bad"|]')
    found = menu(text, small_catalog)
    first, second = (each for each in found.actions if each.title == "Ignore NC101 for this line")
    assert [_lines(found, each) for each in (first, second)] == [5, 6]


def _lines(found: Menu, action: types.CodeAction) -> int:
    edit = resolved(action, found.document).edit
    assert edit is not None
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    (text_edit,) = change.edits
    return text_edit.range.start.line


def test_a_rewrite_that_means_something_else_is_refused(
    small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = menu(TEXT, small_catalog)
    monkeypatch.setattr("neuron_config_server.lint.fixing.keeps_meaning", lambda *_: False)
    with pytest.raises(RefusedError, match="it would change more than it is there to change"):
        resolved(found.action(REWRITES[0]), found.document)
    assert REWRITES[0] not in menu(TEXT, small_catalog, client=WITHOUT_RESOLVE).titles


def test_resolving_keeps_the_rest_of_the_action(small_catalog: Catalog) -> None:
    found = menu(TEXT, small_catalog)
    action = found.action(FIX)
    assert attrs.evolve(resolved(action, found.document), edit=None) == action
