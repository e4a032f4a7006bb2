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
    known = sorted(known)
    exchanged = [each for each in known if is_exchange(name, each)]
    if len(exchanged) == 1:
        return exchanged[0]
    return next(iter(get_close_matches(name, known, n=1, cutoff=cutoff)), None)


def is_exchange(name: str, other: str) -> bool:
    """Whether two letters side by side are exchanged, and nothing else differs."""
    places = [place for place, (one, two) in enumerate(zip(name, other)) if one != two]
    if len(name) != len(other) or len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return name[first] == other[second] and name[second] == other[first]
