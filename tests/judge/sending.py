"""Stories of sends that meet a peer who does not read."""

from collections.abc import Sequence

from stallproof.wire.event import Outcome, Transport
from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, GRACE_US, MS, Story

TIMEOUT_US = 500 * MS
STALLED, PROBE = 10, 11
ASKED_US = 100 * MS
DEADLINE_US = ASKED_US + TIMEOUT_US
WARM_BYTES = 16 * 1024 * 1024


def stalled(
    how: str = "never-reads-unix",
    *,
    late_us: int = 0,
    probe_late_us: int | None = None,
    hangup_late_us: int = 0,
    outcome: Outcome = "timeout",
    closings: int = 1,
    left_bytes: int = 500_000,
    trickle_bytes: int = 60_000,
) -> Story:
    """A send that times out against a peer who does not take it, and a probe behind it.

    `how`: the situation of SD-3. Late: after the deadline; the hang-up: after the send's end.
    """
    transport: Transport = "tls" if "tls" in how else "tcp" if "tcp" in how else "unix"
    story = Story(how, send_timeout_us=TIMEOUT_US).open("a", transport=transport)
    if how.endswith("warm"):
        story.send("a", 1, 1 * MS, size_bytes=WARM_BYTES, ended_us=3 * MS)
        story.frame("a", 1, 3 * MS, size_bytes=WARM_BYTES)
    story.mode("a", 10 * MS, "trickle" if how.startswith("trickles") else "stop")
    size_bytes = BIG_BYTES
    if how == "full-buffer":
        size_bytes = 4096
        for send in range(1, 10):
            story.send("a", send, send * 10 * MS, size_bytes=4096, ended_us=send * 10 * MS + 1)
    ended_us = DEADLINE_US + late_us
    if probe_late_us is None:
        probe_late_us = late_us
    probe_us = DEADLINE_US + probe_late_us
    story.send("a", STALLED, ASKED_US, size_bytes=size_bytes)
    if how == "full-buffer":
        # Not one byte of it finds room: only its own word tells when it took the lock.
        story.lock("a", STALLED, ASKED_US)
    story.send("a", PROBE, ASKED_US + 100 * MS, ended_us=probe_us, outcome="suppressed")
    story.ended("a", STALLED, ended_us, outcome, raised=True)
    if how.startswith("trickles"):
        for at_us in range(150 * MS, 600 * MS, 50 * MS):
            story.read("a", at_us, trickle_bytes)
    for _ in range(closings):
        story.closing("a", ended_us, cause="send_timeout")
    story.hangup("a", ended_us + hangup_late_us)
    if how == "full-buffer":
        story.mode("a", 1500 * MS, "drain")
        for send in range(1, 10):
            story.frame("a", send, 1501 * MS, size_bytes=4096)
        return story.end("a", 1502 * MS)
    return story.end("a", 1500 * MS, torn=STALLED, left_bytes=left_bytes)


