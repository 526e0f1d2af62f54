"""An event loop of asyncio whose time is the oracle's.

The intuition: a loop of asyncio runs what is ready and then waits, for what its selector watches
or for its next timer. Here the wait is one in virtual time. So `asyncio.sleep`, `asyncio.timeout`
and `call_later` are due to the microsecond and take no time, and nothing else of asyncio changes.

The complication: the loop counts in seconds, as floating point. A timer is due from half a
microsecond before its time on, which is nearer to no other microsecond. And tasks that only yield
to each other would never let time go on: after very many turns a microsecond passes.

What takes a real socket, a thread or a process of its own belongs to the real clock; here it is
refused, as a loop does that does not have it.

Spec: `spec/virtual.md`. Source: the documentation of `asyncio`, "Event Loop".
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

from stallproof.drivers.io import Io
from stallproof.harness.simulated.hub import Waiters
from stallproof.harness.simulated.io import SimulatedIo
from stallproof.machines.policy import MICROSECONDS

_Given = TypeVarTuple("_Given")
_Result = TypeVar("_Result")

TURNS_MAX = 100_000
"""So many turns without a wait may follow one another before a microsecond passes."""


class VirtualLoop(asyncio.BaseEventLoop):
    """A loop that runs as a task of virtual time, for the length of one case."""

    def __init__(self, io: Io) -> None:
        """Take the time from `io`."""
        assert isinstance(io, SimulatedIo)
        super().__init__()
        # The base class runs timers that are due within its clock's resolution, and waits by
        # asking what it calls its selector.
        self._clock_resolution = 0.5 / MICROSECONDS
        self._selector = _Waits(io)
        self._io = io

    def run_forever(self) -> None:
        """Run until the case is over; then end every task where it waits, for nobody listens."""
        try:
            super().run_forever()
        finally:
            for task in asyncio.all_tasks(self):
                # One that waits again on its way out cannot do so any more.
                with contextlib.suppress(BaseException):
                    _closed(task)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._io.now_us() / MICROSECONDS

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tell what went wrong, unless the case is over: then what is left is thrown away."""
        if not self._io.hub.is_over:
            super().call_exception_handler(context)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Given], _Result], *args: *_Given
    ) -> asyncio.Future[_Result]:
        """Refuse: a thread of the system has no place in virtual time."""
        raise NotImplementedError("no thread runs beside the loop in virtual time")

    def _process_events(self, event_list: list[object]) -> None:
        """Do nothing: a transport tells by itself."""

    def _write_to_self(self) -> None:
        self._selector.wake()

    def __del__(self, _warn: object = None) -> None:
        """Leave quietly: the end of a case is the end of its loop."""


def _closed(task: asyncio.Task[Any]) -> None:
    """End the coroutine of `task`; raises what that raises."""
    work = task.get_coro()
    assert isinstance(work, Coroutine)
    work.close()


class _Waits:
    """The waits of a loop."""

    def __init__(self, io: SimulatedIo) -> None:
        self._hub = io.hub
        self._sleeping: Waiters = []
        self._turns = 0

    def wake(self) -> None:
        """End the wait, if there is one."""
        self._hub.wake(self._sleeping)

    def select(self, timeout_s: float | None) -> list[object]:
        """Wait to be woken, for `timeout_s` at most; `None`: for as long as it takes."""
        wait_us = None if timeout_s is None else int(timeout_s * MICROSECONDS + 0.5)
        self._turns = self._turns + 1 if wait_us == 0 else 0
        if self._turns > TURNS_MAX:
            self._turns, wait_us = 0, 1
        if wait_us != 0:
            self._sleep(wait_us)
        return []

    def _sleep(self, wait_us: int | None) -> None:
        """Let others run; for them no loop is running, and another one may be."""
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        try:
            if wait_us is None:
                self._hub.park(self._sleeping)
            else:
                self._hub.park(self._sleeping, self._hub.now_us + wait_us)
        finally:
            asyncio._set_running_loop(loop)

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""
