"""What was answered of things, and is asked again only of new ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from neuron_config_server.reading.memory import Remembers

_Subject = TypeVar("_Subject")
_Answer = TypeVar("_Answer")
_Rememberer = TypeVar("_Rememberer", bound=Remembers)

_MOST_QUESTIONS = 500
"""Rules ask some 60; of questions that hang on what is typed, there is no end."""


@dataclass(frozen=True)
class Question:
    """A question about the parts of a file, as something that other answers hang on."""

    about: str
    """Classes, statements or texts."""
    key: str


@dataclass(frozen=True)
class _Asked(Generic[_Subject]):
    """The answers to a question."""

    judge: Callable[[_Subject], Any]
    on: object
    subjects: Sequence[_Subject]
    """All that were asked about; they are kept alive, so that their identities stay theirs."""
    answers: Mapping[int, Any]
    """Identity of a subject -> what there is to say of it; those without an answer are left out."""


class Judgements(Generic[_Subject]):
    """Answers to questions about the things of a sequence, which changes in few places from time to time.

    A thing is the same as long as it is the same object. Asking a question within another one is allowed.
    """

    def __init__(self, about: str) -> None:
        """About things of a kind, which is part of the questions' names."""
        self.about = about
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
            before = _Asked[_Subject](judge, on, (), {})
        if before.subjects is subjects:
            return before.answers
        self._compare(before.subjects, subjects)
        answers = {identity: each for identity, each in before.answers.items() if identity in self._present}
        for each in self._added:
            answer = self._answer(key, each, judge)
            if answer:
                answers[id(each)] = answer
        self._asked.pop(key, None)  # the question that wasn't asked for longest comes first
        self._asked[key] = _Asked(judge, on, subjects, answers)
        if len(self._asked) > _MOST_QUESTIONS:
            del self._asked[next(iter(self._asked))]
        return answers

    def replace(
        self, before: Sequence[_Subject], now: Sequence[_Subject], old: _Subject, new: _Subject
    ) -> set[Hashable]:
        """A thing stands in place of another one, and all else is as it was: what is answered otherwise now.

        Args:
            before: the sequence with the old thing.
            now: with the new one.
        """
        return {
            Question(self.about, key)
            for key, asked in list(self._asked.items())
            if asked.subjects is not before or self._is_answered_otherwise(key, asked, now, old, new)
        }

    def _is_answered_otherwise(
        self, key: str, asked: _Asked[_Subject], now: Sequence[_Subject], old: _Subject, new: _Subject
    ) -> bool:
        """Asks again about one subject; whether there is, or was, something to say."""
        try:
            answer = self._answer(key, new, asked.judge)
        except Exception:  # noqa: BLE001 - the rule that asks raises it again, and is told of
            del self._asked[key]
            return True
        known = asked.answers.get(id(old))
        answers = asked.answers
        if known or answer:
            answers = {identity: each for identity, each in answers.items() if identity != id(old)}
            if answer:
                answers[id(new)] = answer
        self._asked[key] = _Asked(asked.judge, asked.on, now, answers)
        return bool(known or answer)

    def _answer(
        self, key: str, subject: _Subject, judge: Callable[[_Subject], _Answer | None]
    ) -> _Answer | None:
        return judge(subject)

    def _compare(self, before: Sequence[_Subject], now: Sequence[_Subject]) -> None:
        """Finds what is new; most questions are asked of the same two sequences one after the other."""
        if self._change[0] is before and self._change[1] is now:
            return
        known = {*map(id, before)}
        self._change = (before, now)
        self._added = tuple(each for each in now if id(each) not in known)
        self._present = frozenset(map(id, now))


class RememberedJudgements(Judgements[_Rememberer]):
    """Of things that remember what answers were read from, and change while they stay the same object."""

    def ask_again(
        self, subjects: Sequence[_Rememberer], subject: _Rememberer, changed: Sequence[Hashable]
    ) -> set[Hashable]:
        """Parts of a file that answers about a subject hang on have changed: what is answered otherwise now.

        Args:
            subjects: all that are asked about.
        """
        forgotten = [each for each in subject.memory.forget(changed) if isinstance(each, Question)]
        return {each for each in forgotten if self._is_to_be_asked(each.key, subjects, subject)}

    def _is_to_be_asked(self, key: str, subjects: Sequence[_Rememberer], subject: _Rememberer) -> bool:
        asked = self._asked.get(key)
        if asked is None or asked.subjects is not subjects:  # nobody has asked lately
            self._asked.pop(key, None)
            return True
        return self._is_answered_otherwise(key, asked, subjects, subject, subject)

    def _answer(
        self, key: str, subject: _Rememberer, judge: Callable[[_Rememberer], _Answer | None]
    ) -> _Answer | None:
        return subject.memory.anew(Question(self.about, key), lambda: judge(subject))