def stays_open() -> Story:
    """TIMEOUT, and the connection is still there long after it."""
    story = Story("stays-open", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send(
        "a", STALLED, ASKED_US, size_bytes=BIG_BYTES, ended_us=DEADLINE_US, outcome="timeout"
    )
    return story.mode("a", 1500 * MS, "drain").read("a", 1500 * MS, 1000).probe("a", 2000 * MS)


def writes_on(extra_bytes: int) -> Story:
    """After the deadline the kernel's million bytes and `extra_bytes` more come out."""
    return stalled(left_bytes=1_000_000 + extra_bytes)


def write_begins_after_deadline(over_us: int = 0) -> Story:
    """By its own word a write begins `over_us` after the deadline."""
    at_us = DEADLINE_US + over_us
    return stalled().lock("a", STALLED, ASKED_US).wrote("a", STALLED, at_us, at_us)


def queued(*, outcome: Outcome = "ok", ended_us: int = 900 * MS) -> Story:
    """The second send waits 400 ms for its lock and holds it for 400 ms more."""
    story = Story("queued", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send("a", 1, ASKED_US, size_bytes=BIG_BYTES, ended_us=500 * MS)
    story.send("a", 2, ASKED_US + MS, size_bytes=BIG_BYTES, ended_us=ended_us, outcome=outcome)
    story.mode("a", 499 * MS, "drain").frame("a", 1, 500 * MS, size_bytes=BIG_BYTES)
    story.mode("a", 501 * MS, "stop")
    if outcome == "ok":
        story.mode("a", 890 * MS, "drain")
        return story.frame("a", 2, ended_us, size_bytes=BIG_BYTES)
    story.closing("a", ended_us, cause="send_timeout").hangup("a", ended_us)
    return story.end("a", 1500 * MS, torn=2, left_bytes=5000)


def queue(*, late_us: int = 0, third_late_us: int | None = None, torn: bool = False) -> Story:
    """Three sends wait behind one that times out; the last of them `third_late_us` after it."""
    lates_us = (0, 0, late_us if third_late_us is None else third_late_us)
    return _behind_a_timeout(lates_us, torn=12 if torn else STALLED)


def waits_alone(*, torn: bool = False) -> Story:
    """One send waits behind one that times out."""
    return _behind_a_timeout((0,), torn=11 if torn else STALLED)


def _behind_a_timeout(lates_us: Sequence[int], *, torn: int) -> Story:
    story = Story("queue", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send(
        "a", STALLED, ASKED_US, size_bytes=BIG_BYTES, ended_us=DEADLINE_US, outcome="timeout"
    )
    for place, late_us in enumerate(lates_us):
        at_us = ASKED_US + (place + 1) * 20 * MS
        story.send("a", 11 + place, at_us, ended_us=DEADLINE_US + late_us, outcome="suppressed")
    story.closing("a", DEADLINE_US, cause="send_timeout").hangup("a", DEADLINE_US)
    return story.end("a", 1500 * MS, torn=torn, left_bytes=5000)


def refused(
    *, outcome: Outcome = "closed", midway: bool = True, closes: bool | None = None
) -> Story:
    """The peer refuses a send: after a part of it (`midway`), or before its first byte."""
    story = Story("refused").open("a")
    if midway:
        story.mode("a", 0, "stop").send("a", 1, 100 * MS, size_bytes=BIG_BYTES)
        story.mode("a", 150 * MS, "drain").read("a", 150 * MS, 16_384).mode("a", 160 * MS, "stop")
    story.action("a", 200 * MS, "shut_read")
    if not midway:
        story.send("a", 1, 210 * MS)
    story.ended("a", 1, 220 * MS, outcome, raised=True)
    if midway if closes is None else closes:
        return story.closing("a", 220 * MS, cause="torn_frame").hangup("a", 221 * MS)
    return story.probe("a", 600 * MS)


def timed_out_early(by_us: int = 1) -> Story:
    """The TIMEOUT comes `by_us` before the deadline."""
    return stalled(late_us=-by_us)


SD3 = (
    "never-reads-unix",
    "never-reads-tcp-cold",
    "never-reads-tcp-warm",
    "trickles-unix",
    "trickles-tcp",
    "never-reads-tls-cold",
    "never-reads-tls-warm",
    "trickles-tls",
    "full-buffer",
)


def _held_too_long(how: str) -> Case:
    return Case(
        "SD-3",
        how,
        lambda: stalled(how),
        lambda: stalled(how, probe_late_us=200 * MS),
        (how, "timeout 500.0 ms", "probe send 11", "freed only 200.0 ms after the deadline"),
    )


CASES = (
    Case(
        "SD-1",
        "trickle",
        lambda: stalled("trickles-unix"),
        lambda: stalled("trickles-unix", late_us=300 * MS),
        ("timeout 500.0 ms", "300.0 ms after its deadline", "grace 50.0 ms", "noise 10.0 ms"),
        ("SD-3",),
        "a deadline that moves with progress holds the lock for longer",
    ),
    Case(
        "SD-2",
        "unfinished-at-deadline",
        stalled,
        lambda: writes_on(1),
        ("1000001 bytes", "holds 1000000", "wrote after the deadline"),
    ),
    *map(_held_too_long, SD3),
    Case(
        "SD-4",
        "timed-out",
        stalled,
        timed_out_early,
        ("TIMEOUT 499.999 ms after", "send timeout is 500.0 ms", "too early"),
    ),
    Case(
        "SD-4",
        "queued",
        queued,
        lambda: queued(outcome="timeout", ended_us=601 * MS),
        ("TIMEOUT 101.0 ms after", "send timeout is 500.0 ms", "too early"),
    ),
    Case("SD-5", "timed-out", stalled, lambda: stalled(closings=2), ("began to close 2 times",)),
    Case(
        "SD-5",
        "timed-out-tls",
        lambda: stalled("never-reads-tls-cold"),
        lambda: stalled("never-reads-tls-cold", closings=2),
        ("began to close 2 times",),
    ),
    Case(
        "SD-6",
        "failed-midway",
        refused,
        lambda: refused(closes=False),
        ("took part of send 1", "380.0 ms later", "still open"),
    ),
    Case(
        "SD-7",
        "timeout",
        stalled,
        lambda: stalled(outcome="closed"),
        ("Send 10 ran out of time", "closed"),
        ("SD-2",),
        "SD-2 asks for the same outcome at the deadline",
    ),
    Case(
        "SD-7",
        "closed",
        refused,
        lambda: refused(outcome="error"),
        ("shut_read", "error instead of CLOSED"),
    ),
    Case(
        "SD-8",
        "failed-unwritten",
        lambda: refused(midway=False),
        lambda: refused(midway=False, closes=True),
        ("Send 1 failed (closed) before any byte was written",),
    ),
    Case(
        "SD-13",
        "queued",
        queue,
        lambda: queue(third_late_us=300 * MS),
        ("Send 13 was number 3", "200.0 ms after", "grace 50.0 ms"),
        ("SD-3",),
        "each of the queued sends is a probe of the same lock",
    ),
)

UPPER = (
    Bound("SD-1", "trickle", lambda us: stalled("trickles-unix", late_us=us)),
    *(Bound("SD-3", how, lambda us, how=how: stalled(how, late_us=us)) for how in SD3),  # type: ignore[misc]
    Bound("SD-3", "never-reads-unix", lambda us: stalled(probe_late_us=GRACE_US + us)),
    Bound("SD-5", "timed-out", lambda us: stalled(hangup_late_us=us)),
    Bound("SD-13", "queued", lambda us: queue(third_late_us=2 * GRACE_US + us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
