"""What was answered of things, and is asked again only of new ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

_Subject = TypeVar("_Subject")
_Answer = TypeVar("_Answer")
_Further = ParamSpec("_Further")

_MOST_QUESTIONS = 500
"""Rules ask some 60; of questions that hang on what is typed, there is no end."""


class _Keeps(Protocol):
    """A thing that keeps what was worked out about it."""

    kept: dict[object, Any]


_Keeper = TypeVar("_Keeper", bound=_Keeps)


def kept(
    function: Callable[Concatenate[_Keeper, _Further], _Answer],
) -> Callable[Concatenate[_Keeper, _Further], _Answer]:
    """A function of a class, or of what it means for a task, that is asked by many: it works once.

    Its result is nobody's to change.
    """

    @wraps(function)
    def asked(subject: _Keeper, /, *further: _Further.args, **named: _Further.kwargs) -> _Answer:
        key = (function, *further)
        if key not in subject.kept:
            subject.kept[key] = function(subject, *further, **named)
        return subject.kept[key]

    return asked


@dataclass(frozen=True)
class _Asked(Generic[_Subject]):
    """The answers to a question."""

    on: object
    subjects: Sequence[_Subject]
    """All that were asked about; they are kept alive, so that their identities stay theirs."""
    answers: Mapping[int, Any]
    """Identity of a subject -> what there is to say of it; those without an answer are left out."""


class Judgements(Generic[_Subject]):
    """Answers to questions about the things of a sequence, which changes in few places from time to time.

    A thing is the same as long as it is the same object. Asking a question within another one is allowed.
    """

    def __init__(self) -> None:
        self._asked: dict[str, _Asked[_Subject]] = {}
        self._change: tuple[Sequence[_Subject], Sequence[_Subject]] = ((), ())
        self._added: tuple[_Subject, ...] = ()
        self._present: frozenset[int] = frozenset()

    def of(
        self,
        key: str,
        subjects: Sequence[_Subject],
        judge: Callable[[_Subject], _Answer | None],
        on: object = None,
    ) -> Mapping[int, _Answer]:
        """Identity of a subject -> what there is to say of it; those of which there is nothing are left out.

        Args:
            key: names the question.
            on: what else the answers hang on.
        """
        before = self._asked.get(key)
        if before is None or (before.on is not on and before.on != on):
            before = _Asked[_Subject](on, (), {})
        if before.subjects is subjects:
            return before.answers
        self._compare(before.subjects, subjects)
        answers = {identity: each for identity, each in before.answers.items() if identity in self._present}
        for each in self._added:
            answer = judge(each)
            if answer:
                answers[id(each)] = answer
        self._asked.pop(key, None)  # the question that wasn't asked for longest comes first
        self._asked[key] = _Asked(on, subjects, answers)
        if len(self._asked) > _MOST_QUESTIONS:
            del self._asked[next(iter(self._asked))]
        return answers

    def _compare(self, before: Sequence[_Subject], now: Sequence[_Subject]) -> None:
        """Finds what is new; most questions are asked of the same two sequences one after the other."""
        if self._change[0] is before and self._change[1] is now:
            return
        known = {*map(id, before)}
        self._change = (before, now)
        self._added = tuple(each for each in now if id(each) not in known)
        self._present = frozenset(map(id, now))
