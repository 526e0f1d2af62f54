"""The facts of one run, at both sides of each bound: who read what, and who was still writing."""

import pytest

from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.blocked import is_blocked_between, is_unfinished_at
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, heard_us
from stallproof.judge.evidence.queue import ahead_of, met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.wire import events as ev
from tests.judge.story import GRACE_US, HOLDS_BYTES, MS, PREFIX_BYTES, T0_US, Story
from tests.judge.verdicts import trace_of


def run_of(story: Story) -> Run:
    """Return the one run of a story."""
    _header, (run,) = runs_of(trace_of(story))
    return run


def conn_of(story: Story, name: str = "a") -> ConnFacts:
    """Return the facts of one connection."""
    return run_of(story).conns[name]


def at(at_us: int) -> int:
    """Return the moment so long after the beginning of a story."""
    return T0_US + at_us


# --- the peer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_us", "expected"),
    [(9, "drain"), (10, "stop"), (19, "stop"), (20, "trickle"), (29, "trickle"), (30, "drain")],
)
def test_a_mode_holds_from_its_own_moment_on(at_us: int, expected: str) -> None:
    """Before the first a peer drains."""
    story = Story("x").open("a").mode("a", 10, "stop").mode("a", 20, "trickle")
    assert expected == conn_of(story.mode("a", 30, "drain")).mode_at(at(at_us))


@pytest.mark.parametrize(
    ("begin_us", "end_us", "held_back", "stopped"),
    [
        (9, 15, False, False), (10, 15, True, True), (10, 20, True, True), (10, 21, True, False),
        (20, 30, True, False), (20, 31, False, False), (30, 35, False, False),
    ],
)  # fmt: skip
def test_held_back_is_told_to_and_stopped_is_done(
    begin_us: int, end_us: int, held_back: bool, stopped: bool
) -> None:
    """A change at either end of the span is none within it."""
    story = Story("x").open("a").mode("a", 10, "stop").mode("a", 20, "trickle")
    conn = conn_of(story.mode("a", 30, "drain"))
    assert held_back is conn.held_back_between(at(begin_us), at(end_us))
    assert stopped is conn.stopped_between(at(begin_us), at(end_us))


@pytest.mark.parametrize(
    ("began_us", "ended_us", "expected"),
    [(10, 20, True), (15, 20, True), (15, 21, False), (29, 31, False), (30, 31, True),
     (19, 31, False), (20, 20, True), (21, 21, False), (30, 30, True)],
)  # fmt: skip
def test_a_read_that_touches_the_span_from_outside_is_none_in_it(
    began_us: int, ended_us: int, expected: bool
) -> None:
    """The span is from 20 to 30."""
    story = Story("x").open("a").mode("a", 0, "stop")
    story.add(
        ev.PeerRead(at_us=at(ended_us), began_us=at(began_us), conn="a", got_bytes=1, total_bytes=1)
    )
    assert expected is conn_of(story).stopped_between(at(20), at(30))


@pytest.mark.parametrize(("at_us", "expected"), [(9, 0), (10, 5), (19, 5), (20, 12), (99, 12)])
def test_a_read_counts_from_its_beginning_on(at_us: int, expected: int) -> None:
    """The bytes of a read may have come at once, so that the limit is an upper one."""
    conn = conn_of(Story("x").open("a").read("a", 10, 5).read("a", 20, 7))
    assert expected == conn.read_by(at(at_us))


@pytest.mark.parametrize(
    ("begin_us", "end_us", "expected"),
    [(10, 20, 2), (11, 20, 1), (10, 19, 1), (11, 19, 0), (0, 9, 0), (21, 99, 0)],
)
def test_heartbeats_are_counted_with_both_ends(begin_us: int, end_us: int, expected: int) -> None:
    """Frames of other kinds are none."""
    story = Story("x").open("a").heartbeat("a", 10).frame("a", 1, 15).heartbeat("a", 20)
    assert expected == len(conn_of(story).heartbeat_frames(at(begin_us), at(end_us)))
    assert 2 == len(conn_of(story).heartbeat_frames())


def test_open_is_what_a_probe_finds_at_or_after_a_moment() -> None:
    """A probe that finds it closed proves nothing of the kind."""
    conn = conn_of(Story("x").open("a").probe("a", 20).probe("a", 30, is_open=False))
    assert conn.was_open_at(at(20)) is not None
    assert conn.was_open_at(at(21)) is None


def test_the_first_proof_of_a_close_counts() -> None:
    """A probe, a hang-up or the end, whichever came first; open probes prove none."""
    story = Story("x").open("a").probe("a", 5)
    assert conn_of(story).closed_seen() is None
    story.end("a", 30)
    assert isinstance(conn_of(story).closed_seen(), ev.PeerSawEnd)
    story.hangup("a", 20)
    assert isinstance(conn_of(story).closed_seen(), ev.PeerSawHangup)
    story.probe("a", 10, is_open=False)
    assert isinstance(conn_of(story).closed_seen(), ev.PeerProbed)


def test_a_connection_that_the_peer_closed_itself_was_not_closed_by_the_implementation() -> None:
    """The end that the peer saw was its own doing."""
    story = Story("x").open("a")
    story.add(ev.PeerSawEnd(at_us=at(9), conn="a", how="lab_closed", total_bytes=0, torn_bytes=0))
    assert conn_of(story).closed_seen() is None


# --- sends ---------------------------------------------------------------------------------------


def test_what_a_send_did_not_say_lies_in_no_time() -> None:
    """Not started and not ended are for ever, and it has no outcome."""
    story = Story("x", lag_us=7).open("a")
    story.ask("send", 10, 10, conn="a", send=1, size_bytes=100, repeat=3)
    send = conn_of(story).sends[1]
    assert (FOREVER, FOREVER, None) == (send.started_us, send.ended_us, send.outcome)
    assert (100, 3, at(10)) == (send.size_bytes, send.repeat, send.asked_us)
    assert ["Requested"] == [type(one).__name__ for one in send.evidence()]


