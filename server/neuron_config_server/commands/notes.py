"""Lines about a run, not of its result."""

from __future__ import annotations

import sys


def note(message: str) -> None:
    """A line on stderr."""
    print(f"neuron-config: {message}", file=sys.stderr)
