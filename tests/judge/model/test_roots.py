"""One divergence has one root: what only follows from it, or meets it by chance, is not blamed."""

import pytest

from stallproof.judge import model
from stallproof.requirements.vectors.format import Step
from tests.judge.model.exact_runs import Played, Word, damaged, run_of, upheld, verdict
from tests.judge.model.steps import (
    accept,
    ack,
    check,
    close,
    monitor,
    open_,
    received,
    send,
    stream,
    until,
    wall_jump,
)

CLOSES = {"close_stalled": 1}


def checked(at: int, stall: int, count: int, conn: str = "a") -> Word:
    return ("checked", at, conn, stall, count)


def warned(at: int, count: int, conn: str = "a") -> Word:
    return ("warned", at, conn, count, 2)


def blocked(at: int = 0) -> Played:
    return send("a", 1, 50, at=at), (
        ("lock_taken", at, "a", 1),
        ("written", at, "a", 1, at, 10),
    )


def cut(at: int) -> tuple[Word, Word]:
    return ("closing", at, "a"), ("send_ended", at, "a", 1, "suppressed", False)


def let_through(at: int) -> Played:
    done = ("written", at, "a", 1, at, 40), ("send_ended", at, "a", 1, "ok", False)
    return accept("a", 40, at=at), done


# A stalled connection and a healthy one, in one pass.
BESIDE: list[Played] = [
    (open_("a", room=10), ()),
    (open_("b", heartbeats=False), ()),
    blocked(),
    (check(at=31), (checked(31, 31, 1), warned(31, 1), checked(31, 0, 0, "b"))),
]
IN_PLACE = [checked(31, 31, 1), warned(31, 1)]


@pytest.mark.parametrize(
    ("policy", "more", "broken"),
    [
        ({}, cut(31), {"SC-5"}),
        (CLOSES, cut(31), {"SC-6"}),
        ({}, [("heartbeat_queued", 31, "a")], {"SC-10"}),
        ({"stall_timeout_us": 31}, [("heartbeat_queued", 31, "a")], {"SC-11"}),
        ({}, [], {"SC-12"}),
    ],
)
def test_what_a_pass_does_in_place_of_a_check_is_the_root(
    policy: dict[str, int], more: list[Word], broken: set[str]
) -> None:
    """A pass that closes a connection, or sends it a heartbeat, has not left it out."""
    gone = IN_PLACE if "stall_timeout_us" not in policy else [checked(31, 31, 0)]
    played = BESIDE
    if "stall_timeout_us" in policy:
        played = [*BESIDE[:3], (check(at=31), (checked(31, 31, 0), checked(31, 0, 0, "b")))]
    assert broken == verdict(damaged(played, gone, [(3, word) for word in more]), policy)


# Passes at 10, 20, 30 and 40; the send is blocked until 25.
TICKS: list[Played] = [
    (open_("a", room=10, heartbeats=False), ()),
    (monitor(10, at=0), ()),
    blocked(),
    (until(20), (checked(10, 10, 0), checked(20, 20, 0))),
    let_through(25),
    (until(40), (checked(30, 0, 0), checked(40, 0, 0))),
]


def late(*moments: int) -> list[Played]:
    """Return the play in which the passes at 20 and after come at `moments` instead."""
    gone = [checked(20, 20, 0), checked(30, 0, 0), checked(40, 0, 0)]
    words = [(4 if at <= 25 else 5, checked(at, 0, 0)) for at in moments]
    return damaged(TICKS, gone, words)


@pytest.mark.parametrize(
    ("moments", "broken"),
    [
        # It waits for the send, and the schedule goes on, or begins anew.
        ((25, 30, 40), {"SC-11"}),
        # It slips: the next ones come as late, with nothing to wait for.
        ((25, 35), {"SC-9"}),
        ((24, 30, 40), {"SC-9"}),
        ((26, 30, 40), {"SC-9"}),
        # A tick is left out.
        ((30, 40), {"SC-9"}),
    ],
)
def test_a_pass_that_is_late_has_waited_only_if_nothing_else_explains_it(
    moments: tuple[int, ...], broken: set[str]
) -> None:
    """One that comes just when a blocked send ends may slip there by chance."""
    assert broken == verdict(late(*moments))


