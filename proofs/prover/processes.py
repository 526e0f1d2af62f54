"""Run tasks two at a time, each with a wall-clock limit, in processes that ask about one code only.

A process of its own for each would cost more than most tasks. But what is planted in a process
stays there: tasks share one only if they ask the same kind of question about the same mutant.

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

from proofs.prover.question import Answer, Subject, Task

Reply = tuple[Answer, float]
"""What a process sends for each task: the answer, and its processor time in seconds."""

PROCESSES = 2
WALL_LIMIT_S = 150.0
BATCH = 12
"""So many tasks share a process at most: the last batches end at about the same time."""


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


@dataclass
class _Running:
    """A process, the tasks that it has not answered yet, and since when it is at the first."""

    tasks: list[Task]
    process: BaseProcess
    pipe: "Connection[None, Reply]"
    began_s: float

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _in_process(
    work: Callable[[Task], Answer], tasks: Sequence[Task], pipe: "Connection[Reply, None]"
) -> None:
    for task in tasks:
        began_s = time.process_time()
        try:
            answer = work(task)
        except BaseException:
            answer = Answer("error", traceback.format_exc(limit=3))
        pipe.send((answer, time.process_time() - began_s))


def batches(tasks: Sequence[Task]) -> list[list[Task]]:
    """Return `tasks` in groups for a process each: of one subject, and of `BATCH` at most."""
    by_subject: dict[Subject, list[Task]] = {}
    for task in tasks:
        by_subject.setdefault(task.subject, []).append(task)
    return [
        group[start : start + BATCH]
        for group in by_subject.values()
        for start in range(0, len(group), BATCH)
    ]


def _start(work: Callable[[Task], Answer], tasks: list[Task]) -> _Running:
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_in_process, args=(work, tasks, theirs))
    process.start()
    theirs.close()
    return _Running(tasks, process, ours, time.monotonic())


def _next(running: _Running, *, limit_s: float) -> Done | None:
    """Return what came of the first task; `None` while its process is at it and has time.

    A process that answered nothing, or an error, has ended afterwards: it serves no further task.
    """
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
        answer = Answer("not-confirmed", f"no answer within {limit_s:g} s")
        running.end()
    elif answer.verdict == "error":
        running.end()
    running.began_s = time.monotonic()
    return Done(running.tasks.pop(0), answer, round(seconds, 3))


def run(
    tasks: Sequence[Task],
    *,
    work: Callable[[Task], Answer] = ask_the_prover,
    limit_s: float = WALL_LIMIT_S,
) -> Iterator[Done]:
    """Yield what came of each of `tasks`, in order of completion."""
    # The prover takes a second to import: the fork server does it once for all tasks.
    multiprocessing.get_context("forkserver").set_forkserver_preload(["proofs.prover.preloaded"])
    waiting = batches(tasks)[::-1]
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < PROCESSES:
                running.append(_start(work, waiting.pop()))
            wait([each.pipe for each in running], timeout=min(1.0, limit_s))
            for each in list(running):
                done = _next(each, limit_s=limit_s)
                if done is None:
                    continue
                if each.pipe.closed or not each.tasks:
                    running.remove(each)
                    each.end()
                    if each.tasks:
                        waiting.append(each.tasks)
                yield done
    finally:
        for each in running:
            each.end()
