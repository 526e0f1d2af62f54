"""Run tasks two at a time, each in a process of its own with a wall-clock limit.

A task whose process dies, hangs or answers nothing is never a pass: too little time on a busy
machine turns a proof into `not-confirmed`, not into anything better.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from proofs.prover.question import Answer, Task

Reply = tuple[Answer, float]
"""What a task's process sends: the answer, and the processor time that it took, in seconds."""

PROCESSES = 2
WALL_LIMIT_S = 150.0


def ask_the_prover(task: Task) -> Answer:
    """Carry out `task` with the prover, which only this process may import."""
    from proofs.prover.ask import carry_out

    return carry_out(task)


@dataclass(frozen=True)
class Done:
    """A task, what came of it, and the processor time that it took.

    Only a task that was ended from outside tells how long its process was there instead.
    """

    task: Task
    answer: Answer
    seconds: float


@dataclass(frozen=True)
class _Running:
    task: Task
    process: BaseProcess
    pipe: "Connection[None, Reply]"
    began_s: float


def _in_process(
    work: Callable[[Task], Answer], task: Task, pipe: "Connection[Reply, None]"
) -> None:
    try:
        answer = work(task)
    except BaseException:
        answer = Answer("error", traceback.format_exc(limit=3))
    pipe.send((answer, time.process_time()))


def _start(work: Callable[[Task], Answer], task: Task) -> _Running:
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_in_process, args=(work, task, theirs))
    process.start()
    theirs.close()
    return _Running(task, process, ours, time.monotonic())


def _finish(running: _Running, *, limit_s: float) -> Done | None:
    """Return what came of a task that answered, died or used up its time; `None` if it goes on."""
    seconds = time.monotonic() - running.began_s
    answer: Answer | None = None
    try:
        if running.pipe.poll():
            answer, seconds = running.pipe.recv()
    except EOFError:
        answer = Answer("error", "the process of this task died without an answer")
    if answer is None:
        if seconds < limit_s:
            return None
        running.process.kill()
        answer = Answer("not-confirmed", f"no answer within {limit_s:g} s")
    running.process.join()
    running.pipe.close()
    return Done(running.task, answer, round(seconds, 3))


def run(
    tasks: Sequence[Task],
    *,
    work: Callable[[Task], Answer] = ask_the_prover,
    limit_s: float = WALL_LIMIT_S,
) -> Iterator[Done]:
    """Yield what came of each of `tasks`, in order of completion."""
    # The prover takes a second to import: the fork server does it once for all tasks.
    multiprocessing.get_context("forkserver").set_forkserver_preload(["proofs.prover.preloaded"])
    waiting = list(reversed(tasks))
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < PROCESSES:
                running.append(_start(work, waiting.pop()))
            wait([each.pipe for each in running], timeout=min(1.0, limit_s))
            for each in list(running):
                done = _finish(each, limit_s=limit_s)
                if done is not None:
                    running.remove(each)
                    yield done
    finally:
        for each in running:
            each.process.kill()
            each.process.join()
