"""A wrong implementation: a send that fails keeps its caller a while longer.

The connection is closed in time and the lock is free in time, and still the caller has the answer a
quarter of a second after the bound: whoever waits for it waits too long.
"""

from typing import Any

from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome

LATE_US = 250_000
"""How long the caller is kept."""


class SlowToAnswer(GuardedConnection):
    """Tell a TIMEOUT late."""

    def send(self, *given: Any, **named: Any) -> Outcome:
        try:
            return super().send(*given, **named)
        except SendFailed as failed:
            if failed.outcome is Outcome.TIMEOUT:
                self.io.sleep(LATE_US)
            raise


class AnswersLate(Reference):
    """The reference with late answers."""

    name = "answers-late"
    connection_class = SlowToAnswer


if __name__ == "__main__":
    main(AnswersLate)
