"""Names in messages."""

from __future__ import annotations

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def quoted(names: Sequence[str]) -> str:
    """``"a", "b" and "c"``."""
    return listed([f'"{each}"' for each in names])


def first_few(names: Sequence[str], most: int) -> list[str]:
    """So many of them, and in place of the rest how many there are."""
    return [*names] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
