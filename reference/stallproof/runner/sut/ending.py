"""The end of a run before its time: a signal, a time limit, or whoever started it is gone.

The stall it guards against is the oracle's own: a run that cannot be ended leaves harnesses and
peers behind. The intuition: the first request to end is taken down, and breaks off what may be
broken off by raising `Ended` there. What cleans up and what writes the report is never broken off.

The use: `with may_end():` around what plays; `interruption()` says why the run is to end, `None`
while it is not. In a worker, `obey` has the request come from the oracle's own process.

The complication: a signal comes at any moment, twice, and to the whole group of processes. So it is
handled in the main thread alone, a second one changes nothing, and workers leave signals to the
process that started them.

Spec: `spec/README.md`, "Ending".
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, ClassVar

from stallproof.runner.sut.descendants import adopt, end_all_below

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_S = 0.8
"""How long whoever plays has to come to an end before it is killed; 2 s are promised for all."""
LET_GO_S = 1.0
"""How long an ended run waits for a thread that listens, at most: see `let_go_s`."""
INSISTED_S = 2.0
"""A signal so long after the first one ends the process at once, whatever it is doing."""


class Ended(BaseException):
    """What may be broken off is broken off: the run is to end before its time."""


class _State:
    """What this process knows of its end; there is one."""

    why: str | None = None
    may_end = False
    first_s: float | None = None
    is_program = False
    at_once: ClassVar[list[Callable[[], None]]] = []


def interruption() -> str | None:
    """Return why the run is to end before its time, `None` while it is not."""
    return _State.why


def let_go_s() -> float | None:
    """Return for how many seconds to wait for a thread that listens; `None`: to its end.

    Where the run is ended, a wait of the main thread that was broken off may have left a lock held
    for which that thread waits.
    """
    return None if _State.why is None else LET_GO_S


def require_going_on() -> None:
    """Raise `Ended` if the run is to end."""
    if _State.why is not None:
        raise Ended(_State.why)


def end(why: str) -> None:
    """Ask for the end of the run, on the main thread; the first reason stays.

    Raises `Ended` where that may be.
    """
    if _State.why is None:
        _State.why = why
        for begin in _State.at_once:
            begin()
    if _State.may_end:
        _State.may_end = False
        raise Ended(_State.why)


def forget() -> None:
    """Forget why the run ended, once it is over: the same process may begin another.

    Not before: whoever still stops what ran has to know that there is no time left.
    """
    _State.why = None
    _State.first_s = None


@contextmanager
def at_once(begin: Callable[[], None]) -> Iterator[None]:
    """Have `begin` called as soon as the end is asked for, whatever the main thread is doing."""
    _State.at_once.append(begin)
    try:
        yield
    finally:
        _State.at_once.remove(begin)


@contextmanager
def may_end() -> Iterator[None]:
    """Let the block be broken off: it raises `Ended` when the run is to end, or is already."""
    if threading.current_thread() is not threading.main_thread():
        # Signals come to the main thread, and nothing is raised in another one.
        yield
        return
    require_going_on()
    before, _State.may_end = _State.may_end, True
    try:
        yield
    finally:
        _State.may_end = before and _State.why is None


@contextmanager
def sheltered(*, is_its_own: bool = False) -> Iterator[None]:
    """Break the block off nowhere; what was asked for meanwhile comes when it is over.

    With `is_its_own` the block sees to that itself, and nothing comes of it later.
    """
    if threading.current_thread() is not threading.main_thread():
        # It is broken off nowhere, and what the main thread may do is not its to say.
        yield
        return
    before, _State.may_end = _State.may_end, False
    try:
        yield
    finally:
        _State.may_end = before
    if before and not is_its_own and _State.why is not None:
        end(_State.why)


def heed() -> None:
    """Have signals end the run, from here on: for a program, which needs them for nothing else.

    SIGHUP that is ignored already stays so (`nohup`). All that this process has started is the
    program's, and so is what it adopts.
    """
    adopt()
    _State.is_program = True
    for one in SIGNALS:
        if not (one == signal.SIGHUP and signal.getsignal(one) is signal.SIG_IGN):
            signal.signal(one, _on_signal)


def heed_no_more() -> None:
    """Ignore signals from here on: all that is left to come is the end of the program."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    end_the_rest()


def end_the_rest() -> None:
    """Kill all that a program has started and that is still there; nothing where it is none."""
    if _State.is_program:
        end_all_below(os.getpid())


def interrupted() -> str | None:
    """Return why the run ended before its time, `None` if it did not, once nothing plays any more.

    Nothing of it is left then.
    """
    if _State.why is not None:
        end_the_rest()
    return _State.why


def _on_signal(number: int, _frame: FrameType | None) -> None:
    now_s = time.monotonic()
    _State.first_s = now_s if _State.first_s is None else _State.first_s
    if now_s - _State.first_s > INSISTED_S:
        end_all_below(os.getpid())
        os.write(2, b"stallproof: ended at once; no report was written\n")
        os._exit(3)
    end(f"by {signal.Signals(number).name}")


@contextmanager
def limited(timeout_s: float | None) -> Iterator[None]:
    """Have the run end after `timeout_s`, `None`: never; on the main thread."""
    if timeout_s is None:
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda *_: end(f"after --timeout {timeout_s:g} s"))
    signal.setitimer(signal.ITIMER_REAL, timeout_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- in a worker ----------------------------------------------------------------------------------


def obey(stop: "Connection") -> None:
    """Have this worker process end what it plays once `stop` is closed at its other end.

    Whoever held that end asked for it, or is gone.
    """
    # A terminal signals all that was started from it: the oracle's own process decides what
    # follows. A handler, and not SIG_IGN, which a harness would inherit.
    for one in SIGNALS:
        signal.signal(one, lambda *_: None)
    signal.signal(signal.SIGUSR1, lambda *_: end("the run ends"))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    main = threading.main_thread().ident
    assert main is not None
    threading.Thread(target=_watch, args=(stop, main), name="stop", daemon=True).start()


def _watch(stop: "Connection", main: int) -> None:
    # A worker has imported it already; a program that starts none does without.
    from multiprocessing import parent_process

    with contextlib.suppress(OSError, EOFError):
        stop.recv_bytes()
    signal.pthread_kill(main, signal.SIGUSR1)
    time.sleep(PATIENCE_S)
    parent = parent_process()
    if parent is None or not parent.is_alive():
        # Nobody waits for what was played, and nobody else would end this process.
        end_all_below(os.getpid())
        os._exit(1)


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold signals back from this thread, and from the processes that it starts meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
