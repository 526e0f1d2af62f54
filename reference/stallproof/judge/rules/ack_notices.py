"""What the receivers on a connection were told of stopped streams: ground of AP-9 and AP-13."""

from dataclasses import dataclass, replace

from stallproof.judge.evidence.facts import FOREVER
from stallproof.judge.evidence.flow import Flow
from stallproof.judge.evidence.streams import WATCHDOG, StreamFacts, is_notice
from stallproof.judge.rules.talking import frames_of
from stallproof.wire.events import PeerFrame


@dataclass(slots=True, frozen=True)
class Notices:
    """The notices that arrived on a connection, and how many had to and might.

    A notice names no stream in a way that the peer can read, so they are counted for all streams of
    the connection together: one for each that the watchdog failed, at most one for each that was
    cancelled, none for any other.
    """

    frames: list[PeerFrame]
    least: int
    most: int
    is_of_stops: bool

    @property
    def are_right(self) -> bool:
        return self.least <= len(self.frames) <= self.most

    @property
    def words(self) -> str:
        """Say how many came and how many were right, for an explanation."""
        right = str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
        came = "1 notice" if len(self.frames) == 1 else f"{len(self.frames)} notices"
        return f"{came} arrived there, where {right} would have been right"


def notices_on(flow: Flow) -> Notices:
    """Count the notices on the connection of `flow`.

    A notice is a frame of kind data or other that carries neither bytes of a stream nor a send. So
    may be the answer to a heartbeat of the peer.
    """
    conn = flow.conn
    if "notices" not in conn.memo:
        streams = flow.run.streams.on(conn.conn)
        since_us = min(s.asked.asked_us for s in streams)
        frames = [f for f in conn.strangers.since(since_us) if is_notice(f)]
        failed = [s for s in streams if s.outcome in WATCHDOG]
        cancelled = [s for s in streams if s.outcome == "cancelled" or _was_cancelled(s)]
        beats = (one for one in conn.sent.events if one.kind == "heartbeat")
        most = len({id(s) for s in [*failed, *cancelled]}) + sum(map(frames_of, beats))
        conn.memo["notices"] = Notices(frames, len(failed), most, bool(failed))
    notices: Notices = conn.memo["notices"]
    is_error = any(a.kind == "error" for a in flow.acks)
    return replace(notices, is_of_stops=notices.is_of_stops or is_error)


def _was_cancelled(facts: StreamFacts) -> bool:
    """Tell whether a cancel was asked for that may have ended the stream, whatever it says."""
    return facts.end is None and bool(facts.cancels)


def watched_us(flow: Flow) -> int:
    """Return for how much longer than two check intervals the peer read on after the end."""
    ended_us = flow.facts.ended_by_us
    return flow.undisturbed_until_us - ended_us - 2 * flow.interval_us if ended_us < FOREVER else 0
