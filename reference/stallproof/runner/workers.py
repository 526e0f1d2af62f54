"""The processes in which scenarios play: they end with the run, and with whoever started them."""

import concurrent.futures
import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from typing import Generic, ParamSpec, TypeVar

from stallproof.runner.sut.ending import PATIENCE_S, interruption, obey, signals_held
from stallproof.runner.sut.results import Results

_P = ParamSpec("_P")
_T = TypeVar("_T")

IMPORTED = ("msgspec", "ssl", "subprocess", "tempfile", "concurrent.futures.process")
"""What workers need and others have made: none of ours, which each worker finds as its run does."""


def _begin(stop: Connection, environment: dict[str, str], folder: str) -> None:
    """Begin a worker as if its parent had started it: a copy has what was when its model began."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    obey(stop)


class Workers(Generic[_T]):
    """So many processes as there are `jobs`, started with the first that they are given to do."""

    def __init__(self, jobs: int) -> None:
        # One process imports what plays take, and each worker begins as a copy of it.
        forked = multiprocessing.get_context("forkserver")
        forked.set_forkserver_preload([*IMPORTED])
        self._before = set(multiprocessing.active_children())
        self._heard, self._stop = forked.Pipe(duplex=False)
        # Helpers of the language's own are started once. A closed terminal is not for them either.
        with signals_held():
            resource_tracker.ensure_running()
        # Starting that one lets signals through again: this one would die of the next, and no
        # process could be started any more.
        with signals_held():
            forkserver.ensure_running()
        self._pool = concurrent.futures.ProcessPoolExecutor(
            max_workers=jobs,
            mp_context=forked,
            initializer=_begin,
            initargs=(self._heard, dict(os.environ), os.getcwd()),
        )
        self._results: Results[_T] = Results(self._pool)

    def submit(
        self, function: Callable[_P, _T], /, *args: _P.args, **more: _P.kwargs
    ) -> "Future[_T]":
        """Have `function` called in one of the processes."""
        return self._results.submit(function, *args, **more)

    def next(self, timeout_s: float | None) -> "Future[_T] | None":
        """Return the next result, `None` if there is none within `timeout_s`; may be broken off."""
        return self._results.next(timeout_s)

    def stop(self) -> None:
        """Have all processes end what they are in, and begin nothing more."""
        self._stop.close()

    def close(self, waiting: Iterable["Future[_T]"]) -> "list[Future[_T]]":
        """End all processes; return which of `waiting` came to a result all the same.

        Who does not end in time is killed.
        """
        self.stop()
        self._heard.close()
        self._pool.shutdown(wait=interruption() is None, cancel_futures=True)
        done = concurrent.futures.wait(waiting, timeout=PATIENCE_S).done
        for worker in set(multiprocessing.active_children()) - self._before:
            worker.kill()
        return [one for one in done if not one.cancelled() and one.exception() is None]
