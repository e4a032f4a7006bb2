"""Where the project is on the web."""

from __future__ import annotations

HOME: str | None = None
"""The address of the project's repository, without a slash at the end; None: it has no address yet.

Findings link to their rule's page below it, and have no link without it.
"""


def url_of(code: str) -> str | None:
    """The address of a rule's page; None while the project has none."""
    return f"{HOME}/blob/main/docs/rules/{code}.md" if HOME is not None else None
