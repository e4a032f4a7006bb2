"""The language server as editors use it: a process, spoken to over stdio."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from clients import answer_requests, capabilities
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient

from neuron_config_server.features.export_and_validate import EXPORT_AND_VALIDATE
from neuron_config_server.reading.positions import Position, Range, SourceText, apply_edits
from neuron_config_server.rules.finding import Edit

ENVIRONMENT = Path(__file__).parents[1] / "data" / "environment"
URI = "file:///workspace/esm.py"
CONFIG = """\
note = "😋"; register = TasksManager.create_register("neuron")
@register("esm", "😋", "masked-lm")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids", "token_type_ids"]
"""


@pytest_lsp.fixture(
    scope="module",
    params=[
        "neovim@v0.11.0",
        "neovim@v0.7.0",
        "emacs@v29.1",
        "helix",
        "visual_studio_code@v1.65.2",
        "puller",
    ],
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "neuron_config_server", "serve", "--stdio"]
    ),
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient) -> AsyncIterator[None]:
    record_published_diagnostics(lsp_client)
    answer_requests(lsp_client)
    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities(request.param),
            root_uri="file:///workspace",
            initialization_options={"settings": {"interpreter": str(ENVIRONMENT)}},
        )
    )
    agreed = result.capabilities.position_encoding or types.PositionEncodingKind.Utf16
    lsp_client.encoding = types.PositionEncodingKind(agreed).value
    yield
    await lsp_client.shutdown_session()


def record_published_diagnostics(client: LanguageClient) -> None:
    """Queue what the server publishes: pytest-lsp's own wait misses what comes before the wait begins."""
    client.published = asyncio.Queue()
    handle = client.protocol._handle_notification

    def record_and_handle(method: str, params: object) -> None:
        if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS:
            client.published.put_nowait(params)
        handle(method, params)

    client.protocol._handle_notification = record_and_handle


class Editor:
    """A document open in a client."""

    def __init__(self, client: LanguageClient, uri: str, text: str) -> None:
        self.client, self.uri, self.version = client, uri, 1
        item = types.TextDocumentItem(uri, types.LanguageKind.Python, 1, text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    @property
    def pulls(self) -> bool:
        sent = self.client.capabilities.text_document
        return sent is not None and sent.diagnostic is not None

    def type(self, range_: types.Range, text: str) -> None:
        self.version += 1
        identifier = types.VersionedTextDocumentIdentifier(version=self.version, uri=self.uri)
        changes = [types.TextDocumentContentChangePartial(range=range_, text=text)]
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))

    async def diagnostics(self) -> list[types.Diagnostic]:
        if not self.pulls:
            return await self.published(self.version)
        report = await self.pull(None)
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return list(report.items)

    async def published(self, version: int | None) -> list[types.Diagnostic]:
        while True:
            params = await asyncio.wait_for(self.client.published.get(), timeout=30)
            if (params.uri, params.version) == (self.uri, version):
                return list(params.diagnostics)

    async def pull(self, previous: str | None) -> types.DocumentDiagnosticReport:
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(
                types.TextDocumentIdentifier(self.uri), previous_result_id=previous
            )
        )

    async def actions(self, range_: types.Range, only: list[str] | None = None) -> list[types.CodeAction]:
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(self.uri),
                range_,
                types.CodeActionContext(diagnostics=[], only=only),
            )
        )
        return [action for action in found or [] if isinstance(action, types.CodeAction)]

    async def chosen(self, action: types.CodeAction) -> types.CodeAction:
        """The action with its edit, asked for where it didn't come with it."""
        return action if action.edit is not None else await self.client.code_action_resolve_async(action)

    def close(self) -> None:
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri))
        )


def units(client: LanguageClient, text: str) -> int:
    """A text's length in the encoding that client and server agreed on."""
    codec, size = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[
        client.encoding
    ]
    return len(text.encode(codec)) // size


def ours(client: LanguageClient, text: str, place: types.Position) -> Position:
    """A client's position in code points."""
    line = text.splitlines()[place.line]
    return Position(
        place.line, next(n for n in range(len(line) + 1) if units(client, line[:n]) == place.character)
    )


def our_range(client: LanguageClient, text: str, range_: types.Range) -> Range:
    return Range(ours(client, text, range_.start), ours(client, text, range_.end))


def applied(client: LanguageClient, text: str, action: types.CodeAction) -> str:
    """The text after an action's edits."""
    assert action.edit is not None
    if action.edit.document_changes:
        (change,) = action.edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version == 1
        edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
    else:
        assert action.edit.changes is not None
        edits = list(action.edit.changes[URI])
    return apply_edits(text, [Edit(our_range(client, text, edit.range), edit.new_text) for edit in edits])


