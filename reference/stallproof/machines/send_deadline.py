"""One frame on its way out: guardrail A, which keeps the send lock from being held past its bound.

The stall it guards against: a peer stops reading, the kernel's buffers fill, a blocking write waits
for ever, and everything that shares the connection waits behind the lock that the writer holds.

The intuition: the moment the lock is taken fixes one deadline for the whole frame. Whatever happens
next (bytes leave, the socket says "not now", the poll wakes, the transport fails) is one step of
this machine, and every step looks at the deadline. Progress never moves it.

The use: `on_lock_taken` once, then `on_step` after every write or wake with the bytes just written,
until it decides an `End`; `on_failed` when the transport reports a failure; `on_given_up` when the
caller does not want it any more. The driver writes without blocking and waits in poll for at most
`wait_us`.

The complication: bytes first, then expiry. A step that completes the frame is OK although the
deadline has passed meanwhile, because the peer will receive the frame, and calling it TIMEOUT would
make the caller send it again.

Spec: `spec/sd.md`. Source: origin facts 1 to 5.
"""

from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.machines.states import state


class Outcome(Enum):
    """How a send ended. OK: every byte was handed to the transport.

    SUPPRESSED: the send failed while the connection was closing; nobody is told but the caller.
    GIVEN_UP: its caller gave it up before its last byte, its deadline and any closing (SD-18).
    """

    OK = "ok"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    ERROR = "error"
    SUPPRESSED = "suppressed"
    GIVEN_UP = "given_up"


class Failure(Enum):
    """What the transport said, by the error table of SD-7."""

    TIMEOUT = "timeout"
    CLOSED = "closed"
    ERROR = "error"


@state
class Send:
    """A frame in flight: who holds the lock, since when, until when, and how far it has come.

    `written_bytes` counts what the transport took, `size_bytes` the whole frame with its prefix.
    """

    taken_us: int
    deadline_us: int
    size_bytes: int
    written_bytes: int


@state
class Wait:
    """Not done and not expired: write again once the socket is writable, or after `wait_us`."""

    wait_us: int


@state
class End:
    """The send is over and the lock is to be released. `closes`: the connection must now close."""

    outcome: Outcome
    closes: bool


Decision = Wait | End


def is_send(send: Send) -> bool:
    """Tell whether `send` is a state this machine can be in between two steps."""
    return (
        send.taken_us >= 0
        and send.deadline_us > send.taken_us
        and 0 <= send.written_bytes < send.size_bytes
    )


@require(lambda policy: is_well_formed(policy))
@require(lambda size_bytes: size_bytes >= 1)
@require(lambda now_us: now_us >= 0)
@ensure(
    lambda policy, now_us, result: result.deadline_us == now_us + policy.send_timeout_us, "SD-1"
)
@ensure(lambda result: is_send(result) and result.written_bytes == 0, "SD-1: a fresh frame")
def on_lock_taken(policy: Policy, size_bytes: int, *, now_us: int) -> Send:
    """Start a frame of `size_bytes` at the moment the send lock was taken."""
    return Send(now_us, now_us + policy.send_timeout_us, size_bytes, 0)