def test_a_tick_that_is_left_out_until_a_send_ends_is_no_wait() -> None:
    """The send ends at the very tick at which the next pass is due anyway."""
    played = [*TICKS[:4], let_through(30), (until(40), (checked(40, 0, 0),))]
    played[3] = (until(29), (checked(10, 10, 0),))
    played[4] = (played[4][0], (checked(30, 30, 0), *played[4][1]))
    assert verdict(played) == {"SC-9"}


def idle(jump_us: int, beat_us: int, *passes: int) -> list[Played]:
    """Received at 0, moved at 5, then passes; a heartbeat comes at `beat_us`, at most at 1000."""
    moments = sorted({*passes, beat_us})
    return [
        (open_("a"), ()),
        (received("a", at=0), (("received", 0, "a"),)),
        (wall_jump(jump_us, at=5), ()),
        *(
            (
                check(at=at),
                (checked(at, 0, 0), *([("heartbeat_queued", at, "a")] if at == beat_us else [])),
            )
            for at in moments
        ),
    ]


@pytest.mark.parametrize(
    ("played", "broken"),
    [
        (idle(5000, 999), "SC-14"),
        (idle(5000, 1000), "SC-10"),
        (idle(1, 1000), "SC-14"),
        # By the wall it was due at the pass before already, and did not come there.
        (idle(5000, 999, 500), "SC-10"),
        (idle(400, 700, 500), "SC-14"),
        (idle(400, 700, 600), "SC-14"),
        (idle(400, 700, 601), "SC-10"),
    ],
)
def test_a_heartbeat_is_of_the_wall_clock_only_if_that_explains_it(
    played: list[Played], broken: str
) -> None:
    """The interval is 1000; exactly there it is inclusive for somebody, whatever the wall says."""
    # Before the heartbeat is due by the wall nothing explains it but the interval itself.
    assert verdict(played) == {broken}


def test_a_check_that_found_something_else_is_the_root_of_its_closing() -> None:
    """The stall time is wrong, and what the monitor does by it follows."""
    found = [(3, checked(31, 500, 2)), (3, warned(31, 2)), *((3, word) for word in cut(31))]
    assert verdict(damaged(BESIDE, IN_PLACE, found), CLOSES) == {"SC-1"}


LINGERS: list[Played] = [
    (Step(at_us=0, do={**(open_("a", room=10, heartbeats=False).do or {}), "linger_us": 35}), ()),
    blocked(),
    (check(at=31), (checked(31, 31, 1), warned(31, 1))),
    (check(at=40), (checked(40, 40, 2), warned(40, 2), ("closing", 40, "a"))),
    (check(at=50), ()),
    (until(75), (("send_ended", 75, "a", 1, "suppressed", False),)),
    (check(at=76), ()),
]


def test_a_stall_that_outlasts_its_closing_holds_what_it_puts_to_the_test() -> None:
    """The closing comes once, and the send ends when its transport lets it go."""
    assert {"SC-7", "SC-8", "CX-2", "SD-10", "SD-15"} <= upheld(LINGERS, CLOSES)


@pytest.mark.parametrize(
    "more", [[], [checked(50, 0, 0)], [checked(50, 50, 3)], [checked(50, 50, 3), warned(50, 3)]]
)
def test_who_looks_at_a_send_that_lingers_may_say_what_it_finds(more: list[Word]) -> None:
    """The stall time and the count are those of a stall that goes on, or nothing is said."""
    assert verdict(damaged(LINGERS, (), [(4, word) for word in more]), CLOSES) == set()


