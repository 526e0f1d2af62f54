"""The pieces of plays: long plays in single repetitions, and all of them put together again."""

from dataclasses import replace

import pytest

from stallproof.runner.pieces import SIDE_BY_SIDE_S, longest_first, pieces_of, put_together
from stallproof.runner.play import SCENARIOS
from stallproof.runner.played import Played, PlayedRun

TIMED = next(one for one in SCENARIOS if one.repetitions == 3)


@pytest.mark.parametrize(
    ("play_s", "numbers"),
    [
        (SIDE_BY_SIDE_S - 0.001, [range(3)]),
        (SIDE_BY_SIDE_S, [range(1), range(1, 2), range(2, 3)]),
        (SIDE_BY_SIDE_S + 0.001, [range(1), range(1, 2), range(2, 3)]),
    ],
)
def test_a_play_is_parted_from_so_many_seconds_on(play_s: float, numbers: list[range]) -> None:
    """Below the bound it is one piece, at it and above it one a repetition."""
    assert numbers == [one.numbers for one in pieces_of(replace(TIMED, play_s=play_s))]


def test_every_repetition_is_played_once_and_the_longest_piece_first() -> None:
    """No repetition of any scenario is lost or played twice, and no piece waits for a shorter."""
    pieces = longest_first(SCENARIOS)
    for scenario in SCENARIOS:
        of_it = [number for one in pieces if one.scenario is scenario for number in one.numbers]
        assert list(range(scenario.repetitions)) == sorted(of_it)
    lengths = [one.play_s for one in pieces]
    assert sorted(lengths, reverse=True) == lengths


def test_a_piece_takes_its_share_of_the_play() -> None:
    """A third of nine seconds comes after a whole play of four."""
    long, short = replace(TIMED, play_s=9.0), replace(TIMED, play_s=4.0)
    assert [4.0, 3.0, 3.0, 3.0] == [one.play_s for one in longest_first([long, short])]


def test_what_was_played_comes_together_in_the_order_of_repetitions() -> None:
    """Whichever piece was over first; a complaint of two pieces is one."""
    runs = [PlayedRun(0, 1, [], spun=False, repetition=number) for number in (1, 2, 3)]
    whole = put_together(
        [
            Played("a", [runs[2]], ["stays"]),
            Played("a", [runs[0]], []),
            Played("a", [runs[1]], ["stays", "lies"]),
        ]
    )
    assert Played("a", runs, ["stays", "lies"]) == whole
