"""The language server in a workspace: folders, settings, files that aren't open, what changes on disk."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from clients import answer_requests
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from neuron_config_server.features.lifecycle import STATUS

ENVIRONMENT = Path(__file__).parents[1] / "data" / "environment"
CONFIG = """\
@register_in_tasks_manager("{model_type}", "fill-mask")
class {name}NeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids", "token_type_ids"]
"""
ESM = CONFIG.format(model_type="esm", name="Esm")
SERVER = ClientServerConfig(server_command=[sys.executable, "-m", "neuron_config_server", "serve", "--stdio"])

CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities(related_document_support=True)
    ),
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        workspace_folders=True,
        did_change_configuration=types.DidChangeConfigurationClientCapabilities(dynamic_registration=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
    ),
    window=types.WindowClientCapabilities(work_done_progress=True),
)


class Workspace:
    """Two folders of a client, and what the server asked it."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.one, self.other = folder / "one", folder / "other"
        self.registered: list[str] = []
        self.statuses: list[Any] = []
        self.refreshed = asyncio.Event()

    def uri(self, name: str) -> str:
        return (self.one / name).as_uri()

    async def start(self) -> None:
        self.client.set_configuration({"neuronConfig": {"interpreter": str(ENVIRONMENT)}})

        self.registered = answer_requests(self.client)

        @self.client.feature(STATUS)
        def status(params: Any) -> None:
            self.statuses.append(params)

        folders = [types.WorkspaceFolder(each.as_uri(), each.name) for each in (self.one, self.other)]
        await self.client.initialize_session(
            types.InitializeParams(
                capabilities=CAPABILITIES, root_uri=self.one.as_uri(), workspace_folders=folders
            )
        )

    async def pull(self, uri: str) -> list[str]:
        report = await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        )
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return [str(each.code) for each in report.items]

    async def eventually(self, uri: str, codes: list[str]) -> None:
        """What the server learns behind an answer counts soon."""
        for _ in range(100):
            if (found := await self.pull(uri)) == codes:
                return
            await asyncio.sleep(0.05)
        assert found == codes

    async def told(self, text: str) -> None:
        for _ in range(100):
            if any(text in each.message for each in self.client.messages):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{text!r} isn't told, but {self.client.messages}")

    async def judged_by(self, environment: Path) -> None:
        """The last status names an environment for the first folder."""
        for _ in range(100):
            (last, *_) = self.statuses[-1].environments
            if last.interpreter.startswith(str(environment)):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"judged by {last.interpreter}, not by {environment}")

    def open(self, uri: str, text: str) -> None:
        item = types.TextDocumentItem(uri, types.LanguageKind.Python, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    async def check(self, previous: dict[str, str] | None = None) -> dict[str, object]:
        """Report by file name."""
        ids = [types.PreviousResultId(uri, value) for uri, value in (previous or {}).items()]
        found = await self.client.workspace_diagnostic_async(
            types.WorkspaceDiagnosticParams(previous_result_ids=ids)
        )
        return {each.uri.rpartition("/")[2]: each for each in found.items}

    def changed(self, path: Path) -> None:
        event = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))


@pytest_lsp.fixture(config=SERVER)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def workspace(client: LanguageClient, tmp_path: Path) -> Workspace:
    folder = tmp_path / "folders of a client"  # which is quoted in a URI
    for name in ("one", "other"):
        (folder / name).mkdir(parents=True)
    return Workspace(client, folder)


@pytest.mark.asyncio
async def test_the_clients_settings_count_and_change_live(workspace: Workspace) -> None:
    await workspace.start()
    uri = workspace.uri("esm.py")
    workspace.open(uri, ESM)
    await workspace.eventually(uri, ["NC101"])
    nothing = workspace.one / "nothing"
    (nothing / "lib/python3.11/site-packages").mkdir(parents=True)
    (nothing / "pyvenv.cfg").write_text("version = 3.11\n")
    workspace.client.set_configuration({"neuronConfig": {"interpreter": "nothing"}})
    workspace.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await workspace.told("not found with")
    await workspace.judged_by(nothing)
    states = [each.state for each in workspace.statuses]
    assert (states[0], states[-1]) == ("starting", "ready")
    assert set(workspace.statuses[-1].environments[0].missing) == {"optimum", "transformers"}
    assert await workspace.pull(uri) == ["NC101"], "by bundled facts"
    assert set(workspace.registered) == {
        types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
    }


