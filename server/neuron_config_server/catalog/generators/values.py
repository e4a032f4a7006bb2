"""What the value of an expression in a generator may depend on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """What an expression may depend on."""

    axes: frozenset[str] = frozenset()
    """Keywords of the constructor."""
    paths: frozenset[str] = frozenset()
    """The attributes of the normalized config that it may be; "" is the normalized config itself."""

    def __or__(self, other: Value) -> Value:
        return Value(self.axes | other.axes, self.paths | other.paths)

    @property
    def computed(self) -> Value:
        """Something made of it."""
        return Value(self.axes)


NOTHING = Value()
CONFIG = Value(paths=frozenset({""}))
