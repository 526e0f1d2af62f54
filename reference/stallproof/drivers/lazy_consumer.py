"""The consumer of lazy references: it waits for one, and downloads from the owner.

The stall it guards against: a consumer that is told nothing waits for what never comes. Each wait
here ends with an outcome by name, or with a `TimeoutError`: an owner that hangs in the middle of a
delivery, with its connection open, is no better than one that is gone.

The complication: the pieces go to the caller as they come, before all of them are verified. What
was written is good only if the outcome is `delivered`.

Threads: one download at a time over one connection. Beside it one looks for progress; a caller that
takes its time over a piece is not hurried.

Spec: `spec/lr.md`.
"""

import secrets
import threading
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from stallproof.drivers.lazy_messages import (
    Answer,
    Ask,
    Digest,
    LazyReference,
    Message,
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


class Got:
    """What came so far, and whether more does."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self.digest = sha256()
        self.size_bytes = 0
        self._take = take
        self._is_taking = False

    def on_piece(self, piece: bytes) -> None:
        """Count a piece and hand it on."""
        self.digest.update(piece)
        self.size_bytes += len(piece)
        self._is_taking = True
        self._take(piece)
        self._is_taking = False

    def receive(self, receiver: StreamReceiver, stall_s: float) -> Reception:
        """Take all that comes, and return how that ended."""
        over = threading.Event()
        threading.Thread(target=self.watch, args=(receiver, over, stall_s), daemon=True).start()
        try:
            return receiver.run(self.on_piece)
        finally:
            over.set()

    def outcome(self, reference: LazyReference, said: str) -> Outcome:
        """Return whether what came is what the reference was issued for, by the owner's digest."""
        exact = secrets.compare_digest(said.encode(), self.digest.hexdigest().encode())
        under_way = Entry(reference.item, "", reference.size_bytes, Stage.UNDER_WAY)
        return on_ended(under_way, size_bytes=self.size_bytes, exact=exact)[1]

    def watch(self, receiver: StreamReceiver, over: threading.Event, stall_s: float) -> None:
        """Refuse the rest once nothing came from one look to the next."""
        seen_bytes = -1
        while not over.wait(stall_s):
            if seen_bytes == self.size_bytes and not self._is_taking:
                receiver.refuse(f"nothing came for {stall_s} s")
                return
            seen_bytes = self.size_bytes


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
    stall_s: float = WAIT_S,
) -> Downloaded:
    """Hand every byte of an item to `take`, in order, and return whether they were the owner's.

    `conn` leads to the owner. Raises `TimeoutError` when the owner does not answer for `wait_s`, or
    keeps its digest back. A delivery in which nothing comes for `stall_s` ends as not exact, twice
    that long after the last piece at the latest.
    """
    stream = conn.next_stream()
    receiver = StreamReceiver(conn, stream)
    conn.tell(Ask(stream, reference.reference, reference.item))
    try:
        answer = _hear_of(conn, stream, wait_s)
    except TimeoutError:
        receiver.refuse("it was answered too late")
        conn.tell(Receipt(stream, 0, False))
        raise
    if not isinstance(answer, Answer) or answer.outcome is not Outcome.DELIVER:
        conn.streams.receivers.retire(stream)
        return Downloaded(answer.outcome) if isinstance(answer, Answer) else OWNER_GONE
    got, outcome = Got(take), Outcome.NOT_EXACT
    try:
        end = got.receive(receiver, stall_s)
        said = _hear_of(conn, stream, wait_s) if end is Reception.WHOLE else None
        outcome = got.outcome(reference, said.sha256 if isinstance(said, Digest) else "")
    finally:
        # What `take` raised is the caller's, and its reference stays good.
        conn.tell(Receipt(stream, got.size_bytes, outcome is Outcome.DELIVERED))
    return Downloaded(outcome, got.size_bytes, got.digest.hexdigest())


def _hear_of(conn: MessageConnection, stream: int, wait_s: float) -> Message | None:
    """Return the next message about `stream`; what is about an earlier one comes too late."""
    while (message := conn.hear(wait_s)) is not None:
        if getattr(message, "stream", None) == stream:
            return message
    return None
