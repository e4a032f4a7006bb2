"""Values while a config's constructor is followed: Python's own, and stand-ins for what can't be told."""

from __future__ import annotations

import math
from typing import Any, NoReturn


class CannotTellError(Exception):
    """The outcome of an operation depends on a value that isn't known."""


class Unknown:
    """A value that can't be told: whatever Python does with it raises CannotTellError, in containers too."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self

    def _refuse(self, *_: object) -> NoReturn:
        raise CannotTellError(self.text)

    def __eq__(self, other: object) -> bool:
        raise CannotTellError(self.text)

    def __hash__(self) -> int:
        raise CannotTellError(self.text)

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = _refuse
    __iter__ = __contains__ = __getitem__ = __int__ = __float__ = __index__ = __str__ = __repr__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __format__ = _refuse
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __rpow__ = __neg__ = _refuse
    __and__ = __rand__ = __or__ = __ror__ = __abs__ = __round__ = __call__ = __setitem__ = _refuse


class Opaque(Unknown):
    """Something that isn't data but is told apart from others by identity: a class, a function."""


class Method(Opaque):
    """A method of a Python value, e.g. ``kwargs.pop``."""

    def __init__(self, receiver: Any, name: str) -> None:
        super().__init__(name)
        self.receiver = receiver
        self.name = name


class Closure(Opaque):
    """A function defined within the constructor: it may change whatever it sees when it is called."""


class Hidden(Unknown):
    """Stands in a container for any number of unknown items; it can be hashed, and nothing else."""

    def __hash__(self) -> int:
        return id(self)


def is_hidden(value: Any) -> bool:
    """Whether the container has unknown items or keys: its length and order can't be told then."""
    return isinstance(value, (dict, list, tuple, set)) and any(isinstance(item, Hidden) for item in value)


def python_literal(value: Any) -> str | None:
    """The value as Python source that ``ast.literal_eval`` reads back; None if there is no such thing."""
    try:
        return repr(value) if _is_literal(value) else None
    except RecursionError:  # a list that holds itself
        return None


def _is_literal(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(_is_literal(item) for item in value)
    if type(value) is dict:
        return all(_is_literal(key) and _is_literal(item) for key, item in value.items())
    if type(value) is float:
        return math.isfinite(value)
    return value is None or type(value) in (bool, int, str)
