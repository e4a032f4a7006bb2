"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_CUTOFF = 0.8
"""As similar as "attention_masks" and "attention_mask"; "token_type_ids" and "position_ids" are 0.69
alike.
"""


def nearest(name: str, known: Iterable[str], cutoff: float = _CUTOFF) -> str | None:
    """The known name that differs by a slip of the pen; None if none is that close."""
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=cutoff)), None)
