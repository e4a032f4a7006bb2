"""What every client of a test answers when the server asks."""

from __future__ import annotations

from lsprotocol import types
from pytest_lsp import LanguageClient

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
