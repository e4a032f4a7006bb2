"""Texts as they are while somebody types: every feature answers, and nothing it says lies outside of the text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lsprotocol import types
from opened import EVERYTHING

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features import (
    code_lens,
    document_link,
    document_symbol,
    folding_range,
    inlay_hint,
    signature_help,
)
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.rules import all_rules

WHOLE = types.Range(types.Position(0, 0), types.Position(10_000, 0))
ALPHABET = '()[]{}\'"""\n\n  @=,.:#\\😋\r\tdef class'


def texts(text: str, count: int) -> list[str]:
    """Prefixes of a text, and the text with pieces cut out and put in."""
    chance = random.Random(7)
    found = []
    for _ in range(count):
        start = chance.randrange(len(text))
        end = start + chance.choice((0, 0, 1, 5, 60))
        put = "".join(chance.choice(ALPHABET) for _ in range(chance.choice((0, 1, 3))))
        found += [text[:start], text[:start] + put + text[end:]]
    return found


def check(document: OpenDocument) -> None:
    lines = len(document.source.lines)
    for symbol in document_symbol.nested_symbols(document):
        for each in (symbol, *(symbol.children or ())):
            start, end = each.selection_range.start, each.selection_range.end
            assert each.name
            assert (each.range.start.line, each.range.start.character) <= (start.line, start.character)
            assert (end.line, end.character) <= (each.range.end.line, each.range.end.character)
    document_symbol.flat_symbols(document)
    assert all(0 <= each.start_line < each.end_line < lines for each in folding_range.folds(document))
    assert all(each.position.line < lines for each in inlay_hint.shape_hints(document, WHOLE))
    assert all(each.position.line < lines for each in inlay_hint.model_class_hints(document, WHOLE))
    assert all(each.range.end.line < lines for each in code_lens.lenses(document))
    assert all(each.range.end.line < lines for each in document_link.links(document))
    for line in range(0, lines + 2, 3):
        for character in (0, 17, 1000):
            signature_help.help_at(document, types.Position(line, character))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_feature_answers(encoding: str, small_catalog: Catalog, data: Path) -> None:
    text = (data / "esm_with_mistakes.py").read_text(encoding="utf-8") + '# 😋 é\nx = {"a": ["😋"]}\n'
    analyser = Analyser(small_catalog, all_rules())
    uri = "file:///workspace/esm.py"
    analyser.analyse(uri, text)
    for broken in texts(text, 60):
        analyser.analyse(uri, text)
        analysis = analyser.analyse(uri, broken)
        try:
            check(OpenDocument(analysis, 1, encoding, EVERYTHING))
        except Exception as error:
            raise AssertionError(broken) from error
