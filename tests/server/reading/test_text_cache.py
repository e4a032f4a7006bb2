"""What was worked out of texts is kept, as far as it isn't too much."""

from __future__ import annotations

import pytest

from neuron_config_server.reading import text_cache
from neuron_config_server.reading.text_cache import drop_texts, dropped_with_texts, kept_by_text


class Counted:
    """A function of texts that tells of which it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.of = kept_by_text(self._of)

    def _of(self, text: str, more: int = 0) -> int:
        self.asked.append(text)
        return len(text) + more


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setattr(text_cache, "_MOST_CHARACTERS", 10)
    monkeypatch.setattr(text_cache, "_ANSWER", 0)
    monkeypatch.setattr(text_cache, "_droppings", [])
    return Counted()


def test_what_is_asked_again_is_worked_out_once(counted: Counted) -> None:
    assert [counted.of("abc"), counted.of("abc")] == [3, 3]
    assert [counted.of("abc", 1), counted.of("abc", more=1)] == [4, 4]
    assert counted.asked == ["abc", "abc"]


def test_it_is_the_characters_that_count_and_what_was_not_asked_for_longest_goes(counted: Counted) -> None:
    for text in ("a" * 4, "b" * 4, "a" * 4, "c" * 4):
        counted.of(text)
    counted.asked.clear()
    for text in ("a" * 4, "c" * 4, "b" * 4):
        counted.of(text)
    assert counted.asked == ["bbbb"]


def test_a_text_that_is_longer_than_all_is_kept_until_the_next(counted: Counted) -> None:
    for text in ("a" * 11, "a" * 11, "b", "a" * 11):
        counted.of(text)
    assert counted.asked == ["a" * 11, "b", "a" * 11]


def test_all_of_it_can_be_dropped(counted: Counted) -> None:
    elsewhere = {"abc": 3}
    dropped_with_texts(elsewhere.clear)
    counted.of("abc")
    drop_texts()
    assert elsewhere == {}
    counted.of("abcdefg")
    counted.of("abc")  # both fit: nothing is held of what was dropped
    counted.of("abcdefg")
    assert counted.asked == ["abc", "abcdefg", "abc"]


def test_of_short_texts_not_all_are_kept_either(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_cache, "_ANSWER", 2)
    for text in ("a", "b", "c", "d", "a"):  # three characters each
        counted.of(text)
    assert counted.asked == ["a", "b", "c", "d", "a"]
