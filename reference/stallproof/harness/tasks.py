"""Tasks on a loop of their own, for threads that wait for their end.

The complication: waiting is the business of `io`, so that the same bridge serves threads of the
system and those of virtual time. And a caller that gives up has its task cancelled, and waits on
until that task is over: what it does on its way out is judged too.

Source: the documentation of `asyncio`, "Concurrency and Multithreading".
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from typing import Any, TypeVar

from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import Io

_Result = TypeVar("_Result")


class Tasks:
    """A loop that is made when it is first needed, and runs until its process ends."""

    def __init__(self, io: Io, make_loop: Callable[[Io], asyncio.AbstractEventLoop]) -> None:
        """Make no loop yet; its thread will be one of `io`."""
        self._io = io
        self._make_loop = make_loop
        self._made: asyncio.AbstractEventLoop | None = None
        self._making = threading.Lock()

    def run(self, work: Coroutine[Any, Any, _Result], give_up: GiveUp | None = None) -> _Result:
        """Run `work` as a task, wait for its end, and return or raise what it does.

        When `give_up` is set meanwhile, the task is cancelled; that may end in
        `asyncio.CancelledError`.
        """
        loop = self._loop()
        over = self._io.event()
        tasks: list[asyncio.Task[_Result]] = []

        def begin() -> None:
            task = loop.create_task(work)
            tasks.append(task)
            task.add_done_callback(lambda _: over.set())

        loop.call_soon_threadsafe(begin)
        # It begins before it is cancelled: calls come in the order in which they were asked for.
        ending = nullcontext() if give_up is None else give_up.waking(lambda: _cancel(loop, tasks))
        with ending:
            over.wait()
        return tasks[0].result()

    def _loop(self) -> asyncio.AbstractEventLoop:
        with self._making:
            if self._made is None:
                self._made = self._make_loop(self._io)
                self._io.thread(self._made.run_forever, "loop").start()
            return self._made


def _cancel(loop: asyncio.AbstractEventLoop, tasks: list[asyncio.Task[Any]]) -> None:
    loop.call_soon_threadsafe(lambda: tasks[0].cancel())
