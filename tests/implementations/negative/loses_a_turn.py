"""A wrong implementation: a release wakes the next waiter only if that one was parked alone.

Of several that wait, the one whose turn it is sleeps on. A later sender looks for itself when it
comes, so the lock moves again with the next arrival, and with nobody's arrival it never does.
"""

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.ticket_lock import TicketLock
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class ForgetfulLock(TicketLock):
    """Wake whose turn has come only where nobody else waits."""

    __slots__ = ()

    def pass_on(self, serving: int) -> None:
        if len(self.waiting) < 2:
            super().pass_on(serving)
        else:
            self.waiting.pop(serving, None)


class ForgetfulConnection(GuardedConnection):
    """The connection with that lock."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.lock = ForgetfulLock(self.io.parking)


class LosesATurn(Reference):
    """The reference with a queue in which a turn gets lost."""

    name = "loses-a-turn"
    connection_class = ForgetfulConnection


if __name__ == "__main__":
    main(LosesATurn)
