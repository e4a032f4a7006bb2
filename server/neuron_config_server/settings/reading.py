"""A table of TOML -> a dataclass of settings; what is wrong with it says where and what would be right."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, TypeVar, Union

from neuron_config_server.settings.project import key_of

_Settings = TypeVar("_Settings")
_NAMES_OF_TYPES: Mapping[type, str] = {
    str: "a string",
    bool: "true or false",
    tuple: "a list of strings",
    Mapping: "a table",
}


class InvalidSettingError(Exception):
    """A key that there isn't, or a value that its key can't have."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.path = path
        """The keys that lead to it."""


def read_table(kind: type[_Settings], table: Mapping[str, Any], path: tuple[str, ...] = ()) -> _Settings:
    """A dataclass of settings from a table.

    Raises:
        InvalidSettingError: a key is unknown or missing, or a value is of another type than its key's.
    """
    known = {key_of(each.name): each for each in fields(kind)}  # ty: ignore[invalid-argument-type]
    hints = typing.get_type_hints(kind)
    for key in table:
        if key not in known:
            raise InvalidSettingError((*path, key), _unknown(key, list(known), path))
    for key, each in known.items():
        if key not in table and each.default is MISSING and each.default_factory is MISSING:
            raise InvalidSettingError(path, f"`{'.'.join(path)}` needs the key `{key}`")
    return kind(
        **{
            known[key].name: _read(hints[known[key].name], known[key], value, (*path, key))
            for key, value in table.items()
        }
    )


def alternatives(hint: Any) -> Any:
    """The type that an optional one allows, beside None."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in typing.get_args(hint) if each is not type(None))
    return hint


def _read(hint: Any, field: Field[Any], value: Any, path: tuple[str, ...]) -> Any:
    choices = field.metadata.get("choices")
    if choices is not None and value not in choices:
        raise InvalidSettingError(path, f"`{path[-1]}` must be one of {', '.join(choices)}, not {value!r}")
    return _value(alternatives(hint), value, path)


def _value(hint: Any, value: Any, path: tuple[str, ...]) -> Any:
    origin = typing.get_origin(hint) or hint
    if is_dataclass(hint):
        return read_table(hint, _of_type(Mapping, value, path), path)
    if origin is tuple:
        _of_type(tuple, value, path)
        return tuple(_of_type(str, each, path, "contain only strings") for each in value)
    if origin is Mapping:
        of = typing.get_args(hint)[1]
        return {key: _value(of, each, (*path, key)) for key, each in _of_type(Mapping, value, path).items()}
    return _of_type(origin, value, path)


def _of_type(kind: type, value: Any, path: tuple[str, ...], must: str = "") -> Any:
    if isinstance(value, list if kind is tuple else kind):
        return value
    must = must or f"be {_NAMES_OF_TYPES[kind]}"
    raise InvalidSettingError(path, f"`{path[-1]}` must {must}, not {value!r}")


def _unknown(key: str, known: list[str], path: tuple[str, ...]) -> str:
    close = get_close_matches(key.replace("_", "-").lower(), known, n=1)
    meant = f", did you mean `{close[0]}`?" if close else f"; there is {', '.join(known)}"
    where = f" in `{'.'.join(path)}`" if path else ""
    return f"there is no key `{key}`{where}{meant}"
