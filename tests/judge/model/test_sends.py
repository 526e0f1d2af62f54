"""Sends in virtual time: right runs hold their laws, and each damage is blamed on its own."""

import pytest

from tests.judge.model.exact_runs import Played, Word, damaged, run_of, told, upheld, verdict
from tests.judge.model.steps import accept, close, fail, open_, received, send, until

LOCK, END = "lock_taken", "send_ended"


def lock(at: int, number: int = 1, conn: str = "a") -> Word:
    return (LOCK, at, conn, number)


def wrote(at: int, count: int, number: int = 1, conn: str = "a", began: int | None = None) -> Word:
    return ("written", at, conn, number, at if began is None else began, count)


def ended(
    at: int, outcome: str, number: int = 1, conn: str = "a", raised: bool | None = None
) -> Word:
    tells = outcome in ("timeout", "closed", "error") if raised is None else raised
    return (END, at, conn, number, outcome, tells)


CLOSING = ("closing", 100, "a")

# A frame of 50 bytes against a room of 10: it has bytes left at its deadline, 100.
STALLED: list[Played] = [
    (open_("a", room=10), ()),
    (send("a", 1, 50, at=0), (lock(0), wrote(0, 10))),
    (until(100), (ended(100, "timeout"), CLOSING)),
    (until(300), ()),
]
# The same, and the peer takes a little 60 in.
TRICKLED: list[Played] = [
    *STALLED[:2],
    (accept("a", 5, at=60), (wrote(60, 5),)),
    (until(100), (ended(100, "timeout"), CLOSING)),
    (until(300), ()),
]
# Two more wait behind the stalled one.
QUEUED: list[Played] = [
    *STALLED[:2],
    (send("a", 2, 5, at=10), ()),
    (send("a", 3, 5, at=20), ()),
    (
        until(100),
        (ended(100, "timeout"), CLOSING, ended(100, "suppressed", 2), ended(100, "suppressed", 3)),
    ),
    (until(300), ()),
]
# The second waits until 80, and its deadline counts from there.
HANDED_OVER: list[Played] = [
    *STALLED[:2],
    (send("a", 2, 50, at=10), ()),
    (accept("a", 40, at=80), (wrote(80, 40), ended(80, "ok"), lock(80, 2))),
    (until(180), (ended(180, "timeout", 2), ("closing", 180, "a"))),
    (until(300), ()),
]
TORN: list[Played] = [
    *STALLED[:2],
    (fail("a", "EPIPE", at=50), (ended(50, "closed"), ("closing", 50, "a"))),
    (until(300), ()),
]
UNWRITTEN: list[Played] = [
    (open_("a", room=0), ()),
    (send("a", 1, 50, at=0), (lock(0),)),
    (fail("a", "EIO", at=50), (ended(50, "error"),)),
    (until(300), ()),
]
CLOSED: list[Played] = [
    *STALLED[:2],
    (close("a", at=50), (("closing", 50, "a"), ended(50, "suppressed"))),
    (accept("a", 100, at=60), ()),
    (send("a", 2, 5, at=70), (ended(70, "suppressed", 2),)),
    (close("a", at=80), ()),
    (received("a", at=90), ()),
    (until(300), ()),
]
LATE_TO_THE_END: list[Played] = [
    *STALLED[:2],
    (accept("a", 40, late=1, at=99), (wrote(100, 40, began=99), ended(100, "ok"))),
    (until(300), ()),
]
LATE_IN_PART: list[Played] = [
    *STALLED[:2],
    (
        accept("a", 39, late=2, at=99),
        (wrote(101, 39, began=99), ended(101, "timeout"), ("closing", 101, "a")),
    ),
    (until(300), ()),
]
IN_ORDER: list[Played] = [
    *STALLED[:2],
    (send("a", 2, 5, at=10), ()),
    (send("a", 3, 5, at=20), ()),
    (
        accept("a", 42, at=30),
        (wrote(30, 40), ended(30, "ok"), lock(30, 2), wrote(30, 2, 2)),
    ),
    (accept("a", 8, at=40), (wrote(40, 3, 2), ended(40, "ok", 2), lock(40, 3), wrote(40, 5, 3),
                             ended(40, "ok", 3))),
    (until(300), ()),
]  # fmt: skip
BESIDE: list[Played] = [
    *STALLED[:2],
    (open_("b", at=5), ()),
    (send("b", 2, 5, at=10), (lock(10, 2, "b"), wrote(10, 5, 2, "b"), ended(10, "ok", 2, "b"))),
    *STALLED[2:],
]


