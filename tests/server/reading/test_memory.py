"""Answers are kept as long as the parts of a file that they were read from stay the same."""

from __future__ import annotations

import pytest

from neuron_config_server.reading.memory import Memory, note, parts_read_by, remembered, remembered_property


class Thing:
    def __init__(self) -> None:
        self.memory = Memory()
        self.worked: list[str] = []

    @remembered_property
    def inputs(self) -> str:
        self.worked.append("inputs")
        note("def inputs")
        return "inputs"

    @remembered_property
    def judged(self) -> str:
        self.worked.append("judged")
        return f"judged {self.inputs}"


@remembered
def asked(thing: Thing, what: str) -> str:
    """Of a thing."""
    thing.worked.append(what)
    note(what)
    return what


def test_an_answer_is_worked_out_once() -> None:
    thing = Thing()
    assert [thing.judged, thing.judged, thing.inputs] == ["judged inputs", "judged inputs", "inputs"]
    assert thing.worked == ["judged", "inputs"]


def test_what_hangs_on_a_part_that_changes_is_forgotten_and_nothing_else() -> None:
    thing = Thing()
    assert (thing.inputs, thing.judged, asked(thing, "outputs")) == ("inputs", "judged inputs", "outputs")
    thing.memory.forget(["def inputs", "what nothing hangs on"])
    thing.worked.clear()
    assert (asked(thing, "outputs"), thing.judged) == ("outputs", "judged inputs")
    assert thing.worked == ["judged", "inputs"]


def test_an_answer_that_is_known_is_read_too() -> None:
    thing = Thing()
    assert thing.inputs == "inputs"
    assert parts_read_by(lambda: thing.judged) == ("judged inputs", {"def inputs"})
    assert parts_read_by(lambda: thing.judged) == ("judged inputs", {"def inputs"})


def test_arguments_tell_answers_apart() -> None:
    thing = Thing()
    assert [asked(thing, each) for each in ("a", "b", "a")] == ["a", "b", "a"]
    assert thing.worked == ["a", "b"]
    assert len(thing.memory.forget(["b"])) == 1
    assert [asked(thing, each) for each in ("a", "b")] == ["a", "b"]
    assert thing.worked == ["a", "b", "b"]


def test_what_is_worked_out_anew_is_nobody_elses() -> None:
    thing = Thing()

    def judge() -> str:
        return thing.memory.anew("judge", lambda: thing.judged)

    assert parts_read_by(judge) == ("judged inputs", frozenset())
    assert "judge" in thing.memory.forget(["def inputs"])


def test_an_answer_that_fails_is_asked_again_and_hangs_on_what_was_read() -> None:
    memory = Memory()

    def fail() -> str:
        note("part")
        raise ValueError("broken")

    def caught() -> str:
        with pytest.raises(ValueError, match="broken"):
            memory.of("fails", fail)
        return "caught"

    assert memory.of("caught", caught) == "caught"
    assert memory.forget(["part"]) == {"caught"}


def test_nothing_is_kept_of_what_is_forgotten() -> None:
    memory = Memory()
    for number in range(100):
        memory.of(number, lambda: note("one") or note("other"))
        memory.forget(["one"])
    assert not memory._answers
    assert not memory._hanging_on
