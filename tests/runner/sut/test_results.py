"""What others work out: it comes in the order of its end, and waiting for it may be broken off."""

import random
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from stallproof.runner.sut.ending import Ended, end, forget, may_end
from stallproof.runner.sut.results import Results

BROKEN_OFF = 400
ONE_ENDS_WITHIN_S = 30


class Threads(Executor):
    """A thread for each call; one that hangs for ever does not keep the interpreter."""

    def __init__(self) -> None:
        self.started: list[threading.Thread] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have `fn` called in a thread of its own."""
        future: Future[Any] = Future()
        thread = threading.Thread(
            target=lambda: future.set_result(fn(*args, **kwargs)), daemon=True
        )
        self.started.append(thread)
        thread.start()
        return future


def broken_off(results: Results[bool], gate: threading.Event, after_s: float) -> None:
    """Ask for four results and wait for them, until the end comes after `after_s`."""
    with may_end():
        signal.setitimer(signal.ITIMER_REAL, after_s)
        for _ in range(4):
            results.submit(gate.wait, 60)
        while True:
            results.next(0.0001)


def test_results_come_in_the_order_of_their_end() -> None:
    """Not in that in which they were asked for."""
    gate = threading.Event()
    results: Results[int] = Results(Threads())
    first = results.submit(lambda: 1 if gate.wait(60) else 0)
    second = results.submit(lambda: 2)
    assert results.next() is second
    assert results.next(0.01) is None
    gate.set()
    assert results.next() is first
    assert (1, 2) == (first.result(), second.result())


def test_who_breaks_the_waiting_off_holds_nobody_up() -> None:
    """Whoever works out a result can hand it over, at whatever moment the exception came."""
    moments = random.Random(7)
    before = signal.signal(signal.SIGALRM, lambda *_: end("now"))
    try:
        for _ in range(BROKEN_OFF):
            gate = threading.Event()
            threads = Threads()
            results: Results[bool] = Results(threads)
            with pytest.raises(Ended):
                broken_off(results, gate, moments.uniform(2e-4, 2e-3))
            forget()
            gate.set()
            for thread in threads.started:
                thread.join(ONE_ENDS_WITHIN_S)
                assert not thread.is_alive(), "it waits for a lock that was left behind"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        forget()
