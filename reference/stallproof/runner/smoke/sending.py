"""Whether a harness connects, sends, and says so; and whether it listens while it sends."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial

from stallproof.judge.evidence.facts import heard_us
from stallproof.runner.scenarios.context import Context, now_us
from stallproof.runner.smoke.as_read import as_read
from stallproof.runner.smoke.check import Check, broken, left_out, sound
from stallproof.runner.sut.client import Failed, Refused, Unsupported
from stallproof.wire.events import AnyEvent, Closed, PeerFrame, SendEnded, SendStarted

SMALL_BYTES = 1000
ENDS_WITHIN_S = 3.0
ARRIVES_WITHIN_S = 1.0
ANSWERS_WITHIN_S = 2.0
CLOSES_WITHIN_S = 5.0
SAID_WITHIN_S = 0.5
UNTRANSLATED = (
    "The send that was closed upon ended with error ({}). Where that is your own word for closing, "
    "the harness has to say 'suppressed'; for a time-out of your own it says 'timeout'."
)
NUMBERS = itertools.count(1)
"""Sends are numbered anew: what a harness says of one is never taken for another's."""


def sends(context: Context, transport: str) -> Iterator[Check]:
    """Open a connection and send three small frames on it."""
    name = f"sends-{transport}"
    conn = context.open(f"s{transport}", transport)
    for _ in range(3):
        asked_us = now_us()
        number = next(NUMBERS)
        context.harness.request("send", conn=conn, send=number, size_bytes=SMALL_BYTES)
        ended = context.ended(number, ENDS_WITHIN_S)
        started = context.record.wait_for(_start_of(number), 0)
        frame = context.arrived(number, ARRIVES_WITHIN_S)
        off_us = context.harness.clock_uncertainty_us
        read = partial(as_read, context, conn)
        fault = _fault(off_us, asked_us, number, started, ended, frame, read)
        if fault is not None:
            yield broken(name, *fault)
            return
    yield sound(name, "Three small frames arrived whole, each under its number, and it said so.")


def _start_of(number: int) -> Callable[[AnyEvent], bool]:
    return lambda event: isinstance(event, SendStarted) and event.send == number


def _fault(
    off_us: int,
    asked_us: int,
    number: int,
    started: AnyEvent | None,
    ended: SendEnded | None,
    frame: PeerFrame | None,
    read: Callable[[], str],
) -> tuple[str, str] | None:
    """Return what is wrong with a send to a peer that reads, and what to do; `None` if nothing."""
    if ended is None:
        return (
            f"Send {number} said no 'send_ended' within {ENDS_WITHIN_S:g} s, with a peer that "
            f"reads.",
            "Say it right after the call has returned, whatever came of it.",
        )
    if started is None:
        return f"Send {number} never said 'send_started'.", "Say it right before the call."
    if ended.outcome != "ok":
        return (
            f"Send {number} ended with {ended.outcome}, with a peer that reads: {ended.detail}.",
            "See what your transport says; a connection may send once 'open' is answered.",
        )
    if frame is None:
        return (
            f"Send {number} ended OK, and no frame that names it arrived. {read()}",
            "Compare 'frames' in your hello with what is on the wire, and the payload with the "
            "protocol: blocks of eight bytes, the send's number and the block's index.",
        )
    if not frame.intact or frame.size_bytes != SMALL_BYTES:
        return (
            f"The payload of send {number} is not as it has to be: {frame.why or 'its length'}.",
            "It is 'size_bytes' long, in blocks of eight bytes: number and index, big-endian.",
        )
    return _misdated(off_us, asked_us, started) or _misdated(off_us, asked_us, ended)


def _misdated(off_us: int, asked_us: int, event: AnyEvent) -> tuple[str, str] | None:
    """Return what is wrong with the time of `event`, if it lies outside of what can be.

    `off_us`: how far the times of the harness may be off, as its clock was read.
    """
    slack_us = 2 * off_us
    by_us = heard_us(event) + slack_us
    if asked_us - slack_us <= event.at_us <= by_us:
        return None
    return (
        f"{event.__struct_config__.tag} is dated {event.at_us - asked_us} us after it was asked "
        f"for, and was heard {by_us - slack_us - asked_us} us after that.",
        "'at_us' is the monotonic clock in microseconds; say in hello if it is your own.",
    )


def listens(context: Context, transport: str) -> Iterator[Check]:
    """Send more than anybody takes to a peer that does not read, and ask on meanwhile."""
    name = f"listens-{transport}"
    conn = context.open(f"l{transport}", transport, mode="stop")
    advice = "'send' is answered at once: the call runs on a thread or task of its own."
    number = next(NUMBERS)
    send = context.harness.post("send", conn=conn, send=number, size_bytes=context.big_bytes)
    other = context.harness.post("received", conn=conn)
    try:
        answered = context.harness.wait(send, ANSWERS_WITHIN_S) is not None
        answered = answered and context.harness.wait(other, ANSWERS_WITHIN_S) is not None
    except (Unsupported, Failed, Refused):
        # That is an answer, too: whether it counts what comes in does not matter here.
        answered = True
    if not answered:
        yield broken(
            name,
            f"While a send was blocked it answered nothing for {ANSWERS_WITHIN_S:g} s.",
            advice,
        )
        return
    yield sound(name, "It went on answering while a peer did not take its frame.")
    yield from _closes(context, conn, number, transport)


def _closes(context: Context, conn: str, number: int, transport: str) -> Iterator[Check]:
    name = f"closes-{transport}"
    reply = context.harness.wait(context.harness.post("close", conn=conn), CLOSES_WITHIN_S)
    if reply is None:
        yield broken(
            name,
            f"'close' was not answered within {CLOSES_WITHIN_S:g} s while a send was blocked.",
            "Answer when the call that closes has returned; it runs on a thread of its own.",
        )
        return
    ended = context.ended(number, ENDS_WITHIN_S)
    if ended is None:
        yield left_out(
            name,
            "'close' was answered, and the blocked send did not end: that is for the verdict.",
        )
        return
    yield sound(name, "'close' was answered, and the blocked send has ended.")
    if ended.outcome == "error":
        yield left_out(f"outcome-{transport}", UNTRANSLATED.format(ended.detail or "no detail"))
    said = context.record.wait_for(
        lambda e: isinstance(e, Closed) and e.conn == conn, SAID_WITHIN_S
    )
    if said is None:
        yield left_out(
            f"closed-{transport}",
            "The harness never reported `closed`, without which SD-12 is not exercised.",
        )


SENDING: tuple[tuple[str, Callable[[Context, str], Iterator[Check]]], ...] = (
    ("sends", sends),
    ("listens", listens),
)
"""The parts for each transport, by name."""
