"""When the wall clock jumps in the middle of a play."""

from types import SimpleNamespace
from typing import Any

import pytest

from stallproof.runner.scenarios.jumping import HOUR_US, jump_midway
from stallproof.runner.scenarios.record import Record
from stallproof.wire.events import Requested


class Harness:
    """Who is asked, and tells the record of it."""

    def __init__(self, record: Record, features: tuple[str, ...]) -> None:
        self.hello = SimpleNamespace(features=features)
        self.asked: list[int] = []
        self._record = record

    def request(self, op: str, by_us: int) -> None:
        self.asked.append(by_us)
        self._record.add(Requested(at_us=0, id=len(self.asked), op=op, by_us=by_us))


def jumps(
    repetition: int, *, features: tuple[str, ...] = ("unix", "wall_jump"), may_jump: bool = True
) -> list[int]:
    """Return by how much the clock jumps in a repetition with two bounds."""
    record = Record()
    record.begin()
    harness = Harness(record, features)
    context: Any = SimpleNamespace(
        harness=harness, record=record, repetition=repetition, may_jump=may_jump
    )
    jump_midway(context)
    jump_midway(context)
    return harness.asked


@pytest.mark.parametrize(
    ("repetition", "by_us"),
    [(1, []), (2, [HOUR_US]), (3, [-HOUR_US]), (4, []), (5, [HOUR_US]), (6, [-HOUR_US])],
)
def test_of_three_repetitions_one_jumps_ahead_and_one_back(
    repetition: int, by_us: list[int]
) -> None:
    """Once each, however many bounds there are, and also when it is played again."""
    assert by_us == jumps(repetition)


def test_nothing_jumps_where_nobody_reads_a_wall_clock() -> None:
    """Nor in a play that has but one repetition."""
    assert [] == jumps(2, features=("unix",))
    assert [] == jumps(2, may_jump=False)
