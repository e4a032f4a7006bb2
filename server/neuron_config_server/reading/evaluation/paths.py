"""The ways through code whose conditions the source doesn't decide, one run for each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from neuron_config_server.reading.evaluation.operations import holds
from neuron_config_server.reading.evaluation.values import MISSING, Symbol

_Result = TypeVar("_Result")

MAX_PATHS = 64
"""Six independent conditions; more, and the rest isn't followed."""


@dataclass(frozen=True)
class Decision:
    """A condition that a path took one way."""

    text: str
    outcome: bool
    default: bool | None
    """The way that it goes where nobody says otherwise; None if that isn't known."""
    is_understood: bool = True
    """False for a condition that isn't followed."""
    atoms: tuple[str, ...] = ()
    """What it is a condition on."""

    @property
    def condition(self) -> str:
        return self.text if self.outcome else _negated(self.text)


@dataclass(frozen=True)
class Limits:
    """What a path knows of a number from comparisons."""

    low: float = -math.inf
    high: float = math.inf
    is_low_out: bool = False
    """Whether it is above ``low``, and not it."""
    is_high_out: bool = False

    def with_(self, operator: str, constant: float) -> Limits:
        """With one more comparison that holds."""
        is_out = operator in ("<", ">")
        if operator in (">", ">="):
            low, out = max((self.low, self.is_low_out), (constant, is_out))
            return Limits(low, self.high, out, self.is_high_out)
        high, negated = min((self.high, not self.is_high_out), (constant, not is_out))
        return Limits(self.low, high, self.is_low_out, not negated)

    @property
    def is_possible(self) -> bool:
        return self.low < self.high or (self.low == self.high and not (self.is_low_out or self.is_high_out))

    def implied(self, operator: str, constant: Any) -> bool | None:
        """Whether a comparison holds; None if that is open."""
        if operator == "==":
            is_number = isinstance(constant, (int, float))
            return (
                None
                if not is_number or self.with_(">=", constant).with_("<=", constant).is_possible
                else False
            )
        if not self.with_(operator, constant).is_possible:
            return False
        return None if self.with_(_OPPOSITE_ORDERS[operator], constant).is_possible else True


_OPPOSITE_ORDERS = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Path:
    """One way through: conditions that were decided, and values that were taken as they are by default."""

    def __init__(self, script: tuple[bool, ...] = ()) -> None:
        self._script = script
        self.decisions: list[Decision] = []
        self.pinned: dict[str, Any] = {}
        self._equal: dict[str, Any] = {}
        self._unequal: dict[str, list[Any]] = {}
        self._limits: dict[str, Limits] = {}

    def decide(self, symbol: Symbol) -> bool:
        """Whether it is true on this path; the same each time."""
        known = self._implied(symbol)
        if known is not None:
            return known
        default = None if symbol.default is MISSING else bool(symbol.default)
        place = len(self.decisions)
        outcome = self._script[place] if place < len(self._script) else bool(default)
        self.decisions.append(Decision(symbol.text, outcome, default, symbol.is_understood, _atoms(symbol)))
        if symbol.compared is not None:
            what, operator, constant = symbol.compared
            if operator != "==":
                limits = self._limits.get(what, Limits())
                self._limits[what] = limits.with_(
                    operator if outcome else _OPPOSITE_ORDERS[operator], constant
                )
            elif outcome:
                self._equal[what] = constant
            else:
                self._unequal.setdefault(what, []).append(constant)
        return outcome

    def value(self, symbol: Symbol) -> Any:
        """What it is on this path, MISSING if that can't be told; taken as it is by default, if need be."""
        if symbol.text in self._equal:
            return self._equal[symbol.text]
        if symbol.default is MISSING or any(map(self._is_otherwise, symbol.parts or (symbol,))):
            return MISSING
        self.pinned.update((part.text, part.default) for part in symbol.parts or (symbol,))
        return symbol.default

    def _is_otherwise(self, symbol: Symbol) -> bool:
        """Whether the path decided that something isn't as it is by default."""
        is_equal = self._equal.get(symbol.text, symbol.default) == symbol.default
        is_excluded = symbol.default in self._unequal.get(symbol.text, ())
        return (
            not is_equal
            or is_excluded
            or any(
                symbol.text in each.atoms and each.default not in (None, each.outcome)
                for each in self.decisions
            )
        )

    @property
    def assumes(self) -> tuple[str, ...]:
        """What was taken to be as it is by default, as Python expressions in terms of ``self``."""
        return tuple(
            f"{text} == {value!r}" if value is not None else f"{text} is None"
            for text, value in self.pinned.items()
        )

    @property
    def when(self) -> str | None:
        """The conditions, with what is assumed, as one Python expression; None if there are none."""
        return " and ".join([*(decision.condition for decision in self.decisions), *self.assumes]) or None

    @property
    def is_understood(self) -> bool:
        """Whether every condition was followed: what isn't may never come this way."""
        return all(each.is_understood for each in self.decisions)

    @property
    def is_default(self) -> bool:
        """Whether every condition whose default is known goes that way."""
        return all(each.default in (None, each.outcome) for each in self.decisions)

    def _implied(self, symbol: Symbol) -> bool | None:
        for decision in self.decisions:
            if decision.text == symbol.text:
                return decision.outcome
        if symbol.default is not MISSING and all(atom in self.pinned for atom in _atoms(symbol)):
            return bool(symbol.default)  # on this path, it is as it is by default
        if symbol.text in self._equal:
            return bool(self._equal[symbol.text])
        if symbol.compared is None:
            return None
        what, operator, constant = symbol.compared
        for known in (self._equal, self.pinned):
            if what in known:
                return holds(known[what], operator, constant)
        limits = self._limits.get(what)
        return limits.implied(operator, constant) if limits is not None else None


def _atoms(symbol: Symbol) -> tuple[str, ...]:
    return tuple(part.text for part in symbol.parts) or (symbol.text,)


@dataclass(frozen=True)
class Run(Generic[_Result]):
    """What came of one path."""

    path: Path
    result: _Result


def explore(
    run: Callable[[Path], _Result], is_enough: Callable[[], bool] = lambda: False
) -> tuple[list[Run[_Result]], bool]:
    """Every path's result, that of the defaults first; and whether there are more than are followed.

    Args:
        is_enough: asked after each path, whether the rest would take too long.
    """
    found: list[Run[_Result]] = []
    waiting: list[tuple[bool, ...]] = [()]
    while waiting and len(found) < MAX_PATHS and not (found and is_enough()):
        script = waiting.pop()
        path = Path(script)
        found.append(Run(path, run(path)))
        waiting += reversed(list(_alternatives(path, len(script))))
    return found, bool(waiting)


def _alternatives(path: Path, fixed: int) -> Iterator[tuple[bool, ...]]:
    """Scripts that leave the path at a decision behind its own script, the last decision first."""
    outcomes = tuple(decision.outcome for decision in path.decisions)
    for place in reversed(range(fixed, len(outcomes))):
        yield (*outcomes[:place], not outcomes[place])


_OPPOSITES = {" == ": " != ", " is not ": " is ", " is ": " is not ", " not in ": " in ", " in ": " not in "}


def _negated(text: str) -> str:
    """The opposite of a condition; of a plain comparison, the opposite comparison."""
    if not any(word in text for word in (" and ", " or ", " if ")):
        for operator, opposite in _OPPOSITES.items():
            left, found, right = text.partition(operator)
            if found and not any(other in left + right for other in _OPPOSITES):
                return f"{left}{opposite}{right}"
    return f"not {text}" if " " not in text else f"not ({text})"
