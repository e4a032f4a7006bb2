"""The features about a file's structure, over the wire: what an editor asks, and what it gets."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from clients import answer_requests
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

ENVIRONMENT = Path(__file__).parents[1] / "data" / "environment"
URI = "file:///workspace/esm.py"
TEXT = """\
register = TasksManager.create_register("neuron")


@register("deberta", "question-answering")
@register("esm", "fill-mask")
class DebertaNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids"]
"""
WHOLE = types.Range(types.Position(0, 0), types.Position(10, 0))


@pytest_lsp.fixture(
    scope="module",
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "neuron_config_server", "serve", "--stdio"]
    ),
)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    answer_requests(lsp_client)
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("neovim@v0.11.0"),
            root_uri="file:///workspace",
            initialization_options={"settings": {"interpreter": str(ENVIRONMENT)}},
        )
    )
    item = types.TextDocumentItem(URI, types.LanguageKind.Python, 1, TEXT)
    lsp_client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    yield
    await lsp_client.shutdown_session()


DOCUMENT = types.TextDocumentIdentifier(URI)


@pytest.mark.asyncio(loop_scope="module")
async def test_an_editor_is_answered(client: LanguageClient) -> None:
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(DOCUMENT))
    assert [each.name for each in symbols or ()] == ["register", "DebertaNeuronConfig"]
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(DOCUMENT))
    assert [(each.start_line, each.end_line) for each in folds or ()] == [(5, 8), (7, 8)]
    links = await client.text_document_document_link_async(types.DocumentLinkParams(DOCUMENT))
    assert [each.target for each in links or ()] == [
        "https://huggingface.co/docs/transformers/model_doc/deberta"
    ]
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(DOCUMENT))
    assert [each.command.title for each in lenses or () if each.command] == ["Export and validate · 2 tasks"]
    hints = await client.text_document_inlay_hint_async(types.InlayHintParams(DOCUMENT, WHOLE))
    assert [labels(each) for each in hints or ()] == ["EsmForMaskedLM"]
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams("dbn"))
    assert [(each.name, each.container_name) for each in found or ()] == [
        ("DebertaNeuronConfig", "esm · 1 task, deberta · 1 task")
    ]
    signature = await client.text_document_signature_help_async(
        types.SignatureHelpParams(DOCUMENT, types.Position(3, 12))
    )
    assert signature is not None
    assert signature.signatures[0].label == 'register(model_type, *tasks, library_name="transformers")'


def labels(hint: types.InlayHint) -> str:
    return hint.label if isinstance(hint.label, str) else "".join(each.value for each in hint.label)


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_is_said_of_what_is_not_open(client: LanguageClient) -> None:
    other = types.TextDocumentIdentifier("file:///workspace/other.py")
    assert not await client.text_document_document_symbol_async(types.DocumentSymbolParams(other))
    assert not await client.text_document_folding_range_async(types.FoldingRangeParams(other))
    assert not await client.text_document_document_link_async(types.DocumentLinkParams(other))
    assert not await client.text_document_code_lens_async(types.CodeLensParams(other))
    assert not await client.text_document_inlay_hint_async(types.InlayHintParams(other, WHOLE))
    asked = types.SignatureHelpParams(other, types.Position(0, 0))
    assert await client.text_document_signature_help_async(asked) is None
