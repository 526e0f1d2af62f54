"""Rules for what only TLS brings: nothing in clear, torn records, cut streams.

That a frame is torn, what is a record and how the peer ended its own stream are the peer's
knowledge; how the implementation took an end is its own word.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.judge.rules.outcomes import SETTLE_US
from stallproof.wire.events import (
    AnyEvent,
    PeerDid,
    PeerEnded,
    PeerMode,
    PeerSawClear,
    PeerSecured,
    Taken,
)

MIDWAY_CONNECTIONS = 8
READ_TO_ITS_END = ("eof", "truncated", "reset")


def is_watched_to_its_end(run: Run, conn: ConnFacts) -> bool:
    """Tell whether the peer has seen every byte of a secure connection, and none was in clear."""
    secured = conn.conn in run.conns_of(PeerSecured)
    clear = conn.conn in run.conns_of(PeerSawClear)
    at_end = conn.end is not None and conn.end.how in READ_TO_ITS_END
    return secured and at_end and not clear


@rule("SD-12")
def sd_12_clear(run: Run) -> Iterator[Observation]:
    """No byte leaves a secure connection unencrypted."""
    for clear in run.of(PeerSawClear):
        yield broken(
            "SD-12",
            None,
            f"Byte {clear.at_byte} of the secure connection {clear.conn} left unencrypted: "
            f"{clear.what}.",
            [clear],
        )


@rule("SD-12")
def sd_12_midway(run: Run) -> Iterator[Observation]:
    """Nor when the connection is closed while a frame is on its way, whatever the moment."""
    closed: list[AnyEvent] = []
    for conn in run.conns.values():
        end = conn.end
        if end is None or not end.torn_bytes or end.torn_send not in conn.sends:
            continue
        send = conn.sends[end.torn_send]
        midway = [a for a in run.asked("close", conn.conn) if send.started_us < a.at_us]
        reading = bool(midway) and conn.mode_at(midway[0].at_us) != "stop"
        if reading and is_watched_to_its_end(run, conn):
            closed.append(end)
    if len(closed) >= MIDWAY_CONNECTIONS:
        yield held("SD-12", "closed-midway-tls", closed)


@rule("SD-6")
def sd_6_in_record(run: Run) -> Iterator[Observation]:
    """Over TLS as well nothing follows a frame that was torn, and the connection closes."""
    for conn in run.conns.values():
        if conn.transport != "tls":
            continue
        cuts = Timeline(
            (m for m in conn.modes if m.mode == "stop" and m.in_record_bytes), lambda m: m.at_us
        )
        for send in conn.sends.values():
            cut = cuts.first_from(send.asked_us)
            if cut is None or cut.at_us > send.ended_us:
                continue
            if send.frame is not None or send.outcome in (None, "ok"):
                continue
            if conn.by_request.first_from(send.asked_us + 1) is not None:
                yield from _torn(run, conn, send, cut)


def _torn(run: Run, conn: ConnFacts, send: SendFacts, cut: PeerMode) -> Iterator[Observation]:
    """Judge one torn frame by what the peer found behind it."""
    evidence: list[AnyEvent] = [cut, *send.evidence(), *conn.closings[:2]]
    still_open = conn.was_open_at(send.ended_us + SETTLE_US + run.noise_us)
    end = conn.end
    if still_open is not None:
        yield timed(
            "SD-6",
            "torn-in-record",
            at_least(still_open.at_us - send.ended_us),
            f"The peer stopped {cut.in_record_bytes} bytes into a record of send {send.send}; the "
            f"send ended with {send.outcome}, and {ms(still_open.at_us - send.ended_us)} later the "
            f"connection was still open: the next frame would follow a torn one.",
            [*evidence, still_open],
        )
    elif end is not None and end.how in READ_TO_ITS_END and end.torn_send == send.send:
        if end.garbage:
            yield broken(
                "SD-6",
                "torn-in-record",
                f"Send {send.send} was torn inside a record, and more followed: {end.garbage}.",
                [*evidence, end],
            )
        elif is_watched_to_its_end(run, conn):
            yield held("SD-6", "torn-in-record", [*evidence, end])


@rule("SD-16")
def sd_16(run: Run) -> Iterator[Observation]:
    """How the peer's stream ended is told as it was, and a cut frame was not received."""
    for conn in run.conns.values():
        if conn.transport != "tls":
            continue
        act = next((d for d in conn.actions if d.action in ("cut", "half_close")), None)
        if act is None or (conn.closings and conn.closings[0].at_us < act.at_us):
            continue
        yield from _taken_from_a_cut(run, conn, act)
        said = next((e for e in run.of(PeerEnded) if e.conn == conn.conn), None)
        yield from _told(run, conn, act, said)


def _told(run: Run, conn: ConnFacts, act: PeerDid, said: PeerEnded | None) -> Iterator[Observation]:
    """Compare how the implementation took the end with how the peer made it."""
    in_peace = act.action == "half_close"
    inside = "cut-in-frame" if act.sent_bytes else "cut-between-frames"
    situation = "ended-in-peace" if in_peace else inside
    if said is None:
        if run.end_us - act.at_us > SETTLE_US:
            why = f"The peer ended its stream on connection {conn.conn} ({act.action}), and the "
            why += "implementation did not say how it took that."
            yield unsure("SD-16", situation, why, [act, *conn.closings])
    elif in_peace and said.how != "orderly":
        yield broken(
            "SD-16",
            situation,
            f"The peer announced the end of its stream on connection {conn.conn}, and it was "
            f"taken for {said.how}.",
            [act, said],
        )
    elif not in_peace and said.how == "orderly":
        where = f"{act.sent_bytes} bytes into a frame" if act.sent_bytes else "after a whole frame"
        yield broken(
            "SD-16",
            situation,
            f"The stream of the peer was cut {where} on connection {conn.conn}, without any "
            f"announcement, and that was taken for an orderly end.",
            [act, said],
        )
    else:
        yield held("SD-16", situation, [act, said])


def _taken_from_a_cut(run: Run, conn: ConnFacts, act: PeerDid) -> Iterator[Observation]:
    """No more frames were received than the peer has sent whole since it first looked."""
    taken = [t for t in run.of(Taken) if t.conn == conn.conn]
    if not taken:
        return
    first, last = taken[0], taken[-1]
    whole = [d for d in conn.actions if d.action == "sent" and d.at_us > first.at_us]
    more = last.frames - first.frames
    if last.at_us > act.at_us and more > len(whole):
        yield broken(
            "SD-16",
            None,
            f"On connection {conn.conn} {more} frames were received of {len(whole)} that the peer "
            f"sent whole: the end of its stream cut the other one off.",
            [first, act, last],
        )
