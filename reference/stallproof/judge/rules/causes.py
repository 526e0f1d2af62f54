"""Rules for failures that have no cause: SD-7.

The intuition: the oracle knows all that can make a send fail, since it brings all of it about: what
the peer did, a close, a deadline that came, and what else `may_fail` finds. A send that fails
before any of that fails without a cause. This holds for every send of every run, whatever the run
is for.

The complication: one failure may bring others about, such as a closing that nobody asked for. So
the first one of a connection is told, and what follows it is not.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import SendFacts
from stallproof.judge.evidence.observation import Observation, broken, ms
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.judge.rules import rule
from stallproof.judge.rules.descriptors import detail_of, fails_by_number, is_high
from stallproof.judge.rules.may_fail import cause_us
from stallproof.judge.rules.outcomes import OTHER_FAILURES

NO_CAUSE = (
    "the peer had refused nothing, nothing was closing, and no deadline had come. A send does not "
    "fail without a cause."
)


@rule("SD-7")
def sd_7_without_cause(run: Run) -> Iterator[Observation]:
    """A send does not fail without a cause."""
    timeout_us = run.knob("send_timeout_us")
    by_number = fails_by_number(run)
    for conn in run.conns.values():
        if not conn.accepted or run.broken or (by_number and is_high(conn)):
            continue
        # A frame that arrived all the same did not fail, which is SD-9's. What follows the first
        # failure may follow from it.
        failed = [s for s in conn.sends.values() if s.outcome in OTHER_FAILURES and not s.frame]
        send = min(failed, key=_ended_us, default=None)
        if send is not None and send.ended_us < cause_us(run, conn, timeout_us):
            yield broken(
                "SD-7",
                None,
                f"Send {send.send} on connection {conn.conn} ended with {send.outcome}"
                f"{detail_of(send)} {ms(send.ended_us - send.asked_us)} after it was asked for: "
                f"{NO_CAUSE}",
                send.evidence(),
            )


@rule("SD-7")
def sd_7_streams(run: Run) -> Iterator[Observation]:
    """A stream does not end for a send that failed without a cause."""
    due_us = min(
        run.knob("send_timeout_us"), run.knob("ack_progress_timeout_us"), run.knob("ack_wait_us")
    )
    for conn in run.conns.values() if not run.broken else ():
        streams = run.streams.on(conn.conn)
        since_us = cause_us(run, conn, run.knob("send_timeout_us")) if streams else 0
        # What failed on a connection before that is a cause, if not a right one.
        failed_us = (s.asked_us for s in conn.sends.values() if s.outcome in OTHER_FAILURES)
        before_us = min([since_us, *failed_us])
        stream = next((s for s in streams if _failed_before(s, before_us, due_us)), None)
        if stream is not None and conn.accepted:
            yield broken(
                "SD-7",
                None,
                f"The {stream.name} ended with {stream.outcome}{_detail_of(stream)} "
                f"{ms(stream.ended_by_us - stream.asked.asked_us)} after it was asked for: "
                f"{NO_CAUSE}",
                stream.evidence(),
            )


def _failed_before(stream: StreamFacts, before_us: int, due_us: int) -> bool:
    """Tell whether a send of `stream` failed, before `before_us` and before anything was due.

    Where it was stopped, or waited for too long, it has the wrong outcome at most, which is no
    matter of the error table.
    """
    if stream.outcome != "send_failed" or stream.acks or stream.cancels:
        return False
    return stream.ended_by_us < min(before_us, stream.asked.asked_us + due_us)


def _detail_of(stream: StreamFacts) -> str:
    detail = stream.end.detail if stream.end is not None else None
    return f" ({detail})" if detail else ""


def _ended_us(send: SendFacts) -> int:
    return send.ended_us
