"""Rules for what comes in while a send is blocked: CX-8, and CX-1 where a peer talks midway."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from msgspec import UNSET

from stallproof.judge.evidence.blocked import blocked_between
from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.flow import Flow, flows
from stallproof.judge.evidence.moment import FOREVER, Moment
from stallproof.judge.evidence.observation import Observation, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.wire.events import AnyEvent, PeerDid, Taken


@rule("CX-8")
def cx_8(run: Run) -> Iterator[Observation]:
    """Receiving goes on while a send is blocked."""
    for conn in run.conns.values():
        yield from _frames(run, conn)
    for flow in flows(run):
        yield from _acks(run, flow)


def frames_of(sent: PeerDid) -> int:
    """Return how many frames one event tells of."""
    return 1 if sent.frames is UNSET else sent.frames


def _blocked_at(run: Run, conn: ConnFacts, at_us: int) -> SendFacts | None:
    return next(blocked_between(run, conn, at_us, at_us), None)


def _situation(conn: ConnFacts) -> str:
    return "talks-while-blocked" + ("-tls" if conn.transport == "tls" else "")


class _Looks:
    """How many frames of one connection were found taken in, and what was sent since a look.

    Counts only grow: with so many found at a look, and so many sent after it, all of these are
    taken in when the count has grown by as many.
    """

    def __init__(self, run: Run, conn: ConnFacts) -> None:
        of_conn = (e for e in run.of(Taken) if e.conn == conn.conn and e.asked_us is not UNSET)
        self._looks: Timeline[Taken] = Timeline(of_conn, lambda e: e.at_us)
        self._sent = conn.sent
        self._sums = list(accumulate(map(frames_of, conn.sent.events), initial=0))

    def before(self, place: int) -> tuple[Taken, int] | None:
        """Return the last look before the frame that was sent in this `place`.

        With it comes the count that shows that the frame was taken in.
        """
        base = self._looks.last_by(self._sent.times[place] - 1)
        if base is None:
            return None
        begin = bisect_right(self._sent.times, base.at_us)
        return base, base.frames + self._sums[place + 1] - self._sums[begin]

    def taken(self, sent: PeerDid, count: int) -> tuple[Moment, Taken | None]:
        """Return when so many had been taken in, and the look that tells it."""
        since_us, last = sent.at_us, None
        for one in self._looks.since(sent.at_us):
            last = one
            if one.frames >= count:
                return Moment(min(since_us, one.at_us), one.at_us), one
            since_us = max(since_us, sent.at_us if one.asked_us is UNSET else one.asked_us)
        return Moment(since_us, FOREVER), last


def _frames(run: Run, conn: ConnFacts) -> Iterator[Observation]:
    """Judge what the peer sent while a send was blocked, one event after the other."""
    looks = _Looks(run, conn)
    for place, sent in enumerate(conn.sent.events):
        blocked = _blocked_at(run, conn, sent.at_us)
        if blocked is None:
            continue
        if (sent.sent_bytes or 0) > run.begun.kernel_holds_bytes:
            yield from _burst(run, conn, blocked, sent)
            continue
        base = looks.before(place)
        if base is None:
            continue
        taken, look = looks.taken(sent, base[1])
        if look is None:
            # Nobody looked, so that nobody knows.
            continue
        found = f"found only {ms(look.at_us - sent.at_us)} later"
        if taken.by_us == FOREVER:
            found = f"not found {ms(look.at_us - sent.at_us)} later"
        yield timed(
            "CX-8",
            _situation(conn),
            taken.after(run.left(sent)),
            f"While send {blocked.send} on connection {conn.conn} was blocked, the peer sent a "
            f"frame ({sent.kind}), and it was {found}: reading waited.",
            [*blocked.evidence(), base[0], sent, look],
        )


def _burst(run: Run, conn: ConnFacts, blocked: SendFacts, sent: PeerDid) -> Iterator[Observation]:
    """More left the peer than the kernel holds: somebody read, by the peer's own eyes.

    How fast is nobody's law, so that one who was too slow is not accused by this alone.
    """
    done_us = run.left(sent).by_us
    evidence: list[AnyEvent] = [*blocked.evidence(), sent]
    if _blocked_at(run, conn, done_us) is not None:
        yield held("CX-8", _situation(conn), evidence)
        return
    why = (
        f"While send {blocked.send} on connection {conn.conn} was blocked, the peer sent "
        f"{sent.sent_bytes} bytes, more than the kernel holds; they had not left it when that was "
        f"over, {ms(done_us - sent.at_us)} later, so that nobody saw them read."
    )
    yield unsure("CX-8", _situation(conn), why, evidence)


def _acks(run: Run, flow: Flow) -> Iterator[Observation]:
    """Judge the ACKs that came while a send was blocked on their connection.

    Where the peer has no form for one it was handed over as if it had come over the wire.
    """
    for ack in flow.acks:
        sent = ack.request.asked
        blocked = _blocked_at(run, flow.conn, sent.at_us)
        if blocked is None or ack.request.error is not None:
            continue
        word = flow.word_on(ack)
        left = run.left(sent) if isinstance(sent, PeerDid) else run.taken(sent)
        came = run.unheard if word is None else run.said(word)
        told = "was still not told of" if word is None else "was told of"
        by_us = run.end_us if word is None else came.by_us
        yield timed(
            "CX-8",
            "acknowledged-while-blocked",
            came.after(left),
            f"While send {blocked.send} on connection {flow.conn.conn} was blocked, an ACK came "
            f"for {flow.facts.name}, which {told} {ms(by_us - sent.at_us)} later.",
            [*blocked.evidence(), sent, *([] if word is None else [word])],
        )
