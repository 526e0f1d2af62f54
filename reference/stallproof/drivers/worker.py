"""The one thread of a connection that runs what nobody else may wait for.

The stall it guards against: a reader that answers what it read waits for the send lock, and stops
reading; a monitor that sends its own heartbeats waits for the connection that it watches. Both
leave a task here instead, which takes a moment, and go on.

Source: `spec/sc.md`, `spec/ap.md`.
"""

from collections.abc import Callable

from stallproof.drivers.io import Io

Task = Callable[[], object]


class Worker:
    """Run tasks in the order of asking, and a last one in the end."""

    def __init__(self, io: Io, name: str, last: Task, note: Callable[[str], None]) -> None:
        """Prepare a thread; `last` is what it does at the end, `note` hears of failed tasks."""
        self._last = last
        self._note = note
        self._tasks = io.queue()
        self._thread = io.thread(self._run, name)

    def start(self) -> None:
        """Start working."""
        self._thread.start()

    def do(self, task: Task) -> None:
        """Run `task` after what was asked before; never waits. After the end nothing is run."""
        self._tasks.put(task)

    def finish(self) -> None:
        """Run what was asked so far, then the last task, and end; never waits."""
        self._tasks.put(None)

    @property
    def is_finished(self) -> bool:
        """Tell whether the last task is done."""
        return not self._thread.is_alive()

    def join(self, wait_s: float) -> None:
        """Wait for the end for at most `wait_s` seconds."""
        self._thread.join(wait_s)

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception as error:
                # The last task has to come whatever happens: it frees the descriptor.
                self._note(f"a task failed: {type(error).__name__}: {error}")
        self._last()