@require(lambda send: is_send(send))
@require(lambda send, wrote_bytes: 0 <= wrote_bytes <= send.size_bytes - send.written_bytes)
@require(lambda now_us: now_us >= 0)
@ensure(
    lambda send, wrote_bytes, result: (
        result[0]
        == Send(send.taken_us, send.deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
    ),
    "SD-1: only the written bytes change, the deadline never",
)
@ensure(
    lambda send, wrote_bytes, result: (
        (result[1] == End(Outcome.OK, False))
        == (send.written_bytes + wrote_bytes == send.size_bytes)
    ),
    "SD-9, SD-10: OK exactly when every byte was taken, and OK does not close",
)
@ensure(
    lambda send, now_us, result: (
        not isinstance(result[1], Wait)
        or (now_us < send.deadline_us and result[1].wait_us == send.deadline_us - now_us)
    ),
    "SD-2, SD-3: no waiting at or after the deadline, and never beyond it",
)
@ensure(
    lambda send, now_us, result: (
        not (isinstance(result[1], End) and result[1].outcome is Outcome.TIMEOUT)
        or (now_us >= send.deadline_us and result[1].closes)
    ),
    "SD-4, SD-5: TIMEOUT never early, and it closes",
)
@ensure(
    lambda closing, result: (
        not (isinstance(result[1], End) and result[1].outcome is not Outcome.OK)
        or (result[1].outcome is Outcome.SUPPRESSED) == closing
    ),
    "SD-10: while closing, what does not complete is SUPPRESSED",
)
def on_step(send: Send, wrote_bytes: int, *, closing: bool, now_us: int) -> tuple[Send, Decision]:
    """Apply the bytes just written (0 after a mere wake), then look at closing and the deadline.

    The order is the law: completed is OK, else closing is SUPPRESSED, else expired is TIMEOUT, else
    wait for the time that is left.
    """
    after = Send(send.taken_us, send.deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
    if after.written_bytes == after.size_bytes:
        return after, End(Outcome.OK, False)
    if closing:
        return after, End(Outcome.SUPPRESSED, False)
    if now_us >= after.deadline_us:
        return after, End(Outcome.TIMEOUT, True)
    return after, Wait(after.deadline_us - now_us)


@require(lambda send: is_send(send))
@require(lambda now_us: now_us >= 0)
@ensure(lambda closing, result: (result.outcome is Outcome.SUPPRESSED) == closing, "SD-10, SD-15")
@ensure(lambda result: result.outcome is not Outcome.OK, "SD-10: a failure is never OK")
@ensure(
    lambda send, now_us, closing, result: (
        closing or now_us < send.deadline_us or result.outcome is Outcome.TIMEOUT
    ),
    "SD-2: with bytes left at or after the deadline it is a TIMEOUT",
)
@ensure(
    lambda send, failure, now_us, closing, result: (
        closing or now_us >= send.deadline_us or result.outcome.value == failure.value
    ),
    "SD-7: before the deadline, the table decides",
)
@ensure(lambda result: result.outcome is not Outcome.TIMEOUT or result.closes, "SD-5")
@ensure(
    lambda send, closing, result: closing or send.written_bytes == 0 or result.closes,
    "SD-6: a torn frame closes",
)
@ensure(
    lambda send, result: (
        result.outcome in (Outcome.TIMEOUT,) or send.written_bytes > 0 or not result.closes
    ),
    "SD-8: a failure with nothing written leaves the connection open",
)
def on_failed(send: Send, failure: Failure, *, closing: bool, now_us: int) -> End:
    """End the send because the transport failed with bytes left to write."""
    if closing:
        return End(Outcome.SUPPRESSED, False)
    if now_us >= send.deadline_us or failure is Failure.TIMEOUT:
        return End(Outcome.TIMEOUT, True)
    torn = send.written_bytes > 0
    if failure is Failure.CLOSED:
        return End(Outcome.CLOSED, torn)
    return End(Outcome.ERROR, torn)


@require(lambda send: is_send(send))
@require(lambda now_us: now_us >= 0)
@ensure(lambda closing, result: (result.outcome is Outcome.SUPPRESSED) == closing, "SD-10")
@ensure(
    lambda send, closing, now_us, result: (
        closing or (result.outcome is Outcome.TIMEOUT) == (now_us >= send.deadline_us)
    ),
    "SD-2: with bytes left at or after the deadline it is a TIMEOUT",
)
@ensure(
    lambda send, closing, now_us, result: (
        (result.outcome is Outcome.GIVEN_UP) == (not closing and now_us < send.deadline_us)
    ),
    "SD-18: before the deadline and any closing it is GIVEN_UP",
)
@ensure(
    lambda send, result: (
        result.outcome is not Outcome.GIVEN_UP or result.closes == (send.written_bytes > 0)
    ),
    "SD-18, SD-6: it closes exactly if the frame is torn",
)
@ensure(lambda result: result.outcome is not Outcome.TIMEOUT or result.closes, "SD-5")
def on_given_up(send: Send, *, closing: bool, now_us: int) -> End:
    """End the send because its caller gave it up with bytes left to write.

    Ask right after a step that decided to wait: so the last byte, the deadline and a closing win.
    """
    if closing or now_us >= send.deadline_us:
        return End(Outcome.SUPPRESSED if closing else Outcome.TIMEOUT, not closing)
    return End(Outcome.GIVEN_UP, send.written_bytes > 0)
