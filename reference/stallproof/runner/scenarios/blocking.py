"""Bringing a stall about: a frame that a peer which does not read cannot take.

What a send does before it takes the lock is no stall yet, and may take long. So a play goes on when
the peer has seen the first bytes of the frame, without reading them.
"""

from stallproof.runner.scenarios.context import Context
from stallproof.runner.scenarios.jumping import jump_midway
from stallproof.wire.peer import PeerUnread

BEGINS_WITHIN_S = 1.0


def send_blocked(context: Context, conn: str, more_bytes: int = 0) -> int:
    """Bring a stall about as `send_stuck` does; in some repetitions the wall clock jumps in it."""
    send = send_stuck(context, conn, more_bytes)
    jump_midway(context)
    return send


def send_stuck(context: Context, conn: str, more_bytes: int = 0) -> int:
    """Ask for a frame larger than all buffers, by `more_bytes`, and wait for its first bytes.

    Return its number. The peer must not be reading all there is.
    """
    send = context.send(conn, context.big_bytes + more_bytes)
    context.record.wait_for(lambda e: isinstance(e, PeerUnread) and e.conn == conn, BEGINS_WITHIN_S)
    return send
