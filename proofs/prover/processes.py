"""Run tasks two at a time, in two processes apart, each task with a wall-clock limit.

A process carries out one task after the other, since to begin one costs more than most tasks. A
task whose process dies, hangs or answers nothing is never a pass: too little time on a busy machine
turns a proof into `not-confirmed`, not into anything better. The next task then gets a new process.
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
"""What a process sends of a task: the answer, and the processor time that it took, in seconds."""

PROCESSES = 2
WALL_LIMIT_S = 150.0
TASKS_MAX = 60
"""So many tasks a process carries out before a new one takes its place: none grows old."""


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


class _Worker:
    """A process that carries out the tasks that it is sent, and the task that it is at."""

    def __init__(self, work: Callable[[Task], Answer]) -> None:
        context = multiprocessing.get_context("forkserver")
        self.pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_carry_out_all, args=(work, theirs))
        self._process.start()
        theirs.close()
        self._given = 0
        self.task: Task | None = None

    def give(self, task: Task) -> None:
        """Send `task`; whether it arrived is known when its answer is."""
        self.task, self._began_s = task, time.monotonic()
        self._given += 1
        try:
            self.pipe.send(task)
        except OSError:
            return

    def answer(self, *, limit_s: float) -> Done | None:
        """Return what came of the task, also if it broke or used up its time; `None` if it runs."""
        assert self.task is not None
        seconds = time.monotonic() - self._began_s
        answer: Answer | None = None
        is_well = True
        try:
            if self.pipe.poll():
                answer, seconds = self.pipe.recv()
        except (EOFError, OSError):
            is_well, answer = (
                False,
                Answer("error", "the process of this task died without an answer"),
            )
        if answer is None:
            if seconds < limit_s:
                return None
            is_well, answer = False, Answer("not-confirmed", f"no answer within {limit_s:g} s")
        done, self.task = Done(self.task, answer, round(seconds, 3)), None
        if not is_well or answer.verdict == "error" or self._given >= TASKS_MAX:
            self.end()
        return done

    @property
    def has_ended(self) -> bool:
        """Tell whether another process has to take its place."""
        return self.pipe.closed

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _carry_out_all(work: Callable[[Task], Answer], pipe: "Connection[Reply, Task]") -> None:
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        began_s = time.process_time()
        try:
            answer = work(task)
        except BaseException:
            answer = Answer("error", traceback.format_exc(limit=3))
        pipe.send((answer, time.process_time() - began_s))


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
    workers: list[_Worker] = []
    try:
        while waiting or any(each.task for each in workers):
            workers = [each for each in workers if not each.has_ended]
            for each in workers:
                if each.task is None and waiting:
                    each.give(waiting.pop())
            while waiting and len(workers) < PROCESSES:
                workers.append(_Worker(work))
                workers[-1].give(waiting.pop())
            busy = [each for each in workers if each.task is not None]
            wait([each.pipe for each in busy], timeout=min(1.0, limit_s))
            for each in busy:
                done = each.answer(limit_s=limit_s)
                if done is not None:
                    yield done
    finally:
        for each in workers:
            if not each.has_ended:
                each.end()