@pytest.mark.parametrize(
    ("gone", "more", "broken"),
    [
        ([], [(4, ("closing", 50, "a"))], {"SC-8"}),
        ([], [(4, checked(50, 49, 3))], {"SC-1"}),
        ([], [(4, checked(50, 50, 2))], {"SC-3"}),
        ([], [(6, checked(76, 76, 4))], {"SC-1"}),
        (
            [("send_ended", 75, "a", 1, "suppressed", False)],
            [(6, ("send_ended", 76, "a", 1, "suppressed", False))],
            {"CX-2"},
        ),
        ([("send_ended", 75, "a", 1, "suppressed", False)], [], {"CX-2"}),
    ],
)
def test_a_send_that_lingers_is_judged_by_its_own_laws(
    gone: list[Word], more: list[tuple[int, Word]], broken: set[str]
) -> None:
    """A second closing, a wrong finding, and a send that sleeps on are blamed each on its law."""
    assert broken == verdict(damaged(LINGERS, gone, more), CLOSES)


SENT: list[Played] = [
    (open_("a", room=10), ()),
    (send("a", 1, 5, at=0), (("lock_taken", 0, "a", 1), ("written", 0, "a", 1, 0, 5),
                             ("send_ended", 0, "a", 1, "ok", False))),
    (until(50), ()),
]  # fmt: skip
STREAM: list[Played] = [
    (open_("a"), ()),
    (stream("a", 1, 60, at=0), tuple(("chunk_begun", 0, "a", 1, end) for end in (10, 20, 30))),
    (ack("a", 1, 5, at=9), (("ack_received", 9, "a", 1, True),)),
]


def doubts(played: list[Played]) -> set[str]:
    """Return what is told of a play that breaks nothing, and leaves its requirements open."""
    found = model.observe(run_of(played, requirements=["SD-9", "SC-1"]))
    assert {seen.requirement for seen in found if seen.tells != "held"} == {"SD-9", "SC-1"}
    assert not any(seen.tells == "broken" for seen in found)
    return {seen.explanation for seen in found if seen.tells == "unsure"}


@pytest.mark.parametrize(
    ("played", "gone", "more", "said"),
    [
        (SENT, [("lock_taken", 0, "a", 1)], [],
         "Nothing was said at 0.0 ms of what happened then: "
         "send 1 on a took the lock. That has to be said."),
        (SENT, [], [(2, ("closing", 50, "a"))],
         "It was said at 0.05 ms that a began to close: nothing called for it."),
        (SENT, [], [(2, ("lock_taken", 50, "a", 7))],
         "It was said at 0.05 ms that send 7 on a took the lock: "
         "nobody asked for what that names."),
        (SENT, [], [(2, ("written", 50, "b", 1, 50, 3))],
         "It was said at 0.05 ms that send 1 on b wrote 3 bytes: "
         "nobody asked for what that names."),
        (STREAM, [("ack_received", 9, "a", 1, True)], [],
         "Nothing was said at 0.009 ms of what happened then: "
         "an ACK of stream 1 on a came in. That has to be said."),
        (LINGERS, [], [(4, ("send_ended", 50, "a", 1, "suppressed", False))],
         "It was said at 0.05 ms that send 1 on a ended with 'suppressed', and its transport, "
         "which lingers, lets it go only at 0.075 ms."),
    ],
)  # fmt: skip
def test_what_nobody_breaks_is_told_in_a_sentence(
    played: list[Played], gone: list[Word], more: list[tuple[int, Word]], said: str
) -> None:
    """A word that is missing, or too much, or about a stranger is told for a reader."""
    if played is LINGERS:
        found = model.observe(run_of(damaged(played, gone, more), CLOSES, requirements=["SC-8"]))
        assert said in {seen.explanation for seen in found if seen.tells == "unsure"}
    else:
        assert {said} == doubts(damaged(played, gone, more))


def test_a_word_of_the_past_is_told_in_a_sentence() -> None:
    """Said at 50 of a moment before, which an advance had passed."""
    played = [*SENT, (close("a", at=60), (("closing", 60, "a"), ("closing", 20, "a")))]
    (said,) = doubts(played)
    passed = "that moment had passed at 0.05 ms, when it was said."
    assert said == f"It was said of 0.02 ms that a began to close: {passed}"


def test_a_send_that_was_cut_off_by_a_closing_for_nothing_failed_without_a_cause() -> None:
    """Nobody looks at this connection: its send ends, and nothing had failed."""
    played = [(open_("a", room=10), ()), blocked(), (until(50), cut(50))]
    assert verdict(played) == {"SD-7"}


