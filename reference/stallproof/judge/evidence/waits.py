"""One wait of a stream for its window, as the peer brackets it. Nothing here judges."""

from dataclasses import dataclass

from stallproof.judge.evidence.acks import Ack
from stallproof.wire.events import ChunkReady, PeerFrame


@dataclass(slots=True, frozen=True)
class Wait:
    """A chunk was ready while more than the window was outstanding, by the peer's own count.

    `sent_bytes` were sent then; `chunk` is the one that waited, once it arrived. `opening`: the
    first ACK asked for that ends the wait. The wait began at `began_us` at the earliest, had begun
    at `seen_us` by the word for when the chunk was ready, and at `began_by_us` at the latest. The
    peer kept it up until `kept_until_us`, or the chunk arrived then, opened or not.
    """

    index: int
    sent_bytes: int
    ready: ChunkReady
    chunk: PeerFrame | None
    opening: Ack | None
    began_us: int
    seen_us: int
    began_by_us: int
    kept_until_us: int
