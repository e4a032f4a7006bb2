"""Answers that are kept, each with the parts of a file that it was read from.

A part of a file, say a function's body, says when it is read (:func:`note`). An answer that is worked out
meanwhile hangs on it, and so does every answer that is worked out of that one. When a part changes, what
hangs on it is forgotten, and nothing else.

One thread works out answers at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

_Answer = TypeVar("_Answer")
_Further = ParamSpec("_Further")

_parts_read: set[Hashable] | None = None
"""By the answer that is being worked out; None while none is."""


def note(part: Hashable) -> None:
    """A part of a file is read."""
    if _parts_read is not None:
        _parts_read.add(part)


def parts_read_by(work: Callable[[], _Answer]) -> tuple[_Answer, frozenset[Hashable]]:
    """What comes of some work, and the parts that it reads; nobody else hears of them.

    If it raises, the answer that is being worked out around it hangs on them.
    """
    global _parts_read
    around, own = _parts_read, set[Hashable]()
    _parts_read = own
    try:
        answer = work()
    except BaseException:
        if around is not None:
            around |= own
        raise
    finally:
        _parts_read = around
    return answer, frozenset(own)


class Memory:
    """What was answered about one thing."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, tuple[Any, frozenset[Hashable]]] = {}
        self._hanging_on: dict[Hashable, dict[Hashable, None]] = {}
        """Part -> the keys of the answers that hang on it."""

    def known(self, key: Hashable) -> Any:
        """The answer of that name if it is known, else None."""
        known = self._answers.get(key)
        if known is None:
            return None
        if _parts_read is not None:
            _parts_read.update(known[1])
        return known[0]

    def of(self, key: Hashable, work: Callable[[], _Answer]) -> _Answer:
        """The answer of that name; it is worked out if it isn't known. It is nobody's to change."""
        known = self._answers.get(key)
        if known is None:
            known = parts_read_by(work)
            self._keep(key, known)
        if _parts_read is not None:
            _parts_read.update(known[1])
        return known[0]

    def anew(self, key: Hashable, work: Callable[[], _Answer]) -> _Answer:
        """An answer that is worked out again. Whoever asks sees to what hangs on it."""
        self.drop(key)
        known = parts_read_by(work)
        self._keep(key, known)
        return known[0]

    def drop(self, key: Hashable) -> None:
        """Forgets the answer of that name."""
        known = self._answers.pop(key, None)
        for part in known[1] if known is not None else ():
            keys = self._hanging_on[part]
            del keys[key]
            if not keys:
                del self._hanging_on[part]

    def forget(self, changed: Iterable[Hashable]) -> set[Hashable]:
        """Drops all that hangs on parts that have changed; the names of what is dropped."""
        keys = {key for part in changed for key in self._hanging_on.get(part, ())}
        for key in keys:
            self.drop(key)
        return keys

    def clear(self) -> None:
        self._answers.clear()
        self._hanging_on.clear()

    def _keep(self, key: Hashable, known: tuple[Any, frozenset[Hashable]]) -> None:
        self._answers[key] = known
        for part in known[1]:
            self._hanging_on.setdefault(part, {})[key] = None


class Remembers(Protocol):
    """A thing that has a memory, maybe with others."""

    memory: Memory


_Thing = TypeVar("_Thing", bound=Remembers)


def remembered(
    function: Callable[Concatenate[_Thing, _Further], _Answer],
) -> Callable[Concatenate[_Thing, _Further], _Answer]:
    """A function of a thing that is asked by many: it works once, until something that it reads changes."""

    @wraps(function)
    def asked(thing: _Thing, /, *further: _Further.args, **named: _Further.kwargs) -> _Answer:
        return thing.memory.of((function, thing, *further), lambda: function(thing, *further, **named))

    return asked


class remembered_property(Generic[_Thing, _Answer]):  # noqa: N801 - as Python's own
    """A property that works once, until something that it reads changes."""

    def __init__(self, work: Callable[[_Thing], _Answer]) -> None:
        self._work = work
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, thing: None, owner: type) -> remembered_property[_Thing, _Answer]: ...
    @overload
    def __get__(self, thing: _Thing, owner: type) -> _Answer: ...
    def __get__(self, thing: Any, owner: type) -> Any:
        if thing is None:
            return self
        return thing.memory.of((self, thing), lambda: self._work(thing))