@pytest.mark.parametrize(
    ("played", "held"),
    [
        (STALLED, {"SD-2", "SD-4", "SD-5", "SD-7", "CX-4"}),
        (TRICKLED, {"SD-1", "SD-2", "SD-4", "SD-5", "SD-7", "CX-4"}),
        (QUEUED, {"SD-2", "SD-3", "SD-4", "SD-5", "SD-7", "SD-10", "SD-13", "SD-15", "CX-1",
                  "CX-4"}),
        (HANDED_OVER, {"SD-1", "SD-2", "SD-4", "SD-5", "SD-7", "SD-9", "CX-1", "CX-4"}),
        (TORN, {"SD-6", "SD-7", "SD-10", "SD-15", "CX-4"}),
        (UNWRITTEN, {"SD-7", "SD-8", "SD-15", "CX-4"}),
        (CLOSED, {"SD-5", "SD-10", "SD-12", "SD-15", "CX-2", "CX-4", "CX-6"}),
        (LATE_TO_THE_END, {"SD-2", "SD-4", "SD-9", "CX-4"}),
        (LATE_IN_PART, {"SD-1", "SD-2", "SD-5", "SD-7", "CX-4"}),
        (IN_ORDER, {"SD-9", "SD-14", "CX-1", "CX-4"}),
        (BESIDE, {"SD-2", "SD-4", "SD-5", "SD-7", "SD-9", "CX-3", "CX-4"}),
    ],
)  # fmt: skip
def test_a_right_run_holds_what_it_puts_to_the_test(played: list[Played], held: set[str]) -> None:
    """Nothing is blamed, and what was put to the test is held: no more and no less.

    SD-14 counts where sequence numbers were said; these runs say none.
    """
    assert upheld(played) == held - {"SD-14"}


def later(at: int, number: int = 1) -> list[tuple[int, Word]]:
    """A TIMEOUT with its closing that comes at `at`, while time goes on to the end."""
    return [(-1, ended(at, "timeout", number)), (-1, ("closing", at, "a"))]


DUE = (ended(100, "timeout"), CLOSING)


@pytest.mark.parametrize(
    ("played", "gone", "more", "broken"),
    [
        pytest.param(TRICKLED, DUE, later(160), {"SD-1"}, id="progress moves the deadline"),
        pytest.param(TRICKLED, DUE, (), {"SD-1"}, id="a trickle holds the lock for ever"),
        pytest.param(STALLED, DUE, later(101), {"SD-2"}, id="the deadline is exclusive"),
        pytest.param(TRICKLED, DUE, later(101), {"SD-2"}, id="exclusive after progress too"),
        pytest.param(
            LATE_IN_PART,
            (ended(101, "timeout"), ("closing", 101, "a")),
            later(201),
            {"SD-2"},
            id="a write beyond the deadline is not looked at",
        ),
        pytest.param(STALLED, DUE, later(250), {"SD-3"}, id="the lock comes back late"),
        pytest.param(STALLED, DUE, (), {"SD-3"}, id="the lock never comes back"),
        pytest.param(
            STALLED, DUE,
            [(2, ended(99, "timeout")), (2, ("closing", 99, "a"))], {"SD-4"}, id="1 us too early",
        ),
        pytest.param(
            HANDED_OVER,
            (ended(180, "timeout", 2), ("closing", 180, "a")),
            [(4, ended(110, "timeout", 2)), (4, ("closing", 110, "a"))],
            {"SD-4"},
            id="the time in the queue counts",
        ),
        pytest.param(STALLED, [CLOSING], (), {"SD-5"}, id="a time-out does not close"),
        pytest.param(STALLED, (), [(2, CLOSING)], {"SD-5"}, id="a time-out closes twice"),
        pytest.param(TORN, [("closing", 50, "a")], (), {"SD-6"}, id="a torn frame stays open"),
        pytest.param(
            TORN, [ended(50, "closed")], [(2, ended(50, "error"))], {"SD-7"}, id="the wrong row"
        ),
        pytest.param(
            STALLED, [DUE[0]], [(2, ended(100, "error"))], {"SD-7"}, id="the deadline is an error"
        ),
        pytest.param(
            UNWRITTEN, (), [(2, ("closing", 50, "a"))], {"SD-8"}, id="an unwritten failure closes"
        ),
        pytest.param(
            LATE_TO_THE_END, [ended(100, "ok")],
            [(2, ended(100, "timeout")), (2, CLOSING)], {"SD-9"}, id="the last byte comes too late",
        ),
        pytest.param(
            LATE_TO_THE_END, (), [(2, CLOSING)], {"SD-9"}, id="a frame that left closes"
        ),
        pytest.param(
            STALLED, DUE, [(2, ended(100, "ok"))], {"SD-10"}, id="a torn frame is called OK"
        ),
        pytest.param(
            CLOSED, [ended(50, "suppressed")], [(2, ended(50, "closed", raised=False))],
            {"SD-10"}, id="closing is not told apart",
        ),
        pytest.param(
            CLOSED, (), [(4, wrote(70, 5, 2))], {"SD-12"}, id="a write after the closing"
        ),
        pytest.param(
            QUEUED, [ended(100, "suppressed", 3)], [(-1, ended(200, "suppressed", 3))],
            {"SD-13"}, id="each queued send runs its own deadline",
        ),
        pytest.param(
            QUEUED, (), [(4, lock(100, 2)), (4, wrote(100, 5, 2))], {"SD-13"}, id="a queued writes"
        ),
        pytest.param(
            CLOSED, [ended(50, "suppressed")], [(2, ended(50, "suppressed", raised=True))],
            {"SD-15"}, id="closing is loud",
        ),
        pytest.param(
            TORN, [ended(50, "closed")], [(2, ended(50, "closed", raised=False))], {"SD-15"},
            id="a failure before closing is quiet",
        ),
        pytest.param(QUEUED, (), [(2, lock(10, 2))], {"CX-1"}, id="two are in flight"),
        pytest.param(
            IN_ORDER,
            [lock(30, 2), wrote(30, 2, 2), wrote(40, 3, 2), ended(40, "ok", 2), lock(40, 3),
             wrote(40, 5, 3), ended(40, "ok", 3)],
            [(4, lock(30, 3)), (4, wrote(30, 2, 3))], {"CX-4"}, id="the last comes first",
        ),
        pytest.param(
            CLOSED, [ended(50, "suppressed")], [(-1, ended(100, "suppressed"))], {"CX-2"},
            id="a blocked send sleeps on",
        ),
        pytest.param(
            BESIDE,
            [lock(10, 2, "b"), wrote(10, 5, 2, "b"), ended(10, "ok", 2, "b")],
            [(-2, lock(100, 2, "b")), (-2, wrote(100, 5, 2, "b")), (-2, ended(100, "ok", 2, "b"))],
            {"CX-3"}, id="one connection holds up another",
        ),
        pytest.param(
            CLOSED, (), [(-1, ended(100, "timeout"))], {"CX-6"}, id="an ended send ends again"
        ),
        pytest.param(
            CLOSED, (), [(5, ("closing", 80, "a"))], {"CX-6"}, id="a second close closes again"
        ),
        pytest.param(CLOSED, (), [(3, wrote(60, 40))], {"CX-6"}, id="room revives a dead send"),
        pytest.param(CLOSED, (), [(-1, CLOSING)], {"SD-5"}, id="the timer was left behind"),
        pytest.param(
            CLOSED, [ended(70, "suppressed", 2)], (), {"CX-6"}, id="a late send never ends"
        ),
    ],
)  # fmt: skip
def test_a_damage_is_blamed_on_its_own_law(
    played: list[Played], gone: list[Word], more: list[tuple[int, Word]], broken: set[str]
) -> None:
    """Each mistake breaks exactly the requirement that forbids it."""
    assert verdict(damaged(played, gone, more)) == broken


