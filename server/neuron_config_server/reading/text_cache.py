"""What was worked out of texts, kept for as many characters as some files have.

``functools.lru_cache`` counts answers: of texts as long as a file, a thousand would be kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

_Further = ParamSpec("_Further")
_Answer = TypeVar("_Answer")

_MOST_CHARACTERS = 1_000_000
"""For each function; the longest config file has 60,000."""
_ANSWER = 500
"""What an answer takes besides, in characters: of short texts there is no end."""
_droppings: list[Callable[[], None]] = []


def kept_by_text(
    function: Callable[Concatenate[str, _Further], _Answer],
) -> Callable[Concatenate[str, _Further], _Answer]:
    """A function of a text that is asked the same again: it works once.

    Answers that nobody asked for longest are dropped for new ones.
    """
    answers: OrderedDict[tuple[object, ...], tuple[int, _Answer]] = OrderedDict()
    held = 0

    @wraps(function)
    def asked(text: str, /, *further: _Further.args, **named: _Further.kwargs) -> _Answer:
        nonlocal held
        key = (text, *further, *named.values())
        if key in answers:
            answers.move_to_end(key)
            return answers[key][1]
        answer = function(text, *further, **named)
        size = len(text) + _ANSWER
        answers[key] = (size, answer)
        held += size
        while held > _MOST_CHARACTERS and len(answers) > 1:
            held -= answers.popitem(last=False)[1][0]
        return answer

    @dropped_with_texts
    def drop() -> None:
        nonlocal held
        answers.clear()
        held = 0

    return asked


def dropped_with_texts(drop: Callable[[], None]) -> Callable[[], None]:
    """Has :func:`drop_texts` call a function too, which drops what is kept elsewhere."""
    _droppings.append(drop)
    return drop


def drop_texts() -> None:
    """Drop all that was worked out of texts; it is worked out again when it is asked for."""
    for drop in _droppings:
        drop()
