"""What the peer made of the bytes of a connection, by the layout that the harness declared.

The intuition: where nothing arrives as it was sent, the layout is mostly wrong, and how long the
peer takes the frame to be says in which way: a byte order, a place, what the length counts.

Spec: `spec/protocol.md`, "The layout of frames".
"""

from stallproof.runner.peer.client import PeerBroken
from stallproof.runner.scenarios.context import Context
from stallproof.wire.events import PeerFrame, PeerSawEnd
from stallproof.wire.units import count

ENDS_WITHIN_S = 1.0


def as_read(context: Context, conn: str) -> str:
    """Have the peer close `conn`, and return as a sentence what it had read there."""
    try:
        context.peer.close_conn(conn)
    except PeerBroken as error:
        return f"What the peer read is not known: {error}."
    end = context.record.wait_for(
        lambda e: isinstance(e, PeerSawEnd) and e.conn == conn, ENDS_WITHIN_S
    )
    whole = context.record.wait_for(lambda e: isinstance(e, PeerFrame) and e.conn == conn, 0)
    frame = whole if isinstance(whole, PeerFrame) else None
    return told_of(end if isinstance(end, PeerSawEnd) else None, frame)


def told_of(end: PeerSawEnd | None, frame: PeerFrame | None) -> str:
    """Return what came, up to `end`; `frame`: the first whole one, if there is any."""
    if end is None or end.total_bytes == 0:
        return "The peer read no byte of it."
    came = f"The peer read {count(end.total_bytes, 'byte')}"
    if frame is not None:
        size = count(frame.size_bytes, "byte")
        return f"{came}; by 'frames' that has a frame of kind {frame.kind} with {size} of payload."
    if end.garbage is not None:
        return f"{came}; by 'frames' that is none: {end.garbage}."
    if end.torn_size_bytes is not None:
        return f"{came}; by 'frames' that begins a frame of {count(end.torn_size_bytes, 'byte')}."
    return f"{came}; by 'frames' no length of a frame could be read in that."