ONE: list[Played] = [
    (open_("a"), ()),
    (send("a", 1, 5, at=0), (("lock_taken", 0, "a", 1), ("written", 0, "a", 1, 0, 5),
                             ("send_ended", 0, "a", 1, "ok", False))),
]  # fmt: skip
DONE, FAILED = ("send_ended", 0, "a", 1, "ok", False), ("send_ended", 0, "a", 1, "error", True)


@pytest.mark.parametrize(
    ("gone", "broken"),
    [([DONE], "SD-9"), ([DONE, ("written", 0, "a", 1, 0, 5)], "SD-7")],
)
def test_a_failure_with_nothing_written_is_one_without_a_cause(
    gone: list[Word], broken: str
) -> None:
    """Only of a send that wrote its last byte is it said that it did."""
    run = run_of(damaged(ONE, gone, [(1, FAILED)]))
    (found,) = [seen for seen in model.observe(run) if seen.tells == "broken"]
    assert (found.requirement, "last byte" in found.explanation) == (broken, broken == "SD-9")


@pytest.mark.parametrize(
    ("more", "broken"),
    [
        ([("send_ended", 0, "a", 1, "timeout", True)], "SD-4"),
        ([("send_ended", 0, "a", 1, "suppressed", False)], "SD-7"),
        ([("closing", 0, "a"), ("send_ended", 0, "a", 1, "suppressed", False)], "SD-9"),
    ],
)
def test_what_ends_a_send_that_could_have_been_written_is_the_root(
    more: list[Word], broken: str
) -> None:
    """A TIMEOUT is too early, a closing was called for by nothing, and else there was no cause."""
    gone = [DONE, ("written", 0, "a", 1, 0, 5)]
    assert verdict(damaged(ONE, gone, [(1, word) for word in more])) == {broken}


def moved(jump_us: int, *moments: int) -> list[Played]:
    """A schedule of 10 whose clock on the wall is moved at 15; passes after that at `moments`."""
    return [
        (open_("a", heartbeats=False), ()),
        (monitor(10, at=0), ()),
        (until(10), (checked(10, 0, 0),)),
        (wall_jump(jump_us, at=15), ()),
        (until(60), tuple(checked(at, 0, 0) for at in moments)),
    ]


@pytest.mark.parametrize(
    ("played", "broken"),
    [
        (moved(-7, 27, 37, 47, 57), "SC-14"),
        (moved(-7, 26, 37, 47, 57), "SC-9"),
        (moved(-7, 21, 32, 43, 54), "SC-9"),
        (moved(5000), "SC-14"),
        (moved(5000, 30, 40, 50, 60), "SC-14"),
        (moved(5000, 21, 31, 41, 51), "SC-9"),
        (moved(3, 17, 27, 37, 47, 57), "SC-14"),
        (moved(3, 18, 20, 30, 40, 50, 60), "SC-9"),
    ],
)
def test_a_pass_that_slips_after_a_jump_of_the_wall_clock_only_slips(
    played: list[Played], broken: str
) -> None:
    """The wall clock explains as much as it was moved, and a tick that never comes."""
    assert verdict(played) == {broken}


@pytest.mark.parametrize(("again_us", "broken"), [(30, "SC-12"), (25, "CX-3")])
def test_a_check_that_is_left_out_until_the_next_pass_is_delayed_by_nobody(
    again_us: int, broken: str
) -> None:
    """One that comes as soon as the stalled neighbour lets it was held up by that."""
    played: list[Played] = [
        (open_("a", room=10, heartbeats=False), ()),
        (open_("b", heartbeats=False), ()),
        (monitor(10, at=0), ()),
        blocked(),
        (until(10), (checked(10, 10, 0), checked(10, 0, 0, "b"))),
        (until(20), (checked(20, 20, 0),)),
        (until(30), (checked(30, 30, 0), checked(again_us, 0, 0, "b"))),
    ]
    assert verdict(played) == {broken}