@pytest.mark.asyncio(loop_scope="module")
async def test_diagnostics_and_fixes(client: LanguageClient) -> None:
    editor = Editor(client, URI, CONFIG)
    found = await editor.diagnostics()
    assert [
        (each.code, each.source, SourceText(CONFIG).slice(our_range(client, CONFIG, each.range)))
        for each in found
    ] == [
        ("NC301", "neuron-config", '"😋"'),
        ("NC301", "neuron-config", '"masked-lm"'),
        ("NC101", "neuron-config", '"token_type_ids"'),
    ]
    text = CONFIG
    for diagnostic in (found[2], found[1]):
        (action,) = (each for each in await editor.actions(diagnostic.range) if each.is_preferred)
        assert action.kind == types.CodeActionKind.QuickFix
        text = applied(client, text, await editor.chosen(action))
    assert '"😋", "fill-mask")' in text
    assert 'return ["input_ids"]' in text
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ["an%20esm%20config.py", "%C3%A9sm.py", "100%2525.py"])
async def test_a_name_may_have_characters_that_are_quoted(client: LanguageClient, name: str) -> None:
    editor = Editor(client, f"file:///workspace/{name}", CONFIG)
    assert len(await editor.diagnostics()) == 3
    editor.type(types.Range(types.Position(0, 0), types.Position(6, 0)), "")
    assert await editor.diagnostics() == []
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_typing_updates_the_diagnostics(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/typing.py", CONFIG)
    await editor.diagnostics()
    line = CONFIG.splitlines()[5]
    start = units(client, line[: line.index(', "token_type_ids"')])
    end = units(client, line[: line.index("]")])
    editor.type(types.Range(types.Position(5, start), types.Position(5, end)), "")
    assert [each.code for each in await editor.diagnostics()] == ["NC301", "NC301"]
    editor.type(types.Range(types.Position(5, start), types.Position(5, start)), ', "attention_masks"')
    assert [each.code for each in await editor.diagnostics()] == ["NC301", "NC301", "NC101"]
    editor.type(types.Range(types.Position(5, start), types.Position(5, start)), ", (")
    assert [each.code for each in await editor.diagnostics()] == ["NC001"]
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_other_python_files_are_left_alone(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/other.py", "def broken(:\n")
    assert await editor.diagnostics() == []
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_actions_are_only_offered_where_and_when_asked_for(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/actions.py", CONFIG)
    (_, masked_lm, _) = await editor.diagnostics()
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
    assert await editor.actions(nowhere, only=["quickfix", "refactor"]) == []
    assert await editor.actions(masked_lm.range, only=["refactor.inline"]) == []
    assert [each.title for each in await editor.actions(masked_lm.range, only=["quickfix"])] == [
        'Replace with "fill-mask" (NC301)',
        "Ignore NC301 for this line",
        "Ignore NC301 in this file",
    ]
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_an_action_of_an_earlier_text_is_refused(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/stale.py", CONFIG)
    (_, masked_lm, _) = await editor.diagnostics()
    (action, *_) = await editor.actions(masked_lm.range, only=["quickfix"])
    editor.type(types.Range(types.Position(0, 0), types.Position(0, 0)), "# A comment\n")
    if action.edit is None:
        with pytest.raises(JsonRpcException, match="the text has changed since it was offered; ask again"):
            await editor.chosen(action)
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_an_export_is_answered_with_what_is_missing(client: LanguageClient) -> None:
    request = {"uri": URI, "className": "EsmNeuronConfig", "tasks": ["fill-mask"]}
    before = len(client.messages)
    for arguments in ([request], None):
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams(EXPORT_AND_VALIDATE, arguments)
        )
    (answer, complaint) = client.messages[before:]
    assert answer.type is types.MessageType.Info
    assert "pip install 'neuron-config-server[engine]'" in answer.message
    assert complaint.type is types.MessageType.Error


@pytest.mark.asyncio(loop_scope="module")
async def test_a_client_that_pulls_is_told_when_nothing_changed(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/pull.py", CONFIG)
    first = await editor.pull(None)
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    assert len(first.items) == 3
    again = await editor.pull(first.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    assert again.result_id == first.result_id
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_closing_takes_the_diagnostics_away(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/closing.py", CONFIG)
    assert len(await editor.diagnostics()) == 3
    editor.close()
    if not editor.pulls:
        assert await editor.published(None) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_of_a_document_that_is_not_open_nothing_is_said(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/closed.py", CONFIG)
    await editor.diagnostics()
    editor.close()
    report = await editor.pull(None)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert list(report.items) == []
    assert await editor.actions(types.Range(types.Position(0, 0), types.Position(5, 0))) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_half_typed_escape_is_a_syntax_error(client: LanguageClient) -> None:
    editor = Editor(client, "file:///workspace/escape.py", CONFIG + 'x = "\\u"\n')
    assert [each.code for each in await editor.diagnostics()] == ["NC301", "NC301", "NC101", "NC001"]
    editor.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_an_input_is_completed_in_a_broken_line(client: LanguageClient) -> None:
    text = CONFIG.replace('return ["input_ids", "token_type_ids"]', 'x = "😋"; return ["input_ids", "att')
    editor = Editor(client, "file:///workspace/completed.py", text)
    *_, line = text.rstrip("\n").split("\n")
    found = await client.text_document_completion_async(
        types.CompletionParams(
            types.TextDocumentIdentifier(editor.uri),
            types.Position(text.count("\n") - 1, units(client, line)),
        )
    )
    assert isinstance(found, types.CompletionList)
    item = next(each for each in found.items if each.label == "attention_mask")
    if item.documentation is None:
        item = await client.completion_item_resolve_async(item)
    assert item.documentation is not None
    assert isinstance(item.text_edit, types.TextEdit)
    edit = Edit(our_range(client, text, item.text_edit.range), item.text_edit.new_text)
    assert apply_edits(text, [edit]) == text.replace('"att\n', '"attention_mask"\n')
    editor.close()
