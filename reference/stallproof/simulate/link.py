"""The world around the processes: what is due when, and how long bytes take on a link.

A link carries one thing after the other. While its far end reads nothing, nothing moves; what was
under way by then has arrived in part.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from stallproof.simulate.plan import SECOND_US, Stall


class Agenda:
    """What is to be done, by its time; at one instant in the order in which it was put down."""

    def __init__(self) -> None:
        """Begin at 0 with nothing to do."""
        self.now_us = 0
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._entries = 0

    def at(self, at_us: int, work: Callable[[], object]) -> None:
        """Do `work` at `at_us`, and never before now."""
        self._entries += 1
        heappush(self._due, (max(at_us, self.now_us), self._entries, work))

    def soon(self, work: Callable[[], object]) -> None:
        """Do `work` at this instant, after what is being done."""
        self.at(self.now_us, work)

    def run(self, is_over: Callable[[], bool]) -> None:
        """Do one thing after the other until `is_over` says so, or nothing is left."""
        while self._due and not is_over():
            self.now_us, _, work = heappop(self._due)
            work()


class Link:
    """The way to one far end, which may stall once."""

    def __init__(self, agenda: Agenda, bytes_s: int, stall: Stall | None) -> None:
        """Carry `bytes_s` in each second."""
        self._agenda = agenda
        self._bytes_s = bytes_s
        self._stall = stall
        self._free_us = 0

    def carry(self, size_bytes: int, took: Callable[[int], object]) -> None:
        """Carry `size_bytes` after what was asked for before; `took` hears of each part of them."""
        begins_us = max(self._agenda.now_us, self._free_us)
        stall, lasts_us = self._stall, -(-size_bytes * SECOND_US // self._bytes_s)
        if stall is not None and stall.from_us <= begins_us < stall.until_us:
            begins_us = stall.until_us
        part_bytes = 0
        if stall is not None and begins_us < stall.from_us < begins_us + lasts_us:
            part_bytes = (stall.from_us - begins_us) * self._bytes_s // SECOND_US
            lasts_us += stall.for_us
            if part_bytes:
                self._agenda.at(stall.from_us, lambda: took(part_bytes))
        self._free_us = begins_us + lasts_us
        self._agenda.at(self._free_us, lambda: took(size_bytes - part_bytes))
