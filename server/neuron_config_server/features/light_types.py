"""The protocol's classes, made in half the time.

attrs makes the 554 classes of lsprotocol 2025.0.0, and has Python compile some methods for each: 0.3 s, most
of what a client waits for its first answer. Those that compare and show an object are the same for all here.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

import attrs

_TYPES = "lsprotocol.types"
_define = attrs.define


def load() -> None:
    """Import lsprotocol's classes, if that hasn't been done; they are and do what they do otherwise."""
    if _TYPES in sys.modules:
        return
    attrs.define = _lightly_defined  # ty: ignore[invalid-assignment]
    try:
        importlib.import_module(_TYPES)
    finally:
        attrs.define = _define


def _lightly_defined(class_: Any = None, **options: Any) -> Any:
    """``attrs.define``."""
    if class_ is None or options:
        return _define(class_, **options)
    own = vars(class_)
    made: Any = _define(class_, eq=False, repr=False)
    if "__eq__" not in own:
        made.__eq__, made.__hash__ = _is_equal, None
    if "__repr__" not in own:
        made.__repr__ = _shown
    return made


def _is_equal(one: Any, other: Any) -> Any:
    if one.__class__ is not other.__class__:
        return NotImplemented
    return all(getattr(one, name) == getattr(other, name) for name in _names(one.__class__))


def _shown(value: Any) -> str:
    class_ = value.__class__
    fields = ", ".join(f"{name}={getattr(value, name)!r}" for name in _names(class_))
    return f"{class_.__qualname__}({fields})"


@cache
def _names(class_: Any) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(class_))
