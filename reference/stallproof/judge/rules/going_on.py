"""Rule for what a send writes when it goes on, suspended over its deadline: SD-2.

The intuition: while the implementation is suspended the peer empties the buffers between the two,
and sees that they are empty. Whatever comes then was written when the implementation went on: on a
Unix socket nothing lies anywhere else.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import Observation, broken, ms
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.suspensions import WHEN_DUE
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import Stall, stalled_sends, suspended
from stallproof.wire.events import PeerUnread


@rule("SD-2")
def sd_2_going_on(run: Run) -> Iterator[Observation]:
    """No write begins when a send goes on after its deadline, whatever room there is then."""
    for stall in stalled_sends(run) if run.suspensions.told else ():
        conn, send = stall.conn, stall.send
        if not stall.is_charged or conn.transport != "unix" or suspended(run, stall) != WHEN_DUE:
            continue
        empty = _emptied(run, stall)
        came = None if empty is None else conn.reads_begun.first_from(empty.at_us + 1)
        if empty is not None and came is not None:
            yield broken(
                "SD-2",
                WHEN_DUE,
                f"The implementation was suspended over the deadline of send {send.send}, the peer "
                f"had read all there was {ms(empty.at_us - stall.deadline_us)} after it, and "
                f"{came.got_bytes} bytes came when the implementation went on: it wrote after the "
                f"deadline.",
                [*send.evidence(), empty, came],
            )


def _emptied(run: Run, stall: Stall) -> PeerUnread | None:
    """Return how the peer saw that nothing lay unread, when nobody could write; else `None`."""
    conn, due_us = stall.conn, stall.deadline_us
    for one in run.suspensions.told:
        for seen in conn.unread:
            in_it = max(due_us, one.stopped_us) < seen.at_us < one.continued_us
            if in_it and seen.unread_bytes == 0 and conn.mode_at(seen.at_us) == "drain":
                return seen
    return None
