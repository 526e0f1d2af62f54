"""What others work out meanwhile: waiting for it may be broken off at any moment.

The stall it guards against is the oracle's own. `Ended` is raised wherever the main thread is, and
`Future.result` and `concurrent.futures.wait` are written in Python: an exception just after they
have taken a future's lock leaves it held, and whoever works then waits for it for ever. So futures
are handed over by a queue whose waiting is a single step for Python, and they are looked at when
they are done alone.

Spec: `spec/README.md`, "Ending".
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, ParamSpec, TypeVar

from stallproof.runner.sut.ending import sheltered, signals_held

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Results(Generic[_T]):
    """Futures of `executor`, in the order in which they come to an end."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._over: SimpleQueue[Future[_T]] = SimpleQueue()

    def submit(
        self, function: Callable[_P, _T], /, *args: _P.args, **more: _P.kwargs
    ) -> "Future[_T]":
        """Have `function` called; nothing breaks that off, and what it starts heeds no signal."""
        with sheltered(), signals_held():
            future = self._executor.submit(function, *args, **more)
            future.add_done_callback(self._over.put)
        return future

    def next(self, timeout_s: float | None = None) -> "Future[_T] | None":
        """Return the next one that is over, `None` if there is none within `timeout_s` (s).

        `None` as time waits without end. May be broken off.
        """
        with suppress(Empty):
            return self._over.get(timeout=timeout_s)
        return None
