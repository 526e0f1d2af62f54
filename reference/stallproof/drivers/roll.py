"""The connections that a monitor watches, in order, and which of them a pass has to look at.

The stall it guards against: the same as that of `watch`. Here belongs the half of it that is about
many connections: to come, to go and to be passed over has to cost next to nothing for each.

The intuition: a pass reads two attributes of every connection, in one expression. It looks only at
those where that found a send or a closing, at those that are restless, and at those whose heartbeat
may have come due, which a heap knows. If they are many, it looks at all: one too many is harmless.

The complication: connections come and go while a pass is under way. They change a dictionary under
a lock. The pass makes its own list of it, once after each change, and goes over that.

Spec: `spec/sc.md`.
"""

import threading
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from operator import attrgetter

from stallproof.drivers.clock import Clock
from stallproof.drivers.watch import Published, Watch, Watched, unsettled

MANY = 8
"""From one in so many on, all are looked at: that costs less than to put those few in order."""
_place = attrgetter("place")


class Roll:
    """Connections under watch. `add` and `discard` are for everyone, the rest for a pass."""

    def __init__(self) -> None:
        """Watch nothing."""
        self._changes = threading.Lock()
        self._watches: dict[int, Watch] = {}
        # `None` after a change: nobody who has gone is kept from being freed.
        self._line: list[Watch] | None = None
        self._arranged: list[Watch] | None = None
        self._readable: list[Published] = []
        self._watch_of: dict[int, Watch] = {}
        # Whom the next pass must look at, whatever it reads.
        self._restless: list[Watch] = []
        self._due: list[tuple[int, int, Watch]] = []
        self._timed = 0

    def add(self, conn: Watched) -> None:
        """Watch `conn` from the next pass on; who is watched already stays as it is."""
        with self._changes:
            if id(conn) not in self._watches:
                self._watches[id(conn)] = Watch(conn)
                self._line = None

    def discard(self, conn: Watched) -> None:
        """Watch `conn` no more from the next pass on; nothing happens if it is not watched."""
        with self._changes:
            if self._watches.pop(id(conn), None) is not None:
                self._line = None

    def line(self) -> list[Watch]:
        """Return everyone, in the order of coming. Nobody changes the list."""
        with self._changes:
            if self._line is None:
                self._line = list(self._watches.values())
            return self._line

    def unsettled(self, now_us: int, clock: Clock) -> Iterator[Watch]:
        """Check everyone at `now_us`, or later; yield whom the machine must be asked about.

        They come in the order of coming. `now_us` was read before, and `clock` is read after each.
        """
        line = self.line()
        if line is not self._arranged:
            self._arrange(line)
        # An interrupt would lose who is restless. Then the next pass begins with everyone.
        self._arranged = None
        called, self._restless = self._called(line, now_us), []
        yield from unsettled(called, self._restless, now_us, clock)
        self._arranged = line

    def _called(self, line: list[Watch], now_us: int) -> Iterable[Watch]:
        """Return whom a pass must look at; for the others the machine would do nothing."""
        stirred = [
            conn for conn in self._readable if conn.lock_holder is not None or conn.closing_begun
        ]
        called = self._restless
        due = self._due
        while due and due[0][0] < now_us:
            watch = heappop(due)[2]
            watch.is_timed = False
            called.append(watch)
        if MANY * (len(called) + len(stirred)) >= len(line):
            return line if called or stirred else ()
        watch_of = self._watch_of
        return sorted({*called, *(watch_of[id(conn)] for conn in stirred)}, key=_place)

    def time(self, watch: Watch, now_us: int) -> None:
        """Note until when no heartbeat can be due; that time has not come if it is timed."""
        conn = watch.published
        if conn is None or watch.is_timed:
            return
        if not conn.heartbeats:
            watch.is_timed = True
        elif conn.received_us is not None:
            # At this moment itself it is not due yet (SC-10).
            until_us = conn.received_us + conn.policy.heartbeat_interval_us
            if now_us <= until_us:
                watch.is_timed = True
                self._timed += 1
                heappush(self._due, (until_us, self._timed, watch))

    def _arrange(self, line: list[Watch]) -> None:
        """Make a line that has changed the one that is gone over."""
        self._arranged = line
        readable: list[Published] = []
        for place, watch in enumerate(line):
            watch.place = place
            if watch.published is not None:
                readable.append(watch.published)
        self._readable = readable
        self._watch_of = {id(watch.conn): watch for watch in line}
        self._restless = [watch for watch in line if not watch.is_at_rest]
        watched = set(line)
        self._due = [entry for entry in self._due if entry[2] in watched]
        heapify(self._due)