def test_an_interruption_is_no_failure() -> None:
    """A send that ends by EINTR breaks SD-7, and one that restarts its deadline by it SD-1."""
    right: list[Played] = [
        *STALLED[:2],
        (fail("a", "EINTR", at=50), ()),
        (until(100), DUE),
        (until(300), ()),
    ]
    assert {"SD-1", "SD-7"} <= upheld(right)
    ends = [(2, ended(50, "error")), (2, ("closing", 50, "a"))]
    assert verdict(damaged(right, DUE, ends)) == {"SD-7"}
    assert verdict(damaged(right, DUE, later(150))) == {"SD-1"}


def test_what_lies_before_a_divergence_is_held_and_what_follows_is_not() -> None:
    """The first OK counts, the second send that is called OK is blamed, and nothing after it."""
    played: list[Played] = [
        (open_("a", room=5), ()),
        (send("a", 1, 5, at=0), (lock(0), wrote(0, 5), ended(0, "ok"))),
        (send("a", 2, 5, at=10), (lock(10, 2), ended(20, "ok", 2))),
        (close("a", at=50), (("closing", 50, "a"),)),
        (close("a", at=60), (("closing", 60, "a"),)),
    ]
    played[3] = (close("a", at=50), (ended(20, "ok", 2), ("closing", 50, "a")))
    played[2] = (played[2][0], (lock(10, 2),))
    run = run_of(played)
    assert told(run, "broken") == {"SD-10"}
    assert told(run, "held") == {"SD-9", "CX-4"}


def test_a_lock_that_is_taken_and_lost_at_once_may_be_told_or_not() -> None:
    """A send that fails at once with nothing written need not say that it took the lock."""
    played: list[Played] = [
        (open_("a"), ()),
        (fail("a", "EPIPE", at=0), ()),
        (send("a", 1, 5, at=5), (ended(5, "closed"),)),
    ]
    assert "SD-8" in upheld(played)
    assert upheld(damaged(played, (), [(2, lock(5))])) == upheld(played)


def test_writes_of_one_instant_count_together() -> None:
    """How a frame is cut into writes within an instant is nobody's business; the bytes are."""
    cut = damaged(STALLED, [wrote(0, 10)], [(1, wrote(0, 4)), (1, wrote(0, 6))])
    assert upheld(cut) == upheld(STALLED)
    more = damaged(STALLED, [wrote(0, 10)], [(1, wrote(0, 4)), (1, wrote(0, 7))])
    assert verdict(more) == {"SD-9"}


def test_doing_nothing_breaks_a_law_and_holds_none() -> None:
    """An implementation that answers everything and does nothing is caught at the first send."""
    silent = [(step, ()) for step, _words in STALLED]
    run = run_of(silent)
    assert (told(run, "broken"), told(run, "held")) == ({"CX-4"}, set())
