"""The bracket of the lock: what a send does before it takes the lock is charged to nobody."""

import pytest

from stallproof.wire import events as ev
from tests.judge.beating import others_fail
from tests.judge.sending import ASKED_US, DEADLINE_US, PROBE, STALLED, TIMEOUT_US, stalled
from tests.judge.story import BIG_BYTES, GRACE_US, MS, NOISE_US, T0_US, Story
from tests.judge.verdicts import failing, verdicts_of, weighed

COPY_US = 120 * MS
PROBED_US = ASKED_US + 200 * MS
"""When the probe is asked for: the stalled send has the lock by then."""


def copies(
    late_us: int = 0,
    *,
    first_byte_us: int | None = COPY_US,
    lock_us: int | None = None,
    asked_us: int = PROBED_US,
    size_bytes: int = BIG_BYTES,
) -> Story:
    """A send works for 120 ms, takes the lock, and times out `late_us` after its deadline.

    `first_byte_us`: when the peer sees its first byte, `lock_us`: when it took the lock by its own
    word, both after its request; `None`: never.
    """
    story = Story("copies", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    seen_us = False if first_byte_us is None else ASKED_US + first_byte_us
    story.send("a", STALLED, ASKED_US, size_bytes=size_bytes, first_byte_us=seen_us)
    if lock_us is not None:
        story.lock("a", STALLED, ASKED_US + lock_us)
    ended_us = DEADLINE_US + COPY_US + late_us
    story.send("a", PROBE, asked_us, ended_us=ended_us + 1, outcome="suppressed")
    story.ended("a", STALLED, ended_us, "timeout", raised=True)
    story.closing("a", ended_us, cause="send_timeout").hangup("a", ended_us)
    return story.end("a", 1500 * MS, torn=STALLED, left_bytes=500_000)


BEYOND_US = GRACE_US + NOISE_US
"""Up to so much after a bound it is not certainly late."""


@pytest.mark.parametrize(
    "known",
    [{}, {"lock_us": COPY_US}, {"first_byte_us": None, "lock_us": COPY_US}, {"lock_us": 300 * MS}],
    ids=["first byte", "both", "its word", "a word that comes too late"],
)
def test_the_bound_counts_from_the_latest_moment_of_the_lock(known: dict[str, int | None]) -> None:
    """At the bound with grace and noise it is not late, 1 us later it is."""
    assert set() == failing(copies(**known))  # type: ignore[arg-type]
    assert set() == failing(copies(BEYOND_US, **known))  # type: ignore[arg-type]
    assert {"SD-3"} == failing(copies(BEYOND_US + 1, **known))  # type: ignore[arg-type]


def test_without_a_word_and_without_a_byte_lateness_is_undecided() -> None:
    """Nobody knows when it took the lock: no fail and no pass, but in time is in time."""
    for late_us in (BEYOND_US, BEYOND_US + 1, 300 * MS):
        told = weighed(copies(late_us, first_byte_us=None), "SD-3")
        assert {"never-reads-unix": "inconclusive"} == told
    in_time = copies(GRACE_US - COPY_US, first_byte_us=None)
    assert {"never-reads-unix": "pass"} == weighed(in_time, "SD-3")
    one_more = copies(GRACE_US - COPY_US + 1, first_byte_us=None)
    assert {"never-reads-unix": "inconclusive"} == weighed(one_more, "SD-3")


def test_a_lock_that_is_never_let_go_is_no_pass_without_a_word_of_it() -> None:
    """Who says nothing of its lock and writes nothing escapes the fail, and gets no pass."""
    story = Story("never", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send("a", STALLED, ASKED_US, size_bytes=BIG_BYTES, first_byte_us=False)
    story.send("a", PROBE, PROBED_US).mode("a", 1500 * MS, "drain")
    assert {"never-reads-unix": "inconclusive"} == weighed(story, "SD-3")


@pytest.mark.parametrize(("at_us", "is_one"), [(-1, True), (0, False), (1, False)])
def test_a_probe_is_asked_for_before_the_stalled_send_has_returned(
    at_us: int, is_one: bool
) -> None:
    """What comes after it meets another holder, or nobody, and may take as long as it likes."""
    story = Story("no-probe", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send("a", STALLED, ASKED_US, size_bytes=BIG_BYTES, first_byte_us=ASKED_US)
    story.ended("a", STALLED, ASKED_US + 200 * MS, "error")
    story.send("a", PROBE, ASKED_US + 200 * MS + at_us).end("a", 1500 * MS, torn=STALLED)
    assert is_one is ("SD-3" in failing(story))


@pytest.mark.parametrize(("byte_us", "is_its_own"), [(49, True), (50, False), (51, False)])
def test_bytes_are_its_own_while_no_other_send_was_asked_for(
    byte_us: int, is_its_own: bool
) -> None:
    """From the request of the other one on, the first bytes may be the other one's."""
    story = Story("whose", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send("a", STALLED, ASKED_US, size_bytes=BIG_BYTES, first_byte_us=False)
    story.send("a", PROBE, ASKED_US + 50, first_byte_us=ASKED_US + byte_us)
    story.ended("a", STALLED, DEADLINE_US + 300 * MS, "timeout").mode("a", 1500 * MS, "drain")
    told = weighed(story, "SD-3")["never-reads-unix"]
    assert ("fail" if is_its_own else "inconclusive") == told


def test_the_first_frame_to_come_had_the_first_bytes() -> None:
    """Which frame it was the peer learns when it reads, also where others had been asked for."""
    story = copies(BEYOND_US + 1, asked_us=ASKED_US + COPY_US)
    assert {"SD-3"} == failing(story)


def test_stall_time_is_missed_only_from_the_lock_on() -> None:
    """A check finds less than the time since the start, and that is right."""
    for lock_us, breaks in ((COPY_US, set()), (0, {"SC-1"})):
        story = Story("stall-time").open("a").mode("a", 0, "stop")
        story.send("a", 1, ASKED_US, size_bytes=BIG_BYTES, first_byte_us=ASKED_US + lock_us)
        story.check(ASKED_US + COPY_US + 100 * MS, {"a": (100 * MS, 0)})
        story.mode("a", 900 * MS, "drain").frame("a", 1, 910 * MS, size_bytes=BIG_BYTES)
        assert breaks == failing(story.ended("a", 1, 910 * MS, "ok"))


@pytest.mark.parametrize(("free_us", "fails"), [(0, True), (100 * MS, True), (200 * MS, False)])
def test_a_free_lock_is_charged_to_nobody_in_the_queue(free_us: int, fails: bool) -> None:
    """Between the end of the one ahead and its own lock the queue kept nobody waiting."""
    story = Story("waits", send_timeout_us=TIMEOUT_US).open("a")
    story.send("a", 1, 0, ended_us=400 * MS).send("a", 2, 1 * MS, ended_us=1230 * MS)
    story.lock("a", 2, 400 * MS + free_us)
    assert fails is ("CX-4" in failing(story))


def early(read_bytes: int, *, size_bytes: int = 3_000_000, how: str = "stop") -> Story:
    """A send says OK when the peer had read so much; the kernel holds a million bytes."""
    story = Story("early").open("a").read("a", 20 * MS, read_bytes).mode("a", 30 * MS, "stop")
    story.send("a", 1, ASKED_US, size_bytes=size_bytes, ended_us=ASKED_US + MS)
    return story.mode("a", 400 * MS, "drain").frame("a", 1, 410 * MS, size_bytes=size_bytes)


@pytest.mark.parametrize(("more", "fails"), [(-1, True), (0, False), (1, False)])
def test_ok_is_too_early_while_the_rest_cannot_have_left(more: int, fails: bool) -> None:
    """One byte less than the kernel can hold besides what was read is a lie; as much is none."""
    story = early(2_000_000 + more)
    assert ({"SD-10"} if fails else set()) == failing(story)


@pytest.mark.parametrize(("sends", "fails"), [(9, False), (10, False), (11, True)])
def test_many_small_sends_cannot_leave_either(sends: int, fails: bool) -> None:
    """Ten times 100,000 bytes fit the kernel's million, and not one frame more."""
    story = Story("small").open("a").mode("a", 0, "stop")
    for send in range(sends):
        at_us = ASKED_US + send * MS
        story.send("a", send, at_us, size_bytes=100_000, ended_us=at_us + 1)
    story.mode("a", 400 * MS, "drain")
    for send in range(sends):
        story.frame("a", send, 410 * MS + send, size_bytes=100_000)
    assert fails is ("SD-10" in failing(story))


def test_reads_that_are_not_told_accuse_nobody() -> None:
    """At the end of a run the last reads may be held back; a peer that does not read has none."""
    story = Story("held-back").open("a").mode("a", 0, "stop")
    story.send("a", 1, ASKED_US, size_bytes=BIG_BYTES).mode("a", 400 * MS, "drain")
    story.frame("a", 1, 410 * MS, size_bytes=BIG_BYTES, read=False).ended("a", 1, 405 * MS, "ok")
    assert set() == failing(story)


def failed(outcome: str = "error", **told: int) -> Story:
    """A send fails a while after it was asked for; `told`: when something else happened."""
    story = Story("failed", send_timeout_us=TIMEOUT_US).open("a")
    if "closed" in told:
        story.close("a", told["closed"])
    if "refused" in told:
        story.action("a", told["refused"], "shut_read")
    story.send("a", 1, ASKED_US, ended_us=ASKED_US + told.get("after", MS), outcome=outcome)  # type: ignore[arg-type]
    return story.send("a", 2, 900 * MS, ended_us=900 * MS).frame("a", 2, 901 * MS)


def test_a_send_does_not_fail_without_a_cause() -> None:
    """The peer refused nothing, nothing closed, and no deadline had come."""
    for outcome in ("error", "closed", "suppressed"):
        assert {"SD-7"} == failing(failed(outcome))
    assert "SD-7" not in failing(failed(refused=ASKED_US + MS - 1, outcome="closed"))
    assert "SD-7" not in failing(failed(closed=ASKED_US + MS, outcome="suppressed"))
    assert "SD-7" not in failing(failed(after=TIMEOUT_US, outcome="timeout"))


@pytest.mark.parametrize(("after_us", "says"), [(TIMEOUT_US - 1, True), (TIMEOUT_US, False)])
def test_a_deadline_that_had_come_is_a_cause(after_us: int, says: bool) -> None:
    """What then ends with another word breaks the error table, and had a cause all the same."""
    found = verdicts_of(failed("error", after=after_us))["SD-7"].findings
    assert says is any("no deadline had come" in one.explanation for one in found)


def test_a_pass_that_came_to_a_connection_did_not_leave_it_out() -> None:
    """It was checked and got no heartbeat, which is SC-10's; SC-12 is for who was left out."""
    left_out, checked = others_fail(beats=False), others_fail(beats=False)
    assert {"SC-12"} == failing(left_out)
    assert {"SC-10"} == failing(checked.checked("h", 1500 * MS, 0, 0))


def test_a_connection_that_was_closed_was_not_left_out() -> None:
    """Who closed it is to blame, and not the pass."""
    assert set() == failing(others_fail(beats=False).hangup("h", 1400 * MS))


def test_a_consequence_names_its_root() -> None:
    """A deadline that moves holds the lock: SD-3 fails, and follows from SD-1."""
    told = verdicts_of(stalled("trickles-unix", late_us=300 * MS))
    assert ("fail", []) == (told["SD-1"].verdict, told["SD-1"].follows)
    assert ("fail", ["SD-1"]) == (told["SD-3"].verdict, told["SD-3"].follows)
    assert ("consequence", "SD-1") == (told["SD-3"].findings[0].tells, told["SD-3"].findings[0].of)
    both = verdicts_of(stalled("trickles-unix", late_us=300 * MS), stalled(late_us=300 * MS))
    assert [] == both["SD-3"].follows
    assert ["violation", "consequence"] == [f.tells for f in both["SD-3"].findings]
    alone = verdicts_of(stalled("trickles-unix", late_us=300 * MS), selected=["SD-3"])["SD-3"]
    assert ("fail", []) == (alone.verdict, alone.follows)


def test_the_finding_shows_the_byte_from_which_the_bound_counts() -> None:
    """Who reads of a lock held too long sees what the peer saw of its beginning."""
    found = verdicts_of(stalled("never-reads-unix", late_us=300 * MS))["SD-3"].findings[0]
    assert [T0_US + ASKED_US] == [e.at_us for e in found.events if isinstance(e, ev.PeerUnread)]


def test_what_was_written_too_late_and_came_follows_from_that() -> None:
    """The whole frame arrived after the deadline: SD-2 is the mistake, and SD-9 its consequence."""
    story = stalled("never-reads-unix", left_bytes=0, closings=0).mode("a", 1400 * MS, "drain")
    story.told.insert(-2, story.frame("a", STALLED, 1450 * MS, size_bytes=BIG_BYTES).told.pop())
    told = verdicts_of(story)
    assert ("fail", []) == (told["SD-2"].verdict, told["SD-2"].follows)
    assert ("fail", ["SD-2"]) == (told["SD-9"].verdict, told["SD-9"].follows)
