"""Callbacks on workers of their own: who takes what comes in, and what an exception stops.

The stall it guards against: callbacks of users that block use up the workers that move data, and
every stream stands still.

The intuition: two kinds of work never share a worker. What callbacks do then decides nothing for
data, but for one thing: a stream whose callback raised is stopped.

The use: a step for each event, from `Callbacks(workers)`; or `decide` on a whole history.

The complication: work that cannot be run any more is neither kept nor dropped. It is handed back as
refused, by the very step that settles its fate.

Spec: `spec/cb.md`.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


class Taken(Enum):
    """Whose work it is."""

    CALLBACKS = "callbacks"
    STREAMS = "streams"
    NOBODY = "nobody"


class Happened(Enum):
    """What may happen."""

    SUBMITTED = "submitted"
    BEGAN = "began"
    ENDED = "ended"
    RAISED = "raised"
    DATA = "data"
    SHUTDOWN = "shutdown"


@state
class Event:
    """Something that happened, to a callback, to a stream, or to both."""

    event: Happened
    callback: int | None = None
    stream: int | None = None


@state
class Work:
    """A callback, and the stream that it was submitted for."""

    callback: int
    stream: int


@state
class Callbacks:
    """The callbacks that wait, in order, those that run, and the streams that were stopped."""

    workers: int
    waiting: tuple[Work, ...] = ()
    running: tuple[Work, ...] = ()
    stopped: tuple[int, ...] = ()
    is_down: bool = False


Refused = tuple[int, ...]
"""The callbacks that will never begin."""


@state
class IsolationDecision:
    """What is true after a history; see `spec/cb.md`."""

    moved: int
    free: int
    logged: tuple[int, ...]
    stopped: tuple[int, ...]
    refused: Refused
    waiting: tuple[int, ...]


def all_work(pool: Callbacks) -> tuple[Work, ...]:
    """Return what waits and what runs."""
    return pool.waiting + pool.running


@ensure(lambda result: result[1] is not Taken.STREAMS, "CB-1")
@ensure(
    lambda pool, work, result: (
        (result[1] is Taken.NOBODY) == (pool.is_down or work.stream in pool.stopped)
    ),
    "CB-3",
)
def on_submitted(pool: Callbacks, work: Work) -> tuple[Callbacks, Taken]:
    """Return who takes a callback; `NOBODY` refuses it."""
    if pool.is_down or work.stream in pool.stopped:
        return pool, Taken.NOBODY
    return replace(pool, waiting=(*pool.waiting, work)), Taken.CALLBACKS


@ensure(
    lambda pool, stream, result: (
        result is (Taken.NOBODY if stream in pool.stopped else Taken.STREAMS)
    ),
    "CB-1: however busy the callback workers are",
)
def on_data(pool: Callbacks, stream: int) -> Taken:
    """Return who takes data of a stream; `NOBODY` does of one that was stopped."""
    return Taken.NOBODY if stream in pool.stopped else Taken.STREAMS


@require(lambda pool: len(pool.waiting) >= 1 and len(pool.running) < pool.workers)
@ensure(lambda pool, result: len(all_work(result)) == len(all_work(pool)), "CB-3")
def on_began(pool: Callbacks) -> Callbacks:
    """Return the pool when a free worker has taken what has waited longest."""
    first, *others = pool.waiting
    return replace(pool, waiting=tuple(others), running=(*pool.running, first))


@require(lambda pool, callback: any(one.callback == callback for one in pool.running))
@ensure(lambda pool, result: len(result.running) == len(pool.running) - 1, "CB-2")
@ensure(lambda pool, result: result.waiting == pool.waiting, "CB-3")
def on_ended(pool: Callbacks, callback: int) -> Callbacks:
    """Return the pool when a callback has returned, with its worker free."""
    return replace(pool, running=tuple(one for one in pool.running if one.callback != callback))


@ensure(lambda pool, result: len(result[0].running) == len(pool.running) - 1, "CB-2")
@ensure(
    lambda pool, callback, result: (
        set(result[0].stopped)
        == {*pool.stopped, *(one.stream for one in pool.running if one.callback == callback)}
    ),
    "CB-2: its own stream is stopped, and no other",
)
@ensure(lambda pool, result: len(result[0].waiting) + len(result[1]) == len(pool.waiting), "CB-3")
def on_raised(pool: Callbacks, callback: int) -> tuple[Callbacks, Refused]:
    """Return the pool when a callback has raised, and what of its stream will never begin."""
    (stream,) = (one.stream for one in pool.running if one.callback == callback)
    after = on_ended(pool, callback)
    stopped = after.stopped if stream in after.stopped else (*after.stopped, stream)
    left = tuple(one for one in after.waiting if one.stream != stream)
    refused = tuple(one.callback for one in after.waiting if one.stream == stream)
    return replace(after, waiting=left, stopped=stopped), refused


@require(lambda pool: not pool.is_down)
@ensure(lambda pool, result: result[1] == tuple(one.callback for one in pool.waiting), "CB-3")
@ensure(lambda pool, result: result[0].running == pool.running, "CB-3: what runs goes on")
def on_shutdown(pool: Callbacks) -> tuple[Callbacks, Refused]:
    """Return the pool when it is shut down, and what will never begin."""
    refused = tuple(one.callback for one in pool.waiting)
    return replace(pool, waiting=(), is_down=True), refused


def _work_of(event: Event, known: set[int]) -> Work:
    if event.callback is None or event.stream is None or event.callback in known:
        raise ValueError(f"submitted: the callback {event.callback} was submitted before")
    known.add(event.callback)
    return Work(event.callback, event.stream)


def _check(pool: Callbacks, event: Event) -> None:
    """Raise `ValueError` for an event that says too much, too little, or cannot be now."""
    what = event.event
    of_a_callback = what in (Happened.BEGAN, Happened.ENDED, Happened.RAISED)
    has_callback = of_a_callback or what is Happened.SUBMITTED
    has_stream = what in (Happened.SUBMITTED, Happened.DATA)
    if (event.callback is not None) != has_callback or (event.stream is not None) != has_stream:
        raise ValueError(f"{what.value}: a callback or a stream is missing, or too many")
    who = pool.waiting[:1] if what is Happened.BEGAN else pool.running
    if of_a_callback and event.callback not in [one.callback for one in who]:
        raise ValueError(f"{what.value}: not the callback {event.callback}, and not now")
    if what is Happened.BEGAN and len(pool.running) >= pool.workers:
        raise ValueError(f"{what.value}: no callback worker is free")
    if what is Happened.SHUTDOWN and pool.is_down:
        raise ValueError(f"{what.value}: this comes once")


def decide(workers: int, events: Sequence[Event]) -> IsolationDecision:
    """Return what is true after these events, of a pool that had nothing to do.

    Raises `ValueError` for what cannot have happened.
    """
    if workers < 1:
        raise ValueError("workers is 1 or more")
    pool, moved, known = Callbacks(workers), 0, set[int]()
    logged: tuple[int, ...] = ()
    refused: Refused = ()
    for event in events:
        _check(pool, event)
        new: Refused = ()
        callback = event.callback or 0
        match event.event:
            case Happened.SUBMITTED:
                pool, taken = on_submitted(pool, _work_of(event, known))
                new = (callback,) if taken is Taken.NOBODY else ()
            case Happened.DATA:
                moved += on_data(pool, event.stream or 0) is Taken.STREAMS
            case Happened.BEGAN:
                pool = on_began(pool)
            case Happened.ENDED:
                pool = on_ended(pool, callback)
            case Happened.RAISED:
                pool, new = on_raised(pool, callback)
                logged += (callback,)
            case Happened.SHUTDOWN:
                pool, new = on_shutdown(pool)
        refused += new
    free, waiting = workers - len(pool.running), tuple(one.callback for one in pool.waiting)
    return IsolationDecision(moved, free, logged, pool.stopped, refused, waiting)
