"""An action as it is offered: what it is called, and what it does once it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsprotocol import types

from neuron_config_server.rules.finding import Edit, Finding


class RefusedError(Exception):
    """An action can't be made; the message says why."""


@dataclass(frozen=True)
class Offer:
    """An action in an editor's menu."""

    title: str
    kind: str
    edits: Callable[[], Sequence[Edit]] | None = None
    """Works out what it does; raises :class:`RefusedError` if that turns out not to hold."""
    takes_long: bool = False
    """Whether the text is read anew for it."""
    place: str = ""
    """Tells it from others of the same title."""
    findings: tuple[Finding, ...] = ()
    """What it mends."""
    is_preferred: bool = False
    refusal: str | None = None
    """Why it isn't available, though nearly."""
    command: types.Command | None = None

    @property
    def identity(self) -> list[str]:
        """What finds it again among those of the same text and range."""
        return [self.kind, self.title, self.place]


def is_asked_for(kind: str, only: Sequence[str] | None) -> bool:
    """Whether a client that wants actions of these kinds, and of kinds below them, wants this one."""
    return only is None or any(each in ("", kind) or kind.startswith(f"{each}.") for each in only)
