"""What may take long is done on a thread of its own, and may be broken off at any moment.

The complication is that of `results.py`: `Ended` is raised wherever the main thread is, and whoever
is broken off inside of code that is written in Python leaves its locks held. So the main thread
waits for a queue alone, in one step.

Spec: `spec/README.md`, "Ending".
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from stallproof.runner.sut.ending import sheltered

_T = TypeVar("_T")


def aside(function: Callable[[], _T], timeout_s: float | None = None) -> _T:
    """Return what `function` returns, or raise what it raises, from a thread of its own.

    Raises `TimeoutError` after `timeout_s`; whatever it does goes on.
    """
    try:
        return begun(function).get(timeout=timeout_s)()
    except Empty:
        raise TimeoutError(f"nothing came of it within {timeout_s} s") from None


def begun(function: Callable[[], _T]) -> "SimpleQueue[Callable[[], _T]]":
    """Have `function` called on a thread of its own; what came of it comes by the queue."""
    over: SimpleQueue[Callable[[], _T]] = SimpleQueue()
    with sheltered():
        threading.Thread(target=lambda: over.put(came_to(function)), daemon=True).start()
    return over


def came_to(function: Callable[[], _T]) -> Callable[[], _T]:
    """Call `function`, and return what gives what it returned, or raises what it raised."""
    try:
        value = function()
    except BaseException as error:
        failed = error

        def fails() -> _T:
            raise failed

        return fails
    return lambda: value
