"""Who holds the send lock, how a send ended, and what one write of it came to.

Spec: `spec/sd.md`.
"""

from typing import NamedTuple

from stallproof.drivers.errors import failure_of
from stallproof.machines.send_deadline import Failure, Outcome

LockHolder = tuple[int, int, int | None]
"""Who holds the send lock: its number, since when, and the caller's own name for the send.

Published as one object, so that no reader sees half. The number is that of its turn, which tells
the sends of one connection apart. A class of its own would cost each small frame a tenth more.
"""


class Sent(NamedTuple):
    """How a send ended: `written_bytes` of the frame with its prefix, `detail` of a failure.

    Bytes are written when the transport took them: the kernel or, before it, a TLS layer. A send
    that is OK was handed to the kernel to the last byte, whatever lies in between.
    """

    outcome: Outcome
    written_bytes: int
    sequence: int | None
    detail: str | None


class Refusal(NamedTuple):
    """A write that failed, after it had taken `taken_bytes` (0 but for a TLS layer)."""

    failure: Failure
    detail: str
    taken_bytes: int = 0


def answer_of(error: Exception) -> int | Refusal:
    """Return what a write that raised `error` came to: 0 when it would block, or why it failed."""
    if isinstance(error, BlockingIOError | InterruptedError):
        return 0
    return Refusal(failure_of(error), f"{type(error).__name__}: {error}")


def taken(wrote: int) -> int | Refusal:
    """Return the bytes that a write took, or a refusal if it took none and raised nothing."""
    if wrote <= 0:
        return Refusal(Failure.CLOSED, f"a write returned {wrote}")
    return wrote