def test_what_a_send_said_is_known_when_it_was_heard() -> None:
    """And its story is told in order, the last two writes of many."""
    story = Story("x", lag_us=7).open("a").send("a", 1, 10, ended_us=90)
    story.lock("a", 1, 11)
    for at_us in (20, 30, 40):
        story.wrote("a", 1, at_us, at_us)
    send = conn_of(story.frame("a", 1, 60)).sends[1]
    assert (at(17), at(97), "ok") == (send.started_us, send.ended_us, send.outcome)
    assert [at(us) for us in (10, 10, 11, 30, 40, 60, 90)] == [e.at_us for e in send.evidence()]
    assert send.started is not None
    assert (at(10), at(17)) == (send.started.at_us, heard_us(send.started))
    assert at(10) == heard_us(send.asked)


@pytest.mark.parametrize(("ended_us", "expected"), [(19, []), (20, []), (21, [1]), (None, [1])])
def test_in_flight_is_what_started_before_and_ended_after(
    ended_us: int | None, expected: list[int]
) -> None:
    """By the implementation's own clock, on which the order of its words is sure."""
    story = Story("x").open("a").send("a", 1, 10, ended_us=ended_us).send("a", 2, 20)
    conn = conn_of(story)
    assert expected == [one.send for one in ahead_of(conn, conn.sends[2]).free]
    assert len(expected) == ahead_of(conn, conn.sends[2]).sends
    assert met_free_lock(conn, conn.sends[1])


def test_sends_of_one_moment_are_not_in_flight_before_each_other() -> None:
    """Neither was first."""
    story = Story("x").open("a").send("a", 1, 10).send("a", 2, 10)
    conn = conn_of(story)
    assert met_free_lock(conn, conn.sends[2])


SIZE_BYTES = HOLDS_BYTES + 1000


@pytest.mark.parametrize(("read_bytes", "expected"), [(999, True), (1000, False), (1001, False)])
def test_unfinished_is_what_the_kernel_cannot_hold(read_bytes: int, expected: bool) -> None:
    """Exactly what is left may lie in the kernel."""
    story = Story("x").open("a").mode("a", 0, "stop").send("a", 1, 10, size_bytes=SIZE_BYTES)
    run = run_of(story.read("a", 20, read_bytes))
    conn = run.conns["a"]
    assert expected is is_unfinished_at(run, conn, conn.sends[1], at(20))
    assert is_unfinished_at(run, conn, conn.sends[1], at(19))
    assert expected is is_blocked_between(run, conn, conn.sends[1], at(10), at(20))
    assert not is_blocked_between(run, conn, conn.sends[1], at(9), at(19))


def test_whole_frames_before_it_are_not_its_own_bytes() -> None:
    """What was read for others is taken away, the payload of each frame."""
    story = Story("x").open("a").send("a", 1, 1, size_bytes=50_000, ended_us=2)
    story.frame("a", 1, 5, size_bytes=50_000).mode("a", 6, "stop")
    story.send("a", 2, 10, size_bytes=SIZE_BYTES).read("a", 20, 999 - PREFIX_BYTES)
    run = run_of(story)
    conn = run.conns["a"]
    assert is_unfinished_at(run, conn, conn.sends[2], at(20))
    run = run_of(story.read("a", 30, 1))
    assert not is_unfinished_at(run, run.conns["a"], run.conns["a"].sends[2], at(30))


def test_a_frame_that_arrived_is_finished_from_then_on() -> None:
    """Not a moment before."""
    story = Story("x").open("a").mode("a", 0, "stop").send("a", 1, 10, size_bytes=SIZE_BYTES)
    run = run_of(story.frame("a", 1, 30, size_bytes=SIZE_BYTES))
    conn = run.conns["a"]
    assert not is_unfinished_at(run, conn, conn.sends[1], at(30))
    assert is_unfinished_at(run, conn, conn.sends[1], at(29))


@pytest.mark.parametrize(("end_us", "expected"), [(49, True), (50, True), (51, False)])
def test_blocked_between_needs_the_send_in_flight_all_the_time(end_us: int, expected: bool) -> None:
    """It starts at 10 and ends at 50."""
    story = Story("x").open("a").mode("a", 0, "stop")
    run = run_of(story.send("a", 1, 10, size_bytes=SIZE_BYTES, ended_us=50, outcome="timeout"))
    conn = run.conns["a"]
    assert expected is is_blocked_between(run, conn, conn.sends[1], at(10), at(end_us))


# --- the run -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spun", "noise_us", "expected_us"),
    [
        (False, GRACE_US, GRACE_US), (True, GRACE_US, GRACE_US // 2),
        (True, GRACE_US // 2 - 1, GRACE_US // 2 - 1), (True, GRACE_US // 2, GRACE_US // 2),
    ],
)  # fmt: skip
def test_who_burns_the_processor_buys_at_most_half_the_grace(
    spun: bool, noise_us: int, expected_us: int
) -> None:
    """Less than that counts as it was measured."""
    story = Story("x").open("a")
    story.spun, story.noise_us = spun, noise_us
    assert expected_us == run_of(story).noise_us


def test_a_run_without_an_end_ends_with_the_last_thing_heard() -> None:
    """And nobody knows its noise."""
    story = Story("x", lag_us=7).open("a").send("a", 1, 10 * MS)
    story.ended_us = None
    run = run_of(story)
    assert (0, at(10 * MS + 7)) == (run.noise_us, run.end_us)
