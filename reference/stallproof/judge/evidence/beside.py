"""What else went on on a connection with streams while something was to go over it.

The intuition: who has nobody ahead of it waits for nobody. So what is asked for at a moment at
which every stream of the connection waits for its window, or is over, and nothing else is under
way, has to go at once.

The complication: what an implementation does before it asks for the lock is nobody's delay. How
long that takes is seen where no stream was there yet (`alone_us`), and excuses nobody beyond that.

Nothing here judges. Spec: `spec/cx.md`, CX-7.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from stallproof.judge.evidence.facts import FOREVER, ConnFacts
from stallproof.judge.evidence.flow import Flow, flows
from stallproof.judge.evidence.moment import Lateness, Moment
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.judge.evidence.timeline import Timeline
from stallproof.wire.events import AnyEvent, PeerFrame, PeerFrames

Standing = Literal["waiting", "over", "absent", "active"]


def flow_of(run: Run, facts: StreamFacts) -> Flow | None:
    """Return `facts` under the knobs of the run; `None` where no chunk of it arrived."""
    if "flows" not in run.memo:
        run.memo["flows"] = {id(flow.facts): flow for flow in flows(run)}
    found: Flow | None = run.memo["flows"].get(id(facts))
    return found


def standing_of(run: Run, facts: StreamFacts, begin_us: int, until_us: int) -> Standing:
    """Say what a stream did all the time between, as the peer brackets it."""
    if facts.asked.asked_us > until_us:
        return "absent"
    if facts.ended_by_us <= begin_us:
        return "over"
    flow = flow_of(run, facts)
    wait = None if flow is None else flow.wait_by(begin_us)
    return "waiting" if wait is not None and wait.kept_until_us >= until_us else "active"


def idle_beside(
    run: Run, conn: ConnFacts, begin_us: int, until_us: int, but: StreamFacts | None = None
) -> list[StreamFacts] | None:
    """Return the streams that were there and only waited, or were over, all the time between.

    Leave out the stream `but`. `None`: one of them did something, or what it did is not known.
    """
    found: list[StreamFacts] = []
    for facts in run.streams.on(conn.conn):
        if facts is but:
            continue
        standing = standing_of(run, facts, begin_us, until_us)
        if standing == "active":
            return None
        if standing != "absent":
            found.append(facts)
    return found


def is_clear(
    run: Run, conn: ConnFacts, begin_us: int, until_us: int, own: PeerFrame | None
) -> bool:
    """Tell whether the peer read, and nothing went before `own`, all the time between."""
    if not conn.drained_between(begin_us, until_us) or conn.closing_heard_us <= until_us:
        return False
    if any(d.at_us <= until_us for d in conn.meddling[:1]):
        return False
    if run.requests("close", conn.conn).has_between(-FOREVER, until_us):
        return False
    first = _came(conn).between(begin_us, until_us, most=1)
    return not first or (own is not None and first[0].index >= own.index)


def _came(conn: ConnFacts) -> Timeline[PeerFrame | PeerFrames]:
    """The frames by the time at which they had come whole."""
    if "came" not in conn.memo:
        conn.memo["came"] = Timeline(conn.frames, lambda f: f.at_us)
    came: Timeline[PeerFrame | PeerFrames] = conn.memo["came"]
    return came


# --- how long it takes alone ----------------------------------------------------------------------


def alone_us(run: Run, size_bytes: int) -> int | None:
    """Return how long a send of at most `size_bytes` took at most where no stream was yet.

    `None`: there was none of its kind.
    """
    spans = _kept(run, "alone", _sends_alone)
    return max((us for size, us in spans if size <= size_bytes), default=None)


def _sends_alone(run: Run) -> Iterator[tuple[int, int]]:
    for conn, send in run.all_sends():
        if send.started is None or send.ended is None or send.frame is None or send.repeat > 1:
            continue
        streams = run.streams.on(conn.conn)
        before_us = min((s.asked.asked_us for s in streams), default=FOREVER)
        is_alone = send.ended_us < before_us and met_free_lock(conn, send)
        if is_alone and is_clear(run, conn, send.asked_us, send.ended_us, send.frame):
            yield send.size_bytes, send.ended_us - send.started.at_us


def stream_alone_us(run: Run) -> int | None:
    """Return how long a stream took at most to begin where it was the first, `None`: none was."""
    return max(_kept(run, "streams alone", _streams_alone), default=(0, None))[1]


def _streams_alone(run: Run) -> Iterator[tuple[int, int]]:
    for conn in run.conns.values():
        streams = sorted(run.streams.on(conn.conn), key=lambda s: s.asked.asked_us)
        for facts in streams[:1]:
            chunk = facts.chunk_at(0)
            if chunk is not None:
                took_us = chunk.began_us - facts.not_ready_before_us(0)
                yield took_us, took_us


def _kept(run: Run, name: str, make: object) -> list[tuple[int, int]]:
    if name not in run.memo:
        run.memo[name] = list(make(run))  # type: ignore[operator]
    found: list[tuple[int, int]] = run.memo[name]
    return found


# --- late -----------------------------------------------------------------------------------------


def lateness(came: Moment, begun: Moment, alone: int | None) -> Lateness:
    """Return how late something came that may take no time.

    Late for certain is only what took longer than it takes `alone`; on time is what took no time.
    """
    late = came.after(begun)
    return Lateness(-FOREVER if alone is None else late.least_us - alone, late.most_us)


def evidence_of(beside: Iterable[StreamFacts], *more: AnyEvent | None) -> list[AnyEvent]:
    """Return what shows that the streams only waited, or were over, with `more`, in order."""
    story: list[AnyEvent] = []
    for facts in beside:
        story += [*facts.ready[-1:], *facts.ended[:1]]
    story += [event for event in more if event is not None]
    return sorted({id(e): e for e in story}.values(), key=lambda e: e.at_us)