@pytest.mark.asyncio
async def test_a_setting_that_cannot_be_used_is_told_once(workspace: Workspace) -> None:
    await workspace.start()
    workspace.client.set_configuration({"neuronConfig": {"interpreter": "nowhere", "codeLense": True}})
    for _ in range(2):
        workspace.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        await workspace.pull(workspace.uri("none.py"))
    await asyncio.sleep(1.0)
    told = [each.message for each in workspace.client.messages]
    assert sum('no setting "codeLense"; did you mean "codeLens"?' in each for each in told) == 1
    assert sum("one/nowhere is no Python environment" in each for each in told) == 1


@pytest.mark.asyncio
async def test_folders_have_environments_of_their_own(workspace: Workspace) -> None:
    shutil.copytree(ENVIRONMENT, workspace.other / ".venv", symlinks=True)
    gone = "transformers/models/esm/modeling_esm.py"
    (esm,) = (workspace.other / ".venv").rglob(gone)
    text = esm.read_text().replace(
        "attention_mask=None, **kwargs", "attention_mask=None, token_type_ids=None, **kwargs"
    )
    esm.write_text(text)
    await workspace.start()
    workspace.client.set_configuration({"neuronConfig": {"interpreter": str(ENVIRONMENT)}})
    workspace.client.set_configuration(
        {"neuronConfig": {"interpreter": ".venv"}}, scope_uri=workspace.other.as_uri()
    )
    workspace.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    here, there = workspace.uri("esm.py"), (workspace.other / "esm.py").as_uri()
    workspace.open(here, ESM)
    workspace.open(there, ESM)
    await workspace.eventually(there, [])
    await workspace.eventually(here, ["NC101"])


@pytest.mark.asyncio
async def test_project_settings_that_change_on_disk_count(workspace: Workspace) -> None:
    await workspace.start()
    uri = workspace.uri("esm.py")
    workspace.open(uri, ESM)
    await workspace.eventually(uri, ["NC101"])
    settings = workspace.one / "neuron-config.toml"
    settings.write_text('ignore = ["NC101"]\n')
    workspace.changed(settings)
    await workspace.eventually(uri, [])


@pytest.mark.asyncio
async def test_files_that_are_not_open_are_checked_too(workspace: Workspace) -> None:
    (workspace.one / "esm.py").write_text(ESM)
    (workspace.one / "opened too.py").write_text(ESM)
    (workspace.one / "clean.py").write_text("x = 1\n")
    (workspace.other / "bert.py").write_text(CONFIG.format(model_type="bert", name="Bert"))
    (workspace.other / ".hidden.py").write_text("")
    await workspace.start()
    workspace.open(workspace.uri("opened too.py"), "")
    first = await workspace.check()
    assert set(first) == {"esm.py"}, "nothing is wrong with the others"
    esm = first["esm.py"]
    assert isinstance(esm, types.WorkspaceFullDocumentDiagnosticReport)
    assert [each.code for each in esm.items] == ["NC101"]

    waiting = asyncio.ensure_future(workspace.check({workspace.uri("esm.py"): esm.result_id or ""}))
    await asyncio.sleep(0.5)
    assert not waiting.done(), "it answers when there is news"
    (workspace.other / "bert.py").write_text(
        CONFIG.format(model_type="bert", name="Bert").replace("fill", "fil")
    )
    workspace.changed(workspace.other / "bert.py")
    news = await asyncio.wait_for(waiting, 10)
    assert isinstance(news["esm.py"], types.WorkspaceUnchangedDocumentDiagnosticReport)
    assert isinstance(news["bert.py"], types.WorkspaceFullDocumentDiagnosticReport)
    assert [each.code for each in news["bert.py"].items] == ["NC301"]
    (workspace.one / "esm.py").unlink()
    gone = (await workspace.check({workspace.uri("esm.py"): esm.result_id or ""}))["esm.py"]
    assert isinstance(gone, types.WorkspaceFullDocumentDiagnosticReport)
    assert gone.items == ()
