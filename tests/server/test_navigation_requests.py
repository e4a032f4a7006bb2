"""Hovers, definitions, references and renames as an editor asks for them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from clients import answer_requests
from lsprotocol import types
from opened import text_of
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from two_configs import CONFIGS

ENVIRONMENT = Path(__file__).parents[1] / "data" / "environment"
URI = "file:///workspace/configs.py"
DOCUMENT = types.TextDocumentIdentifier(URI)
LINES = CONFIGS.split("\n")
CLASS = next(number for number, line in enumerate(LINES) if line.startswith("class EsmNeuronConfig"))


@pytest_lsp.fixture(
    scope="module",
    params=["neovim@v0.11.0", "visual_studio_code@v1.65.2"],
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "neuron_config_server", "serve", "--stdio"]
    ),
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient) -> AsyncIterator[None]:
    answer_requests(lsp_client)
    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param),
            root_uri="file:///workspace",
            initialization_options={"settings": {"interpreter": str(ENVIRONMENT)}},
        )
    )
    announced = result.capabilities
    assert announced.hover_provider
    assert announced.definition_provider
    assert announced.type_definition_provider
    assert announced.references_provider
    assert announced.document_highlight_provider
    assert isinstance(announced.rename_provider, types.RenameOptions)
    assert announced.rename_provider.prepare_provider
    lsp_client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, CONFIGS))
    )
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio(loop_scope="module")
async def test_hover_shows_what_a_class_means(client: LanguageClient) -> None:
    found = await client.text_document_hover_async(types.HoverParams(DOCUMENT, types.Position(CLASS, 8)))
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.value.startswith("**EsmNeuronConfig** · config class")


@pytest.mark.asyncio(loop_scope="module")
async def test_definition_leads_into_transformers(client: LanguageClient) -> None:
    line = next(number for number, text in enumerate(LINES) if '"attention_mask"' in text)
    place = types.Position(line, LINES[line].index("attention_mask"))
    found = await client.text_document_definition_async(types.DefinitionParams(DOCUMENT, place))
    assert isinstance(found, list)
    (link,) = found
    assert isinstance(link, types.LocationLink)
    assert link.target_uri.endswith("models/esm/modeling_esm.py")
    source = (
        ENVIRONMENT / "lib/python3.11/site-packages/transformers/models/esm/modeling_esm.py"
    ).read_text()
    assert text_of(source, link.target_range, "utf-16") == "attention_mask"


@pytest.mark.asyncio(loop_scope="module")
async def test_references_and_highlights(client: LanguageClient) -> None:
    place = types.Position(CLASS, 8)
    context = types.ReferenceContext(include_declaration=True)
    found = await client.text_document_references_async(types.ReferenceParams(context, DOCUMENT, place))
    marks = await client.text_document_document_highlight_async(
        types.DocumentHighlightParams(DOCUMENT, place)
    )
    assert found is not None
    assert marks is not None
    assert [each.range for each in found] == [each.range for each in marks]
    assert len(found) == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_rename_and_its_refusal(client: LanguageClient) -> None:
    place = types.Position(CLASS, 8)
    prepared = await client.text_document_prepare_rename_async(types.PrepareRenameParams(DOCUMENT, place))
    assert isinstance(prepared, types.PrepareRenamePlaceholder)
    assert prepared.placeholder == "EsmNeuronConfig"
    edit = await client.text_document_rename_async(types.RenameParams(DOCUMENT, place, "MyNeuronConfig"))
    assert edit is not None
    with pytest.raises(JsonRpcException) as refused:
        await client.text_document_rename_async(types.RenameParams(DOCUMENT, place, "class"))
    assert refused.value.message == "`class` is a keyword of Python."
    assert refused.value.code == types.LSPErrorCodes.RequestFailed.value
