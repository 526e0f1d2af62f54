"""Stopping failing tasks later. Spec: `spec/ds.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import deferred_stop
from stallproof.machines.deferred_stop import Later, Task


@obligation("DS-1")
def ds1_a_task_is_stopped_once(task: Task) -> Claim:
    """Of two failures of a task that runs the first one stops it, and the other does nothing."""
    if task is not Task.RUNNING:
        return None
    after, first = deferred_stop.on_failed(task)
    still, second = deferred_stop.on_failed(after)
    return first is Later.STOP and second is Later.NOTHING and still is after is Task.RECORDED


@obligation("DS-1")
def ds1_nothing_is_stopped_under_the_lock(again: bool, other: bool) -> Claim:
    """A failure within a visit stops nothing, and the end of the visit stops each task once."""
    failures = [["failed", "a"], *([["failed", "a"]] * again), *([["failed", "b"]] * other)]
    visit = [["lock"], ["made", "a"], ["made", "b"], *failures]
    held, released = (deferred_stop.decide(past) for past in (visit, [*visit, ["unlock"]]))
    return held.stop == () and released.stop == ((("a", 1), ("b", 1)) if other else (("a", 1),))


@obligation("DS-2")
def ds2_an_unknown_stream_is_only_reported(task: Task | None) -> Claim:
    """An error for no task makes none and is reported, and one for a task is never reported."""
    after, later = deferred_stop.on_failed(task)
    if task is None:
        return after is None and later is Later.REPORT
    return after is not None and later is not Later.REPORT
