"""Time that moves only when it is told to, and code that runs in it.

The intuition: a deadline is tested best one microsecond before it, at it and after it. On a clock
that stands still that is exact, and it takes no time to wait for.

The use: as a function it returns the time, which is all that a pure machine needs. Code that takes
its waits from outside as well, such as `GuardedConnection`, runs on `clock.io` and on a transport
of `clock.transport(...)`, or on a line of it; `clock.start` runs what would block.

The complication: what blocks has to be started by `start`. Whoever blocks outside of it would wait
for a clock that nobody moves, so that is an error and no hang.

Spec: `spec/virtual.md`.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from stallproof.drivers.io import Io
from stallproof.drivers.recorder import ignore
from stallproof.harness.line import Line
from stallproof.harness.plain_simulated import SimulatedLine
from stallproof.harness.simulated.io import SimulatedIo
from stallproof.harness.simulated.transport import SimulatedTransport

_T = TypeVar("_T")


class Running(Generic[_T]):
    """Work that was started on a clock: it goes on when the clock moves or the peer acts."""

    def __init__(self) -> None:
        self._results: list[_T] = []
        self._error: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has returned or raised."""
        return bool(self._results) or self._error is not None

    def result(self) -> _T:
        """Return or raise what the work did; raises `RuntimeError` while it still waits."""
        if self._error is not None:
            raise self._error
        if not self._results:
            raise RuntimeError("it still waits: move the clock, or let the peer act")
        return self._results[0]

    def _work(self, work: Callable[[], _T]) -> None:
        try:
            self._results.append(work())
        except Exception as error:
            self._error = error


class VirtualClock:
    """The time of one test in whole microseconds, which begins at 0."""

    def __init__(self) -> None:
        """Begin at 0, with nothing to do."""
        self._io = SimulatedIo(ignore, [])
        self.io: Io = self._io
        """Where code runs that takes its time and its waits from outside."""

    def __call__(self) -> int:
        """Return the time: the clock as code takes it that only reads it."""
        return self.now_us

    @property
    def now_us(self) -> int:
        """The time in microseconds."""
        return self._io.hub.now_us

    @property
    def next_due_us(self) -> int | None:
        """When something happens by itself next, `None` if nothing does."""
        return self._io.hub.next_due_us

    def advance(self, by_us: int) -> None:
        """Let so much time pass; what is due meanwhile happens, each at its own time.

        0 lets everybody run who can. Raises `ValueError` for less.
        """
        self.advance_to(self.now_us + by_us)

    def advance_to(self, to_us: int) -> None:
        """Let time pass until `to_us`; raises `ValueError` for a time that is past."""
        self._io.hub.settle()
        self._io.hub.advance(to_us)
        self._io.hub.settle()

    def start(self, work: Callable[[], _T]) -> Running[_T]:
        """Run `work`, which may block, until it returns or waits; return what tells of it."""
        running: Running[_T] = Running()
        self._io.hub.start(lambda: running._work(work))
        self._io.hub.settle()
        return running

    def transport(self, room_bytes: int | None = 0) -> "StatedRoom":
        """Return a transport that takes `room_bytes` before it blocks; `None`: whatever comes."""
        return StatedRoom(self._io, room_bytes)

    def line(self, transport: "StatedRoom") -> Line:
        """Return a line on `transport`, for a connection that takes one (`stallproof.harness`)."""
        return SimulatedLine(self.io, transport, "line", ignore)

    def end(self) -> None:
        """End all that still waits; nothing runs on this clock any more."""
        self._io.hub.end()


class StatedRoom(SimulatedTransport):
    """A transport whose peer is the test: it makes room and fails by calls, at this moment.

    On it a frame is as long as its payload, and no heartbeat is written.
    """

    def __init__(self, io: SimulatedIo, room_bytes: int | None) -> None:
        super().__init__(io.hub, room_bytes)
        self._simulated = io

    def accept(self, more_bytes: int, late_us: int = 0) -> None:
        """Make room for `more_bytes`; the write that waited for it lasts `late_us`."""
        super().accept(more_bytes, late_us)
        self._simulated.hub.settle()

    def fail(self, cause: str) -> None:
        """Let the next write fail with `cause`, such as EPIPE; `zero`: it returns 0."""
        super().fail(cause)
        self._simulated.hub.settle()

    def arrive(self) -> None:
        """Have a frame of the peer come in."""
        super().arrive()
        self._simulated.hub.settle()
