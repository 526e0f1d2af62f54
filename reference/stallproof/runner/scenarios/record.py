"""The events of one run as they come in, and waiting for one of them.

The complication: words come late. What is said of a connection of an earlier run is left out; what
is said of one that nobody has opened can only be made up, and is the harness's break.

Spec: `spec/protocol.md`, rule 5.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.runner.sut.news import News
from stallproof.wire import events as ev
from stallproof.wire.event import ImplementationEvent
from stallproof.wire.events import AnyEvent

_BEGINS = (
    ev.Opened, ev.SendStarted, ev.LockTaken, ev.Written, ev.Checked, ev.Warned,
    ev.HeartbeatQueued, ev.StreamMade, ev.ChunkBegun, ev.WaitBegun,
)  # fmt: skip
"""What nothing says any more that is closed, and of which all has ended; the rest may come late."""


@dataclass(slots=True)
class _Run:
    """One run: its connections, and the events of these, which are only ever added to."""

    conns: set[str] = field(default_factory=set)
    events: list[AnyEvent] = field(default_factory=list)


class Record:
    """The events of one run as they come in from several threads, and a way to wait for them.

    `in_vain_s`: for how long this run has waited for what did not come. `earlier`: the names that
    a harness may know from before its configuration; those of this record are added to them.
    """

    def __init__(self, earlier: set[str] | None = None) -> None:
        self.in_vain_s = 0.0
        self._since_us = time.monotonic_ns() // 1000
        self._earlier = set() if earlier is None else earlier
        self._known: set[str] = set()
        self._run: _Run | None = None
        self._news = News()

    def add(self, event: AnyEvent) -> None:
        """Take one event; events of connections that are not of this run are left out.

        Raises `HarnessBroken` for a word of a harness on a connection that nobody has opened.
        """
        run = self._run
        conn: str | None = getattr(event, "conn", None)
        if run is not None and (conn is None or conn in run.conns):
            run.events.append(event)
            self._news.tell()
        elif conn is not None and isinstance(event, ImplementationEvent):
            self._left_out(event, conn)

    def _left_out(self, event: ImplementationEvent, conn: str) -> None:
        """Leave out what may be a late word; raises `HarnessBroken` for what can be none."""
        may_be_late = not isinstance(event, _BEGINS) or event.at_us < self._since_us
        if conn not in self._known and not (may_be_late and conn in self._earlier):
            which = f"the connection {show(conn.encode())}"
            detail = f"The harness spoke of {which}, which was not opened since its configuration."
            raise HarnessBroken("protocol", detail)

    def begin(self) -> None:
        """Start a new run."""
        self.in_vain_s = 0.0
        self._run = _Run()

    def end(self) -> list[AnyEvent]:
        """End the run and return its events; what comes later is of no run."""
        run, self._run = self._run, None
        return [] if run is None else list(run.events)

    def expect(self, conn: str) -> None:
        """Count `conn` among the connections of this run, before it is opened."""
        self._known.add(conn)
        self._earlier.add(conn)
        if self._run is not None:
            self._run.conns.add(conn)

    def wait_for(self, wanted: Callable[[AnyEvent], bool], timeout_s: float) -> AnyEvent | None:
        """Return the first event that is wanted, waiting for at most `timeout_s`; else `None`."""
        run = self._run or _Run()
        found: list[AnyEvent] = []
        seen = 0

        def is_there() -> bool:
            nonlocal seen
            new = run.events[seen:]
            seen += len(new)
            found.extend(filter(wanted, new))
            return bool(found)

        if self._news.wait_for(is_there, timeout_s):
            return found[0]
        self.in_vain_s += timeout_s
        return None
