"""What a client may set."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Settings:
    """The server's settings."""

    interpreter: Path | None = None
    """Python environment (its folder or interpreter) that has transformers and optimum; None looks for
    one.
    """


def read_settings(options: Any) -> tuple[Settings, list[str]]:
    """Settings from ``initializationOptions``, bare or under a key ``settings``, and what is wrong with them.

    A setting that can't be used keeps its default: a slip in a client's configuration never stops the server.
    """
    options = options.get("settings", options) if isinstance(options, dict) else options
    if options is None:
        return Settings(), []
    if not isinstance(options, dict):
        return Settings(), [f"initializationOptions must be an object, not {type(options).__name__}"]
    known = {field.name for field in fields(Settings)}
    problems = [
        f'there is no setting "{name}"; there is: {", ".join(sorted(known))}'
        for name in options.keys() - known
    ]
    interpreter = options.get("interpreter")
    if interpreter is not None and not isinstance(interpreter, str):
        return Settings(), [*problems, f'"interpreter" must be a string, not {type(interpreter).__name__}']
    return Settings(interpreter=Path(interpreter) if interpreter else None), problems
