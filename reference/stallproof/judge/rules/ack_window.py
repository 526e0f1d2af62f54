"""Rules for the window: it bounds what is out, and opening it wakes the sender: AP-8 and AP-11."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER
from stallproof.judge.evidence.flow import INVALID, Ack, Flow, Wait, flows
from stallproof.judge.evidence.moment import Moment, at_least, exactly, latest
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import end_of
from stallproof.judge.rules import rule
from stallproof.wire.events import PeerFrame

MANY_WAITS = 100


@rule("AP-8")
def ap_8(run: Run) -> Iterator[Observation]:
    """An ACK that ends a wait lets the waiting chunk begin within grace."""
    for flow in flows(run):
        if not flow.is_plain:
            continue
        ended_waits: list[Observation] = []
        waits = {wait.index: wait for wait in flow.waits}
        for index in range(1, len(flow.facts.ready)):
            wait = waits.get(index)
            woken = _woken(flow, index, wait)
            if woken is not None:
                yield woken
                if wait is not None and wait.chunk is not None:
                    ended_waits.append(woken)
            if wait is not None:
                yield from _one_byte_short(flow, wait)
        if len(ended_waits) >= MANY_WAITS:
            worst = max(ended_waits, key=lambda one: one.late.most_us)
            what = f"Of {len(ended_waits)} waits ended by ACKs this one took longest. "
            yield timed("AP-8", "repeated", worst.late, what + worst.explanation, worst.events)


def _woken(flow: Flow, index: int, wait: Wait | None) -> Observation | None:
    """Say how long chunk `index` took to begin once an ACK had been asked for that lets it.

    `None` where nothing had to be opened, or nobody watched long enough.
    """
    facts, run = flow.facts, flow.run
    sent = index * flow.chunk_bytes
    before, chunk = facts.chunk_at(sent - flow.chunk_bytes), facts.chunk_at(sent)
    opening = flow.opening_of(sent) if sent > flow.window_bytes else None
    if before is None or opening is None or sent >= facts.total_bytes:
        return None
    may_begin = latest(
        run.taken(opening.request.asked),
        exactly(before.at_us),
        Moment(facts.ready_us(index), facts.ready_by_us(index)),
    )
    watched_us = min(flow.undisturbed_until_us, flow.stopped_us, facts.ended_us, run.end_us)
    if chunk is None:
        over_us = watched_us - may_begin.by_us
        late = at_least(over_us)
        if over_us <= run.grace_us + run.noise_us:
            return None
        what = f"had still not begun {ms(over_us)}"
    elif opening.asked_us <= chunk.began_us <= flow.undisturbed_until_us:
        late = run.late(exactly(chunk.began_us), may_begin)
        over_us = chunk.began_us - max(opening.asked_us, before.at_us)
        what = f"began {ms(over_us)}"
    else:
        return None
    exact = sent - opening.offset == flow.window_bytes and opening.kind == "progress"
    return timed(
        "AP-8",
        "opens-exactly" if wait is not None and exact else None,
        late,
        f"The ACK of {opening.offset} opened the window of {facts.name}, and chunk {index}, which "
        f"was ready, {what} after it.",
        facts.evidence(facts.ready[index], opening.request.asked, chunk),
    )


def _one_byte_short(flow: Flow, wait: Wait) -> Iterator[Observation]:
    """An ACK that leaves one byte more than the window outstanding opens nothing."""
    facts = flow.facts
    opened_us = FOREVER if wait.opening is None else wait.opening.asked_us
    until_us = min(opened_us, flow.stopped_us, flow.undisturbed_until_us, facts.ended_us)
    for ack in flow.during(wait, "progress"):
        if wait.sent_bytes - ack.offset != flow.window_bytes + 1:
            continue
        evidence = facts.evidence(ack.request.asked, wait.ready, wait.chunk)
        if wait.chunk is not None and ack.asked_us < wait.chunk.began_us < until_us:
            yield broken(
                "AP-8",
                "one-byte-short",
                f"After the ACK of {ack.offset} one byte more than the window was outstanding on "
                f"{facts.name}, and chunk {wait.index} began.",
                evidence,
            )
        elif until_us - ack.taken_by_us >= 2 * flow.interval_us:
            yield held("AP-8", "one-byte-short", evidence)


@rule("AP-11")
def ap_11(run: Run) -> Iterator[Observation]:
    """Outstanding bytes never exceed the window by more than one chunk."""
    for flow in flows(run):
        # What follows an ACK that cannot be true is AP-10's, what follows the end AP-13's.
        until_us = min([flow.facts.ended_by_us, *_untrue_us(flow)])
        beyond = next(
            (c for c in flow.facts.chunks if c.began_us <= until_us and _is_beyond(flow, c)), None
        )
        if beyond is not None:
            yield _too_much(flow, beyond)
        elif flow.is_plain:
            for wait in flow.waits:
                quiet_us = min(wait.kept_until_us, flow.facts.ended_us) - wait.began_by_us
                if quiet_us > run.grace_us + run.noise_us:
                    is_last = wait.sent_bytes + flow.chunk_bytes >= flow.facts.total_bytes
                    situation = "last-chunk" if is_last else "window-filled"
                    yield held("AP-11", situation, flow.facts.evidence(wait.ready))


def _untrue_us(flow: Flow) -> list[int]:
    """Return when ACKs that cannot be true were asked for."""
    return [a.asked_us for a in flow.acks if a.kind in INVALID]


def _is_beyond(flow: Flow, chunk: PeerFrame) -> bool:
    """Tell whether `chunk` began above the window, or made more outstanding than one chunk more."""
    acknowledged = flow.acknowledged_at_most(chunk.began_us)
    before = (chunk.stream_offset or 0) - acknowledged
    after = end_of(chunk) - acknowledged
    return before > flow.window_bytes or after > flow.window_bytes + flow.chunk_bytes


def _too_much(flow: Flow, chunk: PeerFrame) -> Observation:
    acknowledged = flow.acknowledged_at_most(chunk.began_us)
    last: list[Ack] = [a for a in flow.acks if a.may_be_progress and a.asked_us <= chunk.began_us]
    return broken(
        "AP-11",
        "last-chunk" if end_of(chunk) >= flow.facts.total_bytes else "window-filled",
        f"The chunk of {chunk.size_bytes} bytes at {chunk.stream_offset} of {flow.facts.name} "
        f"arrived with {acknowledged} bytes acknowledged: {end_of(chunk) - acknowledged} bytes "
        f"were outstanding, and the window is {flow.window_bytes}, a chunk {flow.chunk_bytes}.",
        flow.facts.evidence(chunk, *(a.request.asked for a in last[-1:])),
    )
