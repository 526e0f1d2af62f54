"""Rules for stops: who is told of them, and that they wake the sender: AP-9 and AP-12."""

from collections.abc import Iterator

from stallproof.judge.evidence.due import ended_at
from stallproof.judge.evidence.flow import Ack, Flow, flows
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import WATCHDOG
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_notices import notices_on, watched_us
from stallproof.wire.events import PeerDid, Requested


@rule("AP-9")
def ap_9(run: Run) -> Iterator[Observation]:
    """An error ACK stops without a notice, the watchdog with exactly one."""
    for flow in flows(run):
        error = next((a for a in flow.acks if a.kind == "error"), None)
        if error is not None and flow.stopped_us == error.asked_us and flow.is_plain:
            yield from _stopped_by_error(flow, error)
        elif flow.facts.outcome in WATCHDOG:
            yield from _stopped_by_watchdog(flow)


def _stopped_by_error(flow: Flow, error: Ack) -> Iterator[Observation]:
    """The stream ends within grace of an error ACK, and nobody is told."""
    facts, notices = flow.facts, notices_on(flow)
    if facts.arrived_by(error.asked_us) >= facts.total_bytes:
        return
    evidence = facts.evidence(error.request.asked, *notices.frames[:2])
    late = flow.run.late(ended_at(flow), flow.run.taken(error.request.asked))
    grace_us = flow.run.grace_us
    over_us = min(facts.ended_by_us, flow.run.end_us) - error.asked_us
    what = f"An error ACK came to {facts.name}, which was not finished"
    if facts.end is not None and facts.outcome not in ("ack_error", "done", *WATCHDOG):
        yield broken("AP-9", "error-ack", f"{what}; its outcome was '{facts.outcome}'.", evidence)
    elif len(notices.frames) > notices.most:
        told = f"{what}, and the receiver was told of its own error: {notices.words}."
        yield broken("AP-9", "error-ack", told, evidence)
    elif facts.outcome in ("done", *WATCHDOG):
        # It ended for a reason of its own at the same moment.
        return
    elif facts.end is None or over_us > grace_us or watched_us(flow) >= grace_us:
        ended = "had not ended" if facts.end is None else "ended"
        yield timed("AP-9", "error-ack", late, f"{what}; it {ended} {ms(over_us)} on.", evidence)


def _stopped_by_watchdog(flow: Flow) -> Iterator[Observation]:
    """The receiver is told, once."""
    notices = notices_on(flow)
    evidence = flow.facts.evidence(*notices.frames[:2])
    what = f"The watchdog stopped {flow.facts.name} ('{flow.facts.outcome}'): {notices.words}."
    if len(notices.frames) > notices.most:
        yield broken("AP-9", "watchdog-stop", what, evidence)
    elif not notices.are_right:
        if watched_us(flow) > flow.run.grace_us + flow.run.noise_us:
            yield timed("AP-9", "watchdog-stop", at_least(watched_us(flow)), what, evidence)
    elif watched_us(flow) >= flow.run.grace_us:
        yield held("AP-9", "watchdog-stop", evidence)


@rule("AP-12")
def ap_12(run: Run) -> Iterator[Observation]:
    """A cancel or an error ACK ends a wait within grace."""
    for flow in flows(run):
        stopped_us = flow.stopped_us
        wait = next((w for w in flow.waits if w.kept_until_us == stopped_us), None)
        if wait is None or not flow.is_plain:
            continue
        stops: list[tuple[str, Requested | PeerDid]] = [
            *(("stop-while-waiting", a.request.asked) for a in flow.acks if a.kind == "error"),
            *(("cancel-while-waiting", c.asked) for c in flow.facts.cancels),
        ]
        situation, asked = min(stops, key=lambda stop: stop[1].at_us)
        over_us = min(flow.facts.ended_by_us, run.end_us) - asked.at_us
        how = "A cancel" if situation == "cancel-while-waiting" else "An error ACK"
        ended = "had not ended" if flow.facts.end is None else "ended"
        yield timed(
            "AP-12",
            situation,
            run.late(ended_at(flow), run.taken(asked)),
            f"{how} came to {flow.facts.name} while it waited, and it {ended} {ms(over_us)} on.",
            flow.facts.evidence(wait.ready, asked),
        )
