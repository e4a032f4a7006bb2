from __future__ import annotations

import pytest
from lsprotocol import types
from opened import ENCODINGS, at_cursor, underlined
from two_configs import CONFIGS, marked

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.references import highlights_at, references_at

LINES = CONFIGS.split("\n")
CASES = [
    ("an input", 'return ["in|put_ids", "attention_mask"]', '"input_ids"', [16, 17, 34]),
    ("an input on a condition", 'append("token|_type_ids")', '"token_type_ids"', [17, 36]),
    ("an output", '"hidden|_states"', '"hidden_states"', [23]),
    ("a task, wherever it is one", 'TASKS = ["fill|-mask"', '"fill-mask"', [3, 9, 15]),
    ("a task where it is compared", 'self.task == "fill|-mask"', '"fill-mask"', [3, 9, 15]),
    ("a model type", '("e|sm"', '"esm"', [6]),
    ("a library", '"trans|formers"', '"transformers"', [6]),
    ("an alias", 'class("be|rt")', '"bert"', [8]),
    ("an axis", '"sequence|_length"', '"sequence_length"', [10]),
    ("a config class", "class Esm|NeuronConfig", "EsmNeuronConfig", [7, 28]),
    ("a base", "(TextEncoder|NeuronConfig", "TextEncoderNeuronConfig", [7]),
    ("an import", "import Dummy|TextInput", "DummyTextInputGenerator", [1, 11]),
    ("a constant", "COMMON|_TASKS = ", "COMMON_TASKS", [3, 6]),
    ("a constant where it is read", "*COMMON|_TASKS", "COMMON_TASKS", [3, 6]),
]


@pytest.mark.parametrize(
    ("words", "text", "lines"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_references(words: str, text: str, lines: list[int], small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, words), small_catalog)
    found = references_at(cursor.document, cursor.place, include_declaration=True) or []
    assert [each.range.start.line + 1 for each in found] == lines
    assert {underlined(cursor.document, each.range) for each in found} == {text}
    assert {each.uri for each in found} == {cursor.document.uri}
    highlighted = highlights_at(cursor.document, cursor.place) or []
    assert [each.range for each in highlighted] == [each.range for each in found]


@pytest.mark.parametrize("words", ["se|lf.task", "self.ta|sk", "nam|es = super", "return| names", "NC1|01"])
def test_of_other_things_the_editor_marks_equal_words(words: str, small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, words), small_catalog)
    assert references_at(cursor.document, cursor.place, include_declaration=True) is None
    assert highlights_at(cursor.document, cursor.place) is None


def test_the_declaration_can_be_left_out(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, "*COMMON|_TASKS"), small_catalog)
    found = references_at(cursor.document, cursor.place, include_declaration=False) or []
    assert [each.range.start.line + 1 for each in found] == [6]


def test_highlights_tell_where_a_name_is_written(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, "*COMMON|_TASKS"), small_catalog)
    kinds = [each.kind for each in highlights_at(cursor.document, cursor.place) or []]
    assert kinds == [types.DocumentHighlightKind.Write, types.DocumentHighlightKind.Read]
    cursor = at_cursor(marked(CONFIGS, 'TASKS = ["fill|-mask"'), small_catalog)
    kinds = [each.kind for each in highlights_at(cursor.document, cursor.place) or []]
    assert kinds == [types.DocumentHighlightKind.Text] * 3


def test_a_string_that_is_something_else_is_left_out(small_catalog: Catalog) -> None:
    text = CONFIGS.replace("        return names\n", '        print("fill-mask")\n        return names\n')
    text = text.replace('"attention_mask"]\n        if', '"fill-mask"]\n        if')
    cursor = at_cursor(marked(text, 'TASKS = ["fill|-mask"'), small_catalog)
    found = references_at(cursor.document, cursor.place, include_declaration=True) or []
    assert [each.range.start.line + 1 for each in found] == [3, 9, 15]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str, small_catalog: Catalog) -> None:
    text = CONFIGS.replace('"attention_mask"]\n        return', '"😋", "attention_mask"]\n        return')
    text = text.replace("COMMON_TASKS = [", 'face = "😋"; COMMON_TASKS = [')
    cursor = at_cursor(marked(text, '"😋", "attention|_mask"'), small_catalog, encoding=encoding)
    found = references_at(cursor.document, cursor.place, include_declaration=True) or []
    assert [underlined(cursor.document, each.range) for each in found] == ['"attention_mask"'] * 2
    cursor = at_cursor(marked(text, "*COMMON|_TASKS"), small_catalog, encoding=encoding)
    found = references_at(cursor.document, cursor.place, include_declaration=True) or []
    assert [underlined(cursor.document, each.range) for each in found] == ["COMMON_TASKS"] * 2


def test_a_broken_statement_hides_only_itself(small_catalog: Catalog) -> None:
    text = CONFIGS.replace("class DebertaNeuronConfig(", "class DebertaNeuronConfig((")
    cursor = at_cursor(marked(text, "class Esm|NeuronConfig"), small_catalog)
    found = references_at(cursor.document, cursor.place, include_declaration=True) or []
    assert [each.range.start.line + 1 for each in found] == [7]
