"""What an author of optimum-neuron's own file sees around ``EsmNeuronConfig`` and ``BertNeuronConfig``."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from opened import opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.code_lens import lenses
from neuron_config_server.features.document_link import links
from neuron_config_server.features.document_symbol import nested_symbols
from neuron_config_server.features.folding_range import folds
from neuron_config_server.features.inlay_hint import model_class_hints, shape_hints
from neuron_config_server.features.open_document import OpenDocument

WHOLE = types.Range(types.Position(0, 0), types.Position(10_000, 0))


@pytest.fixture(scope="module")
def document(optimum_neuron: Path, real_catalog: Catalog) -> OpenDocument:
    path = optimum_neuron / "optimum/exporters/neuron/model_configs.py"
    return opened(path.read_text(encoding="utf-8"), real_catalog, uri=path.as_uri())


def line_of(document: OpenDocument, text: str) -> int:
    return next(number for number, line in enumerate(document.source.lines) if text in line)


def test_the_outline_names_what_each_class_is_registered_for(document: OpenDocument) -> None:
    details = {each.name: each.detail for each in nested_symbols(document)}
    assert details["EsmNeuronConfig"] == "esm · 4 tasks"
    assert details["BertNeuronConfig"] == "bert · 6 tasks"
    assert details["DebertaNeuronConfig"] == "deberta · 5 tasks"
    assert details["COMMON_TEXT_TASKS"] is None


def test_the_imports_fold_as_one(document: OpenDocument) -> None:
    blocks = [each for each in folds(document) if each.kind == types.FoldingRangeKind.Imports]
    first = line_of(document, "import copy")
    assert [document.source.line(each.start_line) for each in blocks] == ["import copy"]
    assert blocks[0].start_line == first
    assert document.source.line(blocks[0].end_line) == ")"


def test_every_registered_class_can_be_exported(document: OpenDocument) -> None:
    assert document.file is not None
    registered = [each.name for each in document.file.classes if each.registrations]
    found = [
        each.command.arguments[0]["className"]
        for each in lenses(document)
        if each.command and each.command.arguments
    ]
    assert found == registered
    assert len(found) > 50


def test_hints_of_bert_and_esm(document: OpenDocument) -> None:
    shapes = {each.position.line: each.label for each in shape_hints(document, WHOLE)}
    bert = line_of(document, '["input_ids", "attention_mask", "token_type_ids"]')
    assert shapes[bert] == "each (batch_size[, num_choices], sequence_length) int64"
    esm = line_of(document, '@register_in_tasks_manager("esm"')
    classes = [
        part.value
        for each in model_class_hints(document, WHOLE)
        for part in each.label
        if each.position.line == esm and isinstance(part, types.InlayHintLabelPart)
    ]
    assert classes == [
        "EsmModel",
        "EsmForMaskedLM",
        "EsmForSequenceClassification",
        "EsmForTokenClassification",
    ]


def test_model_types_lead_to_their_pages(document: OpenDocument) -> None:
    pages = {str(each.target).rpartition("/")[2] for each in links(document)}
    assert {"bert", "deberta-v2", "xlm-roberta", "donut", "audio-spectrogram-transformer"} <= pages
