"""Giving up in virtual time: what is lawful, and which law is broken by what is not."""

import pytest

from stallproof.judge import model
from stallproof.wire import events as ev
from tests.judge.model.exact_runs import Played, Word, damaged, run_of, upheld, verdict
from tests.judge.model.steps import accept, close, give_up, open_, send, until

LAW = {"SD-18"}


def ended(number: int, at: int, outcome: str = "given_up") -> Word:
    return ("send_ended", at, "a", number, outcome, False)


# One blocked with part of its frame written, and two behind it, of which the first is given up.
QUEUED: list[Played] = [
    (open_("a", room=10), ()),
    (send("a", 1, 50, at=0), (("lock_taken", 0, "a", 1), ("written", 0, "a", 1, 0, 10))),
    (send("a", 2, 5, at=5), ()),
    (send("a", 3, 5, at=6), ()),
    (give_up("a", 2, at=10), (ended(2, 10),)),
    (accept("a", 45, at=20), (
        ("written", 20, "a", 1, 20, 40), ended(1, 20, "ok"),
        ("lock_taken", 20, "a", 3), ("written", 20, "a", 3, 20, 5), ended(3, 20, "ok"),
    )),
]  # fmt: skip

UNWRITTEN: list[Played] = [
    (open_("a", room=0), ()),
    (send("a", 1, 50, at=0), (("lock_taken", 0, "a", 1),)),
    (send("a", 2, 5, at=5), ()),
    (give_up("a", 1, at=10), (ended(1, 10), ("lock_taken", 10, "a", 2))),
    (until(100), ()),
    (accept("a", 5, at=105), (("written", 105, "a", 2, 105, 5), ended(2, 105, "ok"))),
]

PARTLY: list[Played] = [
    (open_("a", room=10), ()),
    (send("a", 1, 50, at=0), (("lock_taken", 0, "a", 1), ("written", 0, "a", 1, 0, 10))),
    (send("a", 2, 5, at=5), ()),
    (give_up("a", 1, at=10), (
        ended(1, 10), ("closing", 10, "a"), ended(2, 10, "suppressed"),
    )),
    (accept("a", 50, at=20), ()),
]  # fmt: skip

OVER: list[Played] = [
    (open_("a", room=0), ()),
    (give_up("a", 1, at=0), ()),
    (send("a", 1, 50, at=0), (("lock_taken", 0, "a", 1),)),
    (send("a", 2, 5, at=5), ()),
    (close("a", at=10), (
        ("closing", 10, "a"), ended(1, 10, "suppressed"), ended(2, 10, "suppressed"),
    )),
    (give_up("a", 1, at=10), ()),
    (give_up("a", 2, at=11), ()),
]  # fmt: skip


@pytest.mark.parametrize("played", [QUEUED, UNWRITTEN, PARTLY, OVER])
def test_what_the_law_makes_of_a_give_up_breaks_nothing(played: list[Played]) -> None:
    """Each puts it to the test."""
    assert LAW <= upheld(played)


TURN = [("lock_taken", 20, "a", 3), ("written", 20, "a", 3, 20, 5), ended(3, 20, "ok")]


@pytest.mark.parametrize(
    ("played", "gone", "more"),
    [
        pytest.param(QUEUED, [ended(2, 10)], [], id="never ends"),
        pytest.param(QUEUED, [ended(2, 10)], [(5, ended(2, 20))], id="ends at its turn"),
        pytest.param(QUEUED, [ended(2, 10)], [(4, ended(2, 10, "closed"))], id="ends as closed"),
        pytest.param(QUEUED, TURN, [], id="its turn is lost"),
        pytest.param(QUEUED, TURN, [(5, ("lock_taken", 20, "a", 2))], id="takes the lock"),
        pytest.param(QUEUED, [], [(5, ("written", 20, "a", 2, 20, 5))], id="writes"),
        pytest.param(QUEUED, [], [(3, ended(3, 6))], id="nobody gave it up"),
        pytest.param(UNWRITTEN, [ended(1, 10), ("lock_taken", 10, "a", 2)], [], id="goes on"),
        pytest.param(UNWRITTEN, [("lock_taken", 10, "a", 2)], [], id="keeps the lock"),
        pytest.param(
            UNWRITTEN, [("lock_taken", 10, "a", 2)],
            [(3, ("closing", 10, "a")), (3, ended(2, 10, "suppressed"))], id="closes for nothing",
        ),
        pytest.param(
            UNWRITTEN, [], [(4, ("closing", 100, "a"))], id="its deadline closes all the same"
        ),
        pytest.param(
            PARTLY, [("closing", 10, "a"), ended(2, 10, "suppressed")],
            [(3, ("lock_taken", 10, "a", 2))], id="leaves half a frame",
        ),
        pytest.param(OVER, [], [(5, ended(1, 10))], id="ends once more"),
        pytest.param(OVER, [ended(1, 10, "suppressed")], [(4, ended(1, 10))], id="not suppressed"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_give_up_has_one_root(
    played: list[Played], gone: list[Word], more: list[tuple[int, Word]]
) -> None:
    """It is not laid to the lock, to the closing or to the deadline, which only follow from it."""
    assert LAW == verdict(damaged(played, gone, more), until_us=300)


@pytest.mark.parametrize("at_us", [100, 101])
def test_at_the_deadline_it_has_expired(at_us: int) -> None:
    """One microsecond before it can be given up; at the deadline and after it, it is over."""
    begin: list[Played] = [
        (open_("a", room=0), ()),
        (send("a", 1, 50, at=0), (("lock_taken", 0, "a", 1),)),
    ]
    expired = (("send_ended", 100, "a", 1, "timeout", True), ("closing", 100, "a"))
    assert LAW <= upheld([*begin, (give_up("a", 1, at=at_us), expired)])
    assert LAW == verdict([*begin, (give_up("a", 1, at=99), ()), (until(100), expired)])
    wrong = (ended(1, 100), ("closing", 100, "a"))
    assert LAW <= verdict([*begin, (give_up("a", 1, at=100), wrong)])


@pytest.mark.parametrize("raised", [True, False])
def test_whether_it_raised_does_not_count(raised: bool) -> None:
    """A cancelled caller is told by an exception in most languages."""
    run = run_of(QUEUED)
    told = [event for event in run.events if getattr(event, "outcome", "") == "given_up"]
    place = run.events.index(told[0])
    run.events[place] = ev.SendEnded(at_us=10, conn="a", send=2, outcome="given_up", raised=raised)
    assert {"held"} == {seen.tells for seen in model.observe(run)}
