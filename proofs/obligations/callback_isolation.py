"""Isolated callbacks: two run and two wait, each of any stream. Spec: `spec/cb.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import callback_isolation as isolation
from stallproof.machines.callback_isolation import Callbacks, Taken, Work


def pool_of(streams: tuple[int, int, int, int], stopped: int, is_down: bool) -> Callbacks:
    """Return a pool in which callbacks 1 and 2 run, 3 and 4 wait, and one stream is stopped."""
    first, second, third, fourth = streams
    running = (Work(1, first), Work(2, second))
    return Callbacks(2, (Work(3, third), Work(4, fourth)), running, (stopped,), is_down)


@obligation("CB-1")
def cb1_data_moves_while_every_worker_is_busy(
    streams: tuple[int, int, int, int], stopped: int, is_down: bool, stream: int
) -> Claim:
    """With every callback worker busy, before and after a shutdown, data of a stream is moved."""
    taken = isolation.on_data(pool_of(streams, stopped, is_down), stream)
    if stream == stopped:
        return None
    return taken is Taken.STREAMS


@obligation("CB-1", "CB-3")
def cb1_no_callback_is_taken_by_a_stream_worker(
    streams: tuple[int, int, int, int], stopped: int, is_down: bool, stream: int
) -> Claim:
    """A callback waits for a callback worker where it may, and is refused otherwise."""
    before = pool_of(streams, stopped, is_down)
    after, taken = isolation.on_submitted(before, Work(5, stream))
    if is_down or stream == stopped:
        return taken is Taken.NOBODY and after == before
    return taken is Taken.CALLBACKS and after.waiting == (*before.waiting, Work(5, stream))


@obligation("CB-2")
def cb2_an_exception_stops_its_own_stream(
    streams: tuple[int, int, int, int], stopped: int, is_down: bool, other: int
) -> Claim:
    """After an exception its stream moves no data, and any other one is as it was."""
    before = pool_of(streams, stopped, is_down)
    after, _ = isolation.on_raised(before, 1)
    if other == streams[0]:
        return isolation.on_data(after, other) is Taken.NOBODY
    return isolation.on_data(after, other) is isolation.on_data(before, other)


@obligation("CB-2")
def cb2_an_exception_frees_its_worker(
    streams: tuple[int, int, int, int], stopped: int, is_down: bool
) -> Claim:
    """After an exception, as after a return, the other callback runs and a worker is free."""
    before = pool_of(streams, stopped, is_down)
    raised, _ = isolation.on_raised(before, 1)
    ended = isolation.on_ended(before, 1)
    return raised.running == ended.running == (Work(2, streams[1]),)


@obligation("CB-3")
def cb3_a_stopped_stream_leaves_nothing_waiting(
    streams: tuple[int, int, int, int], stopped: int, is_down: bool
) -> Claim:
    """After an exception what waited for its stream is refused, and nothing else is."""
    after, refused = isolation.on_raised(pool_of(streams, stopped, is_down), 1)
    in_vain = tuple(n for n, stream in ((3, streams[2]), (4, streams[3])) if stream == streams[0])
    waits = tuple(one.callback for one in after.waiting)
    return refused == in_vain and len(waits) == 2 - len(refused) and not {*waits} & {*refused}


@obligation("CB-3", given=lambda is_down: not is_down)
def cb3_a_shutdown_refuses_what_waits(
    streams: tuple[int, int, int, int], stopped: int, is_down: bool
) -> Claim:
    """At a shutdown what waits is refused in its order, and what runs goes on."""
    before = pool_of(streams, stopped, is_down)
    after, refused = isolation.on_shutdown(before)
    goes_on = after.running == before.running and after.is_down
    return goes_on and refused == (3, 4) and after.waiting == ()
