from __future__ import annotations

import pytest

from neuron_config_server.reading.evaluation.operations import compare
from neuron_config_server.reading.evaluation.paths import Path, explore
from neuron_config_server.reading.evaluation.values import Symbol

N = Symbol("n")


def ways(*comparisons: tuple[str, object]) -> list[tuple[bool, ...]]:
    """What each way through decides of comparisons of ``n``."""

    def run(path: Path) -> tuple[bool, ...]:
        return tuple(path.decide(compare(N, operator, constant)) for operator, constant in comparisons)

    runs, is_cut = explore(run)
    assert not is_cut
    return sorted(each.result for each in runs)


@pytest.mark.parametrize(
    ("comparisons", "expected"),
    [
        ([(">", 6), (">", 12)], [(False, False), (True, False), (True, True)]),
        ([(">", 6), ("<=", 6)], [(False, True), (True, False)]),
        ([(">=", 6), ("<=", 6)], [(False, True), (True, False), (True, True)]),
        ([(">", 6), ("==", 6)], [(False, False), (False, True), (True, False)]),
        (
            [("==", 6), (">", 5), ("<", 9)],
            [(False, False, True), (False, True, False), (False, True, True), (True, True, True)],
        ),
        ([("==", "a"), ("==", "b")], [(False, False), (False, True), (True, False)]),
    ],
)
def test_no_way_contradicts_itself(
    comparisons: list[tuple[str, object]], expected: list[tuple[bool, ...]]
) -> None:
    assert ways(*comparisons) == expected


def test_a_constant_on_the_left_is_the_same_comparison() -> None:
    def run(path: Path) -> tuple[bool, bool]:
        return path.decide(compare(5, "<", N)), path.decide(compare(N, ">", 5))

    assert sorted(each.result for each in explore(run)[0]) == [(False, False), (True, True)]


def test_what_is_known_to_be_equal_is_as_true_as_that() -> None:
    def run(path: Path) -> tuple[bool, bool]:
        return path.decide(compare(N, "==", 0)), path.decide(N)

    assert sorted(each.result for each in explore(run)[0]) == [(False, False), (False, True), (True, False)]


def test_the_rest_of_the_ways_is_left_when_it_is_enough() -> None:
    runs, is_cut = explore(lambda path: path.decide(N), lambda: True)
    assert (len(runs), is_cut) == (1, True)
