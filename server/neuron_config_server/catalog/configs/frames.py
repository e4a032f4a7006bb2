"""The running calls while a config's constructor is followed; ways that part, and where they meet again."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from neuron_config_server.catalog.configs.objects import ClassBody, Instance
from neuron_config_server.catalog.configs.values import Unknown, is_hidden
from neuron_config_server.catalog.source import Function, ModuleSource


@dataclass
class Frame:
    """The local names of a call, and where it is."""

    module: ModuleSource
    owner: ClassBody | None = None
    """The class that the running function stands in."""
    bound: Any = None
    """The object or class that the running method was called on."""
    class_body: ClassBody | None = None
    """The class whose body's names are seen."""
    function: Function | None = None
    names: dict[str, Any] = field(default_factory=dict)
    returned: Any = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Frame:
        names, returned = copy.deepcopy((self.names, self.returned), memo)
        bound = copy.deepcopy(self.bound, memo)
        return Frame(self.module, self.owner, bound, self.class_body, self.function, names, returned)

    def join(self, other: Frame, seen: dict[tuple[int, int], Any]) -> None:
        self.bound = join(self.bound, other.bound, seen)
        self.returned = join(self.returned, other.returned, seen)
        for name in self.names.keys() | other.names.keys():
            both = name in self.names and name in other.names
            self.names[name] = join(self.names[name], other.names[name], seen) if both else Unknown(name)


def join(one: Any, other: Any, seen: dict[tuple[int, int], Any]) -> Any:
    """What can be told of a value that is one or the other; ``one`` is changed in place."""
    if one is other:
        return one
    key = (id(one), id(other))
    if key not in seen:
        if isinstance(one, Instance):
            seen[key] = one  # it may be reached again from its own attributes
        seen[key] = _joined(one, other, seen)
    return seen[key]


def _joined(one: Any, other: Any, seen: dict[tuple[int, int], Any]) -> Any:
    if isinstance(one, Instance) and isinstance(other, Instance) and one.class_ is other.class_:
        return _join_instances(one, other, seen)
    if type(one) is not type(other) or isinstance(one, Unknown):
        return Unknown(getattr(one, "text", "") or getattr(other, "text", ""))
    if is_hidden(one) or is_hidden(other):
        return Unknown()
    if isinstance(one, dict) and list(one) == list(other):
        one.update({name: join(one[name], other[name], seen) for name in one})
        return one
    if isinstance(one, list) and len(one) == len(other):
        one[:] = [join(mine, theirs, seen) for mine, theirs in zip(one, other)]
        return one
    if isinstance(one, tuple) and len(one) == len(other):
        return tuple(join(mine, theirs, seen) for mine, theirs in zip(one, other))
    return one if not isinstance(one, (dict, list, tuple)) and one == other else Unknown()


def _join_instances(one: Instance, other: Instance, seen: dict[tuple[int, int], Any]) -> Instance:
    one.sometimes |= other.sometimes | (one.attributes.keys() ^ other.attributes.keys())
    for name in [*one.attributes, *(name for name in other.attributes if name not in one.attributes)]:
        both = name in one.attributes and name in other.attributes
        one.attributes[name] = (
            join(one.attributes[name], other.attributes[name], seen) if both else Unknown(name)
        )
    return one


class Frames(list[Frame]):
    """The running calls, innermost last."""

    def __init__(self, frames: Iterable[Frame] = (), parent: Frames | None = None) -> None:
        super().__init__(frames)
        self.parent = parent
        """What it was copied from."""
        self.generation: int = parent.generation + 1 if parent is not None else 0
        """How many times it has been copied: the oldest holds the objects that everything else refers to."""
        self._twins: list[tuple[Any, Any]] = []
        """Objects of the parent, and their copies."""

    def fork(self) -> Frames:
        """A copy for the other way to go on."""
        memo: dict[int, Any] = {}
        twin = Frames(copy.deepcopy(list(self), memo), self)
        twin._twins = [(each, memo[id(each)]) for each in memo.get(id(memo), ()) if id(each) in memo]
        return twin

    def joined(self, other: Frames) -> Frames:
        """Two ways meet again: the older of the two, changed in place to what both agree on."""
        one, other = (self, other) if self.generation <= other.generation else (other, self)
        seen: dict[tuple[int, int], Any] = {}
        for mine, theirs in zip(one, other):
            mine.join(theirs, seen)
        return one

    def back_in(self, ancestor: Frames) -> Frames:
        """The ancestor that this was copied from, with this's contents: its own way was impossible."""
        now = self
        while now is not ancestor and now.parent is not None:
            moved = _Moved(now._twins)
            now.parent[:] = [moved.place(each) for each in now]
            now = now.parent
        return now


class _Moved:
    """Puts the contents of copies back into the objects that they were copied from."""

    def __init__(self, twins: list[tuple[Any, Any]]) -> None:
        self._twins = twins
        self._originals = {id(twin): original for original, twin in twins}
        self._done: set[int] = set()

    def place(self, value: Any) -> Any:
        """What stands for a value there: the original that it is a copy of, or itself."""
        target = self._originals.get(id(value), value)
        if id(value) not in self._done:
            self._done.add(id(value))
            self._fill(target, value)
        return tuple(self.place(each) for each in value) if isinstance(value, tuple) else target

    def _fill(self, target: Any, value: Any) -> None:
        if isinstance(value, list):
            target[:] = [self.place(each) for each in value]
        elif isinstance(value, dict):
            content = {key: self.place(each) for key, each in value.items()}
            target.clear()
            target.update(content)
        elif isinstance(value, Instance):
            target.attributes = self.place(value.attributes)
            target.sometimes = value.sometimes
        elif isinstance(value, Frame):
            target.names = self.place(value.names)
            target.bound, target.returned = self.place(value.bound), self.place(value.returned)
