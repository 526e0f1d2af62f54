"""A wrong implementation: sends and closes share a pool of one worker for each connection.

The close that is to free a blocked send waits in the queue behind it.
"""

import queue
import threading
from collections.abc import Callable
from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome


class PooledConnection(GuardedConnection):
    """Do everything on one thread of this connection's own."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()

    def _in_the_pool(self, job: Callable[[], Any]) -> Any:
        answer: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                answer.put((job(), None))
            except BaseException as error:
                answer.put((None, error))

        self._jobs.put(run)
        result, failure = answer.get()
        if failure is not None:
            raise failure
        return result

    def send(self, payload: Any, **named: Any) -> Outcome:
        whole = super().send
        outcome: Outcome = self._in_the_pool(lambda: whole(payload, **named))
        return outcome

    def close(self) -> None:
        self._in_the_pool(super().close)


class ClosesInThePool(Reference):
    """The reference with one worker for everything."""

    name = "closes-in-the-pool"
    connection_class = PooledConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(ClosesInThePool)
