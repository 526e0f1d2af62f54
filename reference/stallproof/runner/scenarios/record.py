"""The events of one run as they come in, and waiting for one of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from stallproof.runner.sut.news import News
from stallproof.wire.events import AnyEvent


@dataclass(slots=True)
class _Run:
    """One run: its connections, and the events of these, which are only ever added to."""

    conns: set[str] = field(default_factory=set)
    events: list[AnyEvent] = field(default_factory=list)


class Record:
    """The events of one run as they come in from several threads, and a way to wait for them.

    `in_vain_s`: for how long this run has waited for what did not come.
    """

    def __init__(self) -> None:
        self.in_vain_s = 0.0
        self._run: _Run | None = None
        self._news = News()

    def add(self, event: AnyEvent) -> None:
        """Take one event; events of connections that are not of this run are left out."""
        run = self._run
        conn = getattr(event, "conn", None)
        if run is None or (conn is not None and conn not in run.conns):
            return
        run.events.append(event)
        self._news.tell()

    def begin(self) -> None:
        """Start a new run."""
        self.in_vain_s = 0.0
        self._run = _Run()

    def end(self) -> list[AnyEvent]:
        """End the run and return its events; what comes later is of no run."""
        run, self._run = self._run, None
        return [] if run is None else list(run.events)

    def expect(self, conn: str) -> None:
        """Count `conn` among the connections of this run."""
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
