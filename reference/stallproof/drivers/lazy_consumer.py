"""The consumer of lazy references: it waits for one, and downloads from the owner.

The stall it guards against: a consumer that is told nothing waits for what never comes. Each wait
here ends with an outcome by name, or with a `TimeoutError`.

The complication: the pieces go to the caller as they come, before all of them are verified. What
was written is good only if the outcome is `delivered`.

Threads: one download at a time over one connection.

Spec: `spec/lr.md`.
"""

import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from stallproof.drivers.lazy_messages import (
    Answer,
    Ask,
    Digest,
    LazyReference,
    MessageConnection,
    Receipt,
)
from stallproof.drivers.stream_receiver import Reception, StreamReceiver
from stallproof.machines.lazy_reference import (
    Entry,
    Outcome,
    Stage,
    on_asked,
    on_awaited,
    on_ended,
)

WAIT_S = 60.0
"""How long an owner may take to answer."""


class Downloaded(NamedTuple):
    """How a download ended; `sha256`, in hexadecimal digits, is that of what came."""

    outcome: Outcome
    size_bytes: int = 0
    sha256: str = ""


OWNER_GONE = Downloaded(on_asked(None, forged=True, is_gone=True)[1])
"""How a download ends whose owner cannot be reached, or leaves before it answers."""


def await_reference(
    conn: MessageConnection, wait_s: float | None = None
) -> tuple[Outcome, LazyReference | None]:
    """Return the next reference that an intermediary passes on, or that it died before that.

    Raises `TimeoutError` after `wait_s`.
    """
    message = conn.hear(wait_s)
    came = message if isinstance(message, LazyReference) else None
    return on_awaited(passed=came is not None, died=True), came


def download(
    conn: MessageConnection,
    reference: LazyReference,
    take: Callable[[bytes], object],
    wait_s: float = WAIT_S,
) -> Downloaded:
    """Hand every byte of an item to `take`, in order, and return whether they were the owner's.

    `conn` leads to the owner. Raises `TimeoutError` when the owner does not answer for `wait_s`.
    """
    stream = conn.next_stream()
    receiver = StreamReceiver(conn, stream)
    conn.tell(Ask(stream, reference.reference, reference.item))
    answer = conn.hear(wait_s)
    if not isinstance(answer, Answer) or answer.outcome is not Outcome.DELIVER:
        conn.streams.receivers.retire(stream)
        return Downloaded(answer.outcome) if isinstance(answer, Answer) else OWNER_GONE
    digest, came_bytes = sha256(), 0

    def taken(piece: bytes) -> None:
        nonlocal came_bytes
        digest.update(piece)
        came_bytes += len(piece)
        take(piece)

    end = receiver.run(taken)
    said = conn.hear(wait_s) if end is Reception.WHOLE else None
    came = digest.hexdigest()
    exact = isinstance(said, Digest) and secrets.compare_digest(said.sha256.encode(), came.encode())
    under_way = Entry(reference.item, "", reference.size_bytes, Stage.UNDER_WAY)
    _, outcome = on_ended(under_way, size_bytes=came_bytes, exact=exact)
    conn.tell(Receipt(stream, came_bytes, exact))
    return Downloaded(outcome, came_bytes, came)
