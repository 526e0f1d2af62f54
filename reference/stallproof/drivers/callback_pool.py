"""The workers that run callbacks of users, and no data of streams.

The stall it guards against: callbacks that block on the threads that move data use these up, and
every stream of the process stands still.

The intuition: whoever moves data submits and goes on; it never waits here. A callback that blocks
keeps one worker of this pool, and nobody else's. `callback_isolation` decides, and this has the
threads.

The complication: the last worker that dies, or work that is dropped, shows only much later. So an
exception comes no further than the worker, whatever it is, and what will never run is handed back.

Spec: `spec/cb.md`.
"""

import contextlib
from collections.abc import Callable
from typing import Protocol

from stallproof.drivers.io import REAL, Io
from stallproof.machines import callback_isolation
from stallproof.machines.callback_isolation import Callbacks, Refused, Taken, Work

Callback = Callable[[], object]


class Told(Protocol):
    """Who is told of what becomes of callbacks, by whoever brought it about."""

    def logged(self, stream: int, error: BaseException) -> None:
        """Log an exception; comes once for each."""

    def stopped(self, stream: int, error: BaseException) -> None:
        """Stop the stream of an exception with an error; comes once for each stream."""

    def refused(self, stream: int, callback: Callback) -> None:
        """Hear that a callback that was taken will never begin."""


class CallbackPool:
    """Run callbacks on threads of their own, in the order of submission."""

    def __init__(self, workers: int, told: Told, io: Io = REAL) -> None:
        """Start `workers` threads; `shut_down` ends them. Raises `ValueError` for less than 1."""
        if workers < 1:
            raise ValueError(f"{workers} workers would never run what is submitted")
        self._pool = Callbacks(workers)
        self._told = told
        self._changed = io.condition()
        self._known: dict[int, tuple[int, Callback]] = {}
        self._submitted = 0
        self._threads = [io.thread(self._run, f"callbacks-{n}") for n in range(workers)]
        for thread in self._threads:
            thread.start()

    @property
    def state(self) -> Callbacks:
        """What waits, what runs, which streams were stopped."""
        return self._pool

    def moves(self, stream: int) -> bool:
        """Tell who moves data whether that of `stream` is to move; waits for no callback."""
        with self._changed:
            return callback_isolation.on_data(self._pool, stream) is Taken.STREAMS

    def submit(self, stream: int, callback: Callback) -> bool:
        """Have `callback` run after what was submitted before; false if it is refused.

        Never waits for a callback. One that was taken may still be refused later: `Told` hears it.
        """
        with self._changed:
            number = self._submitted = self._submitted + 1
            self._pool, taken = callback_isolation.on_submitted(self._pool, Work(number, stream))
            if taken is not Taken.CALLBACKS:
                return False
            self._known[number] = stream, callback
            self._changed.notify_all()
            return True

    def shut_down(self) -> None:
        """Refuse what waits, and what comes; what runs goes on. Does nothing the second time."""
        with self._changed:
            if self._pool.is_down:
                return
            self._pool, refused = callback_isolation.on_shutdown(self._pool)
            self._changed.notify_all()
        self._hand_back(refused)

    def join(self, wait_s: float) -> bool:
        """Wait for every worker for at most `wait_s` seconds each; tell whether all have ended."""
        for thread in self._threads:
            thread.join(wait_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            _, callback = self._known[work.callback]
            try:
                callback()
            except (Exception, SystemExit) as error:
                self._raised(work, error)
            else:
                with self._changed:
                    self._pool = callback_isolation.on_ended(self._pool, work.callback)
            with self._changed:
                del self._known[work.callback]

    def _next(self) -> Work | None:
        """Wait for work and take it; `None` after the shutdown."""
        with self._changed:
            while not self._pool.waiting:
                if self._pool.is_down:
                    return None
                self._changed.wait()
            work = self._pool.waiting[0]
            self._pool = callback_isolation.on_began(self._pool)
            return work

    def _raised(self, work: Work, error: BaseException) -> None:
        with self._changed:
            is_new = work.stream not in self._pool.stopped
            self._pool, refused = callback_isolation.on_raised(self._pool, work.callback)
        # Who is told may fail as well: that must cost no worker, and a log must not cost the stop.
        with contextlib.suppress(Exception):
            self._told.logged(work.stream, error)
        with contextlib.suppress(Exception):
            if is_new:
                self._told.stopped(work.stream, error)
        self._hand_back(refused)

    def _hand_back(self, refused: Refused) -> None:
        for number in refused:
            with self._changed:
                stream, callback = self._known.pop(number)
            with contextlib.suppress(Exception):
                self._told.refused(stream, callback)
