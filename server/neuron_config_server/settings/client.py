"""What a client may set: in ``initializationOptions``, or the section ``neuronConfig`` of its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from typing import Any, TypeVar

SECTION = "neuronConfig"
LOG_LEVELS = ("debug", "info", "warning", "error")

_Group = TypeVar("_Group")


def _setting(default: Any, description: str, **more: Any) -> Any:
    return field(default=default, metadata={"description": description, **more})


@dataclass(frozen=True)
class InlayHints:
    """Which hints are shown in the text."""

    shapes: bool = _setting(True, "The shape and type of each input.")
    model_classes: bool = _setting(True, "The model class of each task.")


@dataclass(frozen=True)
class Settings:
    """The server's settings, of a client or of one of its folders."""

    interpreter: str | None = _setting(
        None,
        "Python environment (its folder or interpreter) that has transformers and optimum; nothing: the one "
        "that is active, or lies in the workspace.",
    )
    inlay_hints: InlayHints = InlayHints()
    code_lens: bool = _setting(True, "Offer Export and validate above each config class.")
    workspace_diagnostics: bool = _setting(True, "Check the files of the workspace that aren't open, too.")
    log_level: str = _setting("warning", "What the server's log tells.", choices=LOG_LEVELS)


def read_settings(options: Any) -> tuple[Settings, list[str]]:
    """Settings as a client sends them, bare or under a key ``settings``, and what is wrong with them.

    A setting that can't be used keeps its default: a slip in a client's configuration never stops the server.
    """
    options = options.get("settings", options) if isinstance(options, dict) else options
    if options is None:
        return Settings(), []
    if not isinstance(options, dict):
        return Settings(), [f"settings must be an object, not {type(options).__name__}"]
    problems: list[str] = []
    return _read(Settings(), options, "", problems), problems


def key_of(field_name: str) -> str:
    """The key that clients use: ``inlayHints`` for ``inlay_hints``."""
    first, *rest = field_name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _read(group: _Group, options: Mapping[str, Any], above: str, problems: list[str]) -> _Group:
    known = {key_of(each.name): each for each in fields(group)}  # ty: ignore[invalid-argument-type]
    found: dict[str, Any] = {}
    for key, value in options.items():
        name = f"{above}{key}"
        if key not in known:
            problems.append(_unknown(name, [f"{above}{each}" for each in known]))
            continue
        default = getattr(group, known[key].name)
        if is_dataclass(default):
            inner = value if isinstance(value, dict) else {}
            problems += [] if isinstance(value, dict) else [_wrong(name, "an object", value)]
            found[known[key].name] = _read(default, inner, f"{name}.", problems)
        elif value is not None:
            wrong = next(_faults(known[key].metadata.get("choices"), default, name, value), None)
            if wrong is None:
                found[known[key].name] = default if value == "" else value
            else:
                problems.append(wrong)
    return replace(group, **found)  # ty: ignore[invalid-argument-type]


def _faults(choices: tuple[str, ...] | None, default: Any, name: str, value: Any) -> Iterator[str]:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            yield _wrong(name, "true or false", value)
    elif not isinstance(value, str):
        yield _wrong(name, "a string", value)
    elif choices is not None and value not in choices:
        yield f'"{name}" must be one of {", ".join(choices)}, not "{value}"'


def _wrong(name: str, kind: str, value: Any) -> str:
    return f'"{name}" must be {kind}, not {type(value).__name__}'


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    meant = f'did you mean "{close[0]}"?' if close else f"there is: {', '.join(sorted(known))}"
    return f'there is no setting "{name}"; {meant}'
