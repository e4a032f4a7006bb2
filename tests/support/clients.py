"""The clients of tests: what an editor says it can do, and what it answers when the server asks."""

from __future__ import annotations

from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities

_REFRESHES = (types.WORKSPACE_INLAY_HINT_REFRESH, types.WORKSPACE_CODE_LENS_REFRESH)


def answer_requests(client: LanguageClient) -> list[str]:
    """Takes what the server registers, whose methods are collected, and has nothing to refresh."""
    registered: list[str] = []

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        registered.extend(each.method for each in params.registrations)

    def refresh(params: None) -> None:
        """Nothing is shown here that could be wrong now."""

    for method in _REFRESHES:
        client.feature(method)(refresh)
    return registered


def capabilities(profile: str) -> types.ClientCapabilities:
    """What an editor says it can do.

    pytest-lsp has profiles of most. ``helix`` says what Helix 25.01 does (``helix-lsp/src/client.rs``), ``puller``
    what a present-day VS Code does beyond pytest-lsp's.
    """
    known = {"helix": _HELIX, "puller": _PULLER}
    return known[profile] if profile in known else client_capabilities(profile)


_HELIX = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(
            completion_item=types.ClientCompletionItemOptions(
                snippet_support=True,
                resolve_support=types.ClientCompletionItemResolveOptions(
                    ["documentation", "detail", "additionalTextEdits"]
                ),
                insert_replace_support=True,
                deprecated_support=True,
                tag_support=types.CompletionItemTagOptions([types.CompletionItemTag.Deprecated]),
            ),
            context_support=True,
        ),
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        signature_help=types.SignatureHelpClientCapabilities(
            signature_information=types.ClientSignatureInformationOptions(
                documentation_format=[types.MarkupKind.Markdown], active_parameter_support=True
            )
        ),
        rename=types.RenameClientCapabilities(
            dynamic_registration=False, prepare_support=True, honors_change_annotations=False
        ),
        code_action=types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions(
                    [
                        types.CodeActionKind.QuickFix,
                        types.CodeActionKind.Refactor,
                        types.CodeActionKind.Source,
                    ]
                )
            ),
            is_preferred_support=True,
            disabled_support=True,
            data_support=True,
            resolve_support=types.ClientCodeActionResolveOptions(["edit", "command"]),
        ),
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
            version_support=True,
            tag_support=types.ClientDiagnosticsTagOptions(
                [types.DiagnosticTag.Unnecessary, types.DiagnosticTag.Deprecated]
            ),
        ),
        inlay_hint=types.InlayHintClientCapabilities(dynamic_registration=False),
    ),
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        workspace_folders=True,
        apply_edit=True,
        did_change_configuration=types.DidChangeConfigurationClientCapabilities(dynamic_registration=False),
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=False),
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
    window=types.WindowClientCapabilities(work_done_progress=True),
    general=types.GeneralClientCapabilities(
        position_encodings=[
            types.PositionEncodingKind.Utf8,
            types.PositionEncodingKind.Utf32,
            types.PositionEncodingKind.Utf16,
        ]
    ),
)

_PULLER = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities(related_document_support=True),
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
        code_action=types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
            ),
            disabled_support=True,
            data_support=True,
            resolve_support=types.ClientCodeActionResolveOptions(["edit"]),
        ),
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
    general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf16]),
)
