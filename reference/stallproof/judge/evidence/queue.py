"""Who was ahead of whom when a send started, by the implementation's own times of start and end.

A send that started with nobody else in flight met a free lock. Of those that are in flight at one
moment at most one met a free lock, but for those that started in the same microsecond: whoever
starts later finds it in flight. So one pass in order of the starts tells everything, and nobody
looks at all pairs of sends. Nothing here judges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts


@dataclass(slots=True, frozen=True)
class Ahead:
    """The other sends of a connection that were in flight when one started.

    `until_us`: when the last of them ended, by its own word. `free`: those of them that had met a
    free lock themselves.
    """

    sends: int = 0
    repeated: int = 0
    timed_out: int = 0
    until_us: int = -FOREVER
    free: tuple[SendFacts, ...] = ()


NOBODY = Ahead()


def ahead_of(conn: ConnFacts, send: SendFacts) -> Ahead:
    """Return who was in flight when `send` started; nobody, if it never did."""
    if "queue" not in conn.memo:
        conn.memo["queue"] = dict(_swept(conn))
    ahead: Ahead = conn.memo["queue"].get(send.send, NOBODY)
    return ahead


def met_free_lock(conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether `send` started with no other send of the connection in flight."""
    return send.started is not None and not ahead_of(conn, send).sends


def _end_us(send: SendFacts) -> int:
    return FOREVER if send.ended is None else send.ended.at_us


def _start_us(send: SendFacts) -> int:
    return FOREVER if send.started is None else send.started.at_us


def _swept(conn: ConnFacts) -> Iterator[tuple[int, Ahead]]:
    """Yield for each send that started who was ahead of it, in order of the starts."""
    in_flight: list[tuple[int, int, SendFacts]] = []
    repeated = timed_out = 0
    until_us = -FOREVER
    free: tuple[SendFacts, ...] = ()
    started = sorted((s for s in conn.sends.values() if s.started is not None), key=_start_us)
    for at_us, group in groupby(started, key=_start_us):
        while in_flight and in_flight[0][0] <= at_us:
            over = heappop(in_flight)[2]
            repeated -= over.repeat > 1
            timed_out -= over.outcome == "timeout"
        still = tuple(s for s in free if _end_us(s) > at_us)
        ahead = Ahead(len(in_flight), repeated, timed_out, until_us, still)
        together = tuple(group)
        if not in_flight:
            ahead, free = NOBODY, together
        for send in together:
            yield send.send, ahead
            heappush(in_flight, (_end_us(send), send.send, send))
            repeated += send.repeat > 1
            timed_out += send.outcome == "timeout"
            until_us = max(until_us, _end_us(send))
