"""The owner of lazy references: it keeps its items, and delivers each to whom it is for.

The stall it guards against: see `machines.lazy_reference`, which decides here.

The intuition: an item is no bytes but a way to make them, piece by piece, so that not even the
owner holds a payload whole.

The complication: an id is found by its digest and then compared in constant time. So how long a
refusal takes tells nothing of an id that is nearly right.

Threads: each connection is served by one, and each delivery has one of its own. The mutex covers
the entries alone and is held over no wait.

Spec: `spec/lr.md`.
"""

import collections
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from stallproof.drivers.frame import Payload
from stallproof.drivers.lazy_messages import (
    Answer,
    Ask,
    Digest,
    LazyReference,
    MessageConnection,
    Receipt,
)
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.lazy_reference import Entry, Outcome, is_forged, on_asked, on_ended
from stallproof.machines.stream import StreamOutcome

ID_BYTES = 32
"""How many random bytes an id has: twice what nobody can guess."""


class Item(NamedTuple):
    """A payload; `pieces` makes it anew, in pieces of at most one chunk."""

    name: str
    size_bytes: int
    pieces: Callable[[], Iterable[Payload]]


class _Kept:
    """A reference with its item."""

    def __init__(self, reference: bytes, item: Item, entry: Entry) -> None:
        self.reference = reference
        self.item = item
        self.entry = entry


class LazyOwner:
    """Issue references, and serve those who come with one."""

    def __init__(self, name: str) -> None:
        """Own nothing yet; `name` is where consumers find this owner."""
        self.name = name
        self._mutex = threading.Lock()
        self._kept: dict[bytes, _Kept] = {}
        self._is_gone = False

    def issue(self, item: Item, consumer: str) -> LazyReference:
        """Return a reference that delivers `item` to `consumer`, once.

        Raises `ValueError` for an item without bytes, which no stream can carry.
        """
        if item.size_bytes < 1:
            raise ValueError(f"{item.name} has {item.size_bytes} bytes")
        drawn = secrets.token_hex(ID_BYTES)
        kept = _Kept(drawn.encode(), item, Entry(item.name, consumer, item.size_bytes))
        with self._mutex:
            self._kept[sha256(kept.reference).digest()] = kept
        return LazyReference(self.name, drawn, item.name, item.size_bytes)

    def expire(self, reference: str) -> None:
        """Deliver no more by this reference; a delivery that is under way goes on."""
        kept = self._find(reference)
        if kept is not None:
            with self._mutex:
                kept.entry = replace(kept.entry, is_expired=True)

    def leave(self) -> None:
        """Deliver nothing any more."""
        with self._mutex:
            self._is_gone = True

    def serve(self, conn: MessageConnection, consumer: str) -> None:
        """Answer whoever is at the other end until it leaves, and close.

        `consumer` is who that is, as far as the caller made sure of it.
        """
        under_way: dict[int, _Kept] = {}
        try:
            while (message := conn.hear()) is not None:
                if isinstance(message, Ask):
                    self._asked(conn, consumer, message, under_way)
                elif isinstance(message, Receipt) and message.stream in under_way:
                    kept = under_way.pop(message.stream)
                    self._ended(kept, message.size_bytes, message.exact)
        finally:
            for kept in under_way.values():
                self._ended(kept, 0, False)
            conn.close()

    def _find(self, reference: str) -> _Kept | None:
        given = reference.encode()
        kept = self._kept.get(sha256(given).digest())
        if kept is None or not secrets.compare_digest(kept.reference, given):
            return None
        return kept

    def _asked(
        self, conn: MessageConnection, consumer: str, ask: Ask, under_way: dict[int, _Kept]
    ) -> None:
        kept = self._find(ask.reference)
        with self._mutex:
            entry = None if kept is None else kept.entry
            forged = is_forged(entry, item=ask.item, who=consumer)
            entry, outcome = on_asked(entry, forged=forged, is_gone=self._is_gone)
            if kept is not None and entry is not None:
                kept.entry = entry
        conn.note(f"stream {ask.stream}: {outcome.value}")
        if kept is None or outcome is not Outcome.DELIVER:
            conn.tell(Answer(ask.stream, outcome))
            return
        try:
            sender = StreamSender(conn, ask.stream, kept.item.size_bytes)
        except ValueError as error:
            # A number that is in use is the mistake of who asked; its reference stays good.
            self._ended(kept, 0, False)
            conn.note(str(error))
            conn.close()
            return
        under_way[ask.stream] = kept
        conn.tell(Answer(ask.stream, outcome))
        threading.Thread(
            target=self._deliver, args=(conn, sender, kept.item), name="delivery", daemon=True
        ).start()

    def _deliver(self, conn: MessageConnection, sender: StreamSender, item: Item) -> None:
        """Send an item piece by piece, and its digest after it."""
        digest = sha256()

        def counted() -> Iterator[Payload]:
            for piece in item.pieces():
                digest.update(piece)
                yield piece

        made = counted()
        try:
            outcome = sender.run(made)
            # An item that is longer than it says is not exact either: the digest is of all of it.
            collections.deque(made, maxlen=0)
        except Exception as error:
            # The stream was cancelled by it, which its receiver is told; the others go on.
            conn.note(f"{item.name} could not be made: {type(error).__name__}: {error}")
            return
        if outcome is StreamOutcome.DONE:
            conn.tell(Digest(sender.number, digest.hexdigest()))

    def _ended(self, kept: _Kept, size_bytes: int, exact: bool) -> None:
        with self._mutex:
            kept.entry, _ = on_ended(kept.entry, size_bytes=size_bytes, exact=exact)
