"""Tracks of streams: bytes sent and acknowledged with the window, and when the watchdog is due.

Spec: `spec/ap.md`. A wait is from a chunk being ready with more than the window outstanding until
an ACK makes room or the stream ends; it is told here from the events alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stallproof.judge.evidence.acks import number_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.reports.timeline.scope import Scope, name_of
from stallproof.reports.timeline.shapes import Bar, Limit, Shape, Steps, Track
from stallproof.wire.units import ms

STREAMS_MAX = 2
_READY, _ACK, _BEGUN, _END = range(4)


@dataclass(slots=True)
class Wait:
    """A wait: since when, until when, and when there was progress last; at first that is `since`.

    `until_us` `None`: it was not over when the run ended.
    """

    since_us: int
    progress_us: int
    until_us: int | None = None


def stream_tracks(scope: Scope) -> Iterator[Track]:
    """Yield two tracks for each stream, those of the finding first."""
    names = {one.conn for one in scope.conns}
    found = [one for one in scope.run.streams if one.conn in names]
    found.sort(key=lambda one: (one.stream not in scope.streams, one.asked.asked_us))
    for facts in found[:STREAMS_MAX]:
        yield _bytes(scope.run, facts)
        waits = list(waits_of(scope.run, facts))
        shapes = [shape for wait in waits for shape in _watched(scope.run, wait)]
        if shapes:
            outcome = facts.outcome or "no outcome"
            yield Track(f"waits of {facts.stream}", f"stream: {outcome}", shapes)


def sent_points(facts: StreamFacts) -> list[tuple[int, int]]:
    """Return when how many bytes had been sent: as it was said, or else as the peer saw."""
    if facts.begun:
        return [(one.at_us, one.offset) for one in facts.begun]
    return [(one.began_us, (one.stream_offset or 0) + one.size_bytes) for one in facts.chunks]


def acked_points(facts: StreamFacts) -> list[tuple[int, int]]:
    """Return when how many bytes had been acknowledged: ACKs that were accepted and were news."""
    most, points = 0, []
    for one in facts.received:
        offset = number_of(one.offset)
        if one.accepted and offset is not None and offset > most:
            most = offset
            points.append((one.at_us, most))
    return points


def _bytes(run: Run, facts: StreamFacts) -> Track:
    begin = (facts.asked.asked_us, 0)
    acked = [begin, *acked_points(facts)]
    shapes: list[Shape] = []
    window = run.begun.policy.get("window_bytes")
    if window is not None:
        may = [(at_us, offset + window) for at_us, offset in acked]
        shapes.append(Steps("window", may, "acknowledged + window"))
    shapes.append(Steps("sent", [begin, *sent_points(facts)], "sent"))
    shapes.append(Steps("acked", acked, "acknowledged"))
    return Track(f"stream {facts.stream}", f"bytes, on {name_of(facts.conn)}", shapes)


def waits_of(run: Run, facts: StreamFacts) -> Iterator[Wait]:
    """Yield the waits of a stream, in their order."""
    window = run.begun.policy.get("window_bytes")
    if window is None:
        return
    moments = [(one.at_us, _READY, 0) for one in facts.ready]
    moments += [(at_us, _ACK, offset) for at_us, offset in acked_points(facts)]
    moments += [(at_us, _BEGUN, offset) for at_us, offset in sent_points(facts)]
    moments += [(one.at_us, _END, 0) for one in facts.ended[:1]]
    ready = sent = acked = 0
    wait: Wait | None = None
    for at_us, what, offset in sorted(moments):
        ready += (what == _READY) - (what == _BEGUN)
        sent = max(sent, offset) if what == _BEGUN else sent
        if what == _ACK and offset > acked:
            acked = offset
            if wait is not None:
                wait.progress_us = at_us
        waits = ready > 0 and sent - acked > window and what != _END
        if waits and wait is None:
            wait = Wait(at_us, at_us)
        elif wait is not None and not waits:
            wait.until_us = at_us
            yield wait
            wait = None
        if what == _END:
            return
    if wait is not None:
        yield wait


def _watched(run: Run, wait: Wait) -> Iterator[Shape]:
    policy = run.begun.policy
    until_us = run.end_us if wait.until_us is None else wait.until_us
    dues = []
    for name, since_us, words in (
        ("ack_progress_timeout_us", wait.progress_us, "without progress"),
        ("ack_wait_us", wait.since_us, "of waiting"),
    ):
        if name in policy:
            dues.append(Limit(since_us + policy[name], f"due: {ms(policy[name])} {words}"))
    first_us = min((one.at_us for one in dues), default=until_us)
    yield Bar("waiting", wait.since_us, min(until_us, first_us), "waits for an ACK")
    if until_us > first_us:
        yield Bar("over", first_us, until_us, f"{ms(until_us - first_us)} beyond")
    yield from dues
