"""What is looked at now and then while somebody types: other files, on which a document hangs too."""

from __future__ import annotations

import time

_PAUSE = 0.25
"""Seconds. Who types fast presses ten keys in one; looking at twenty files takes a tenth of an edit."""


class Seldom:
    """Says when it is time to look again."""

    def __init__(self) -> None:
        self._next = 0.0

    def is_time(self) -> bool:
        """Whether nobody has looked for a while; who asks looks now."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + _PAUSE
        return True

    def hurry(self) -> None:
        """It is time."""
        self._next = 0.0
