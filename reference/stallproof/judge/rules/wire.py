"""Rules for what arrives on the wire: SD-9, SD-14 and CX-1."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.observation import Observation, broken, held, ms, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import SMALL_BYTES
from stallproof.wire.events import AnyEvent, PeerDid, PeerFrame, PeerFrames, PeerSecured

SEQUENCES = 65536
CONTENDED_FRAMES = 50
MIDWAY_MIN = 20
"""So many heartbeats of the peer between the pieces of one frame put an answer to the test."""


@rule("SD-9")
def sd_9(run: Run) -> Iterator[Observation]:
    """Every byte written is OK, does not close, and the peer receives exactly those bytes."""
    for conn, send in run.all_sends():
        if send.frame is None or send.ended is None or send.repeat > 1:
            continue
        if not send.frame.intact:
            yield broken(
                "SD-9",
                _size_situation(conn, send),
                f"Send {send.send} did not arrive as it was sent: {send.frame.why}.",
                send.evidence(),
            )
        elif send.outcome != "ok" and not _closing_before(conn, send):
            yield broken(
                "SD-9",
                _size_situation(conn, send),
                f"The peer received every byte of send {send.send}, and the outcome was "
                f"{send.outcome}: the caller would send it again.",
                send.evidence(),
            )
        elif send.outcome == "ok":
            yield from _ok_and_open(run, conn, send)


def _size_situation(conn: ConnFacts, send: SendFacts) -> str:
    size = "small" if send.size_bytes <= SMALL_BYTES else "partial-writes"
    return f"{size}-tls" if conn.transport == "tls" else size


def _closing_before(conn: ConnFacts, send: SendFacts) -> bool:
    assert send.ended is not None
    return any(c.at_us <= send.ended.at_us for c in conn.closings)


def _ok_and_open(run: Run, conn: ConnFacts, send: SendFacts) -> Iterator[Observation]:
    """An OK send held SD-9, unless the connection closed by itself for no other reason."""
    meddled = bool(run.asked("close", conn.conn)) or bool(conn.meddling)
    monitor = run.asked("monitor") or run.asked("check")
    seen = conn.closings[0] if conn.closings else conn.closed_seen()
    if seen is not None and not meddled and not monitor and conn.is_all_ok:
        yield broken(
            "SD-9",
            None,
            f"Every send on connection {conn.conn} was OK, and the implementation closed it.",
            [*send.evidence(), seen],
        )
    elif send.size_bytes <= SMALL_BYTES:
        if conn.mode_at(send.asked_us) == "drain":
            yield held("SD-9", _size_situation(conn, send), send.evidence())
    elif (
        send.size_bytes > run.begun.kernel_holds_bytes and conn.mode_at(send.asked_us) == "trickle"
    ):
        yield held("SD-9", _size_situation(conn, send), send.evidence())


def _overlapped(conn: ConnFacts) -> bool:
    """Tell whether two sends were under way at once on the connection."""
    spans = sorted(
        (s.started.at_us, s.ended.at_us)
        for s in conn.sends.values()
        if s.started is not None and s.ended is not None
    )
    latest_end: int | None = None
    for begin, end in spans:
        if latest_end is not None and begin < latest_end:
            return True
        latest_end = end if latest_end is None else max(latest_end, end)
    return False


@rule("SD-14")
def sd_14(run: Run) -> Iterator[Observation]:
    """Sequence numbers rise by one modulo 65536 in wire order."""
    for conn in run.conns.values():
        expected: int | None = None
        frames = 0
        wrapped = False
        for frame in conn.frames:
            first, number = _sequences(frame)
            if first is None:
                break
            if expected is not None and first != expected:
                yield broken(
                    "SD-14",
                    "contended",
                    f"On connection {conn.conn} a frame with the sequence number {first} followed "
                    f"where {expected} was due (frame {frames + 1} on the wire).",
                    [frame],
                )
                break
            wrapped = wrapped or first + number >= SEQUENCES or (frames > 0 and first == 0)
            expected = (first + number) % SEQUENCES
            frames += number
        else:
            if frames >= CONTENDED_FRAMES and _overlapped(conn):
                yield held("SD-14", "contended", conn.frames[-1:])
            if wrapped and frames > SEQUENCES:
                yield held("SD-14", "wrapped", conn.frames[-1:])


def _sequences(frame: PeerFrame | PeerFrames) -> tuple[int | None, int]:
    """Return the first sequence number and how many follow one another."""
    if isinstance(frame, PeerFrames):
        return frame.first_sequence, frame.frames
    return frame.sequence, 1


@rule("CX-1")
def cx_1(run: Run) -> Iterator[Observation]:
    """Frames never interleave."""
    for conn in run.conns.values():
        midway = _talked_midway(conn)
        situation = "heartbeats-midway" if midway else "contended"
        wrong = _no_frames(run, conn)
        if wrong is not None:
            yield broken("CX-1", situation, wrong[0], [*midway[:1], *wrong[1]])
        elif midway and conn.frames:
            if len(midway) >= MIDWAY_MIN:
                yield held("CX-1", situation, [*midway[-1:], *conn.frames[-1:]])
        elif sum(_sequences(f)[1] for f in conn.frames) >= CONTENDED_FRAMES and _overlapped(conn):
            yield held("CX-1", situation, conn.frames[-1:])
        yield from _two_in_flight(run, conn)


def _no_frames(run: Run, conn: ConnFacts) -> tuple[str, list[AnyEvent]] | None:
    """Say why what arrived is no sequence of whole frames, with what tells it."""
    for frame in conn.frames:
        if isinstance(frame, PeerFrame) and not frame.intact:
            what = f"Frame {frame.index} on connection {conn.conn} is not one frame"
            return f"{what}: {frame.why}.", [frame]
    if conn.end is not None and conn.end.garbage and _was_connected(run, conn):
        what = f"What arrived on connection {conn.conn} is no sequence of frames"
        return f"{what}: {conn.end.garbage}.", [conn.end]
    return None


def _talked_midway(conn: ConnFacts) -> list[PeerDid]:
    """Return the heartbeats that the peer sent while it had read a part of a frame and no more."""
    parts = [f for f in conn.frames if isinstance(f, PeerFrame) and f.size_bytes > SMALL_BYTES]
    beats = Timeline((d for d in conn.sent.events if d.kind == "heartbeat"), lambda d: d.at_us)
    return [beat for part in parts for beat in beats.between(part.began_us, part.at_us)]


def _was_connected(run: Run, conn: ConnFacts) -> bool:
    """Tell whether frames can be expected: over TLS not before its handshake is done."""
    return conn.transport != "tls" or conn.conn in run.conns_of(PeerSecured)


def _two_in_flight(run: Run, conn: ConnFacts) -> Iterator[Observation]:
    """By its own word: no send takes the lock before the last write of the one before it."""
    holds = sorted(
        (
            (s.lock.at_us, max(w.at_us for w in s.writes), s)
            for s in conn.sends.values()
            if s.lock is not None and s.writes and s.repeat == 1
        ),
        key=lambda hold: hold[:2],
    )
    for (_taken_us, until_us, first), (taken_us, _until_us, second) in itertools.pairwise(holds):
        over_us = until_us - taken_us
        if over_us <= 0:
            continue
        tell = broken if over_us > 2 * run.uncertainty_us else unsure
        yield tell(
            "CX-1",
            None,
            f"Send {second.send} took the lock of connection {conn.conn} {ms(over_us)} before the "
            f"last write of send {first.send}: two sends were in flight at once.",
            [*first.evidence(), *second.evidence()],
        )
