"""The fair send lock: first come, first served.

The stall it guards against: with an unfair lock a busy sender takes the lock again and again while
another one waits without bound. The interpreter's own lock makes no promise of order.

The intuition: draw a ticket; if its number is being served, go; else park on a lock of your own and
look again. Whoever releases serves the next number and wakes exactly that one.

The complication: between drawing a ticket and parking, the number may be served. So a waiter first
lays out its parking lock and looks again afterwards, and a releaser first serves and looks for a
parked waiter afterwards: one of the two sees the other, and no wake-up is lost. A `try_acquire`
that finds the lock busy has drawn a ticket too; it leaves it marked as abandoned, and the turn
passes on when it comes. A waiter that is given up leaves in the same way. Each single step
(drawing, storing, popping) is atomic in the interpreter.

`tickets`, `serving` and `waiting` are open to whom two calls cost too much: `Sending.send` does in
place what `acquire` and `release` do, and calls `wait_for` and `pass_on` as they do.

An exception that a signal raises inside `acquire` would lose the ticket, and with it the lock:
never send from the main thread of a program whose signal handlers raise.

Source: `spec/cx.md`.
"""

from _thread import allocate_lock
from collections.abc import Callable
from enum import Enum
from itertools import count
from typing import Final

from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import Parking


class _Absent(Enum):
    """Neither parked nor abandoned."""

    ABSENT = 0


_ABSENT: Final = _Absent.ABSENT


class TicketLock:
    """A lock that is handed over in order of arrival. It is not reentrant."""

    __slots__ = ("_parking", "serving", "tickets", "waiting")

    def __init__(self, parking: Callable[[], Parking] = allocate_lock) -> None:
        """Make a free lock; `parking` makes the places on which its waiters are parked."""
        self._parking = parking
        self.tickets = count(1)
        self.serving = 1
        # By ticket: the lock on which its holder is parked, or None for an abandoned ticket.
        self.waiting: dict[int, Parking | None] = {}

    def acquire(self, give_up: GiveUp | None = None) -> bool:
        """Take the lock after everyone who asked before; tell whether it was taken.

        Always, unless `give_up` is set before the turn has come: it passes on when it comes. Who is
        given up as its turn comes has it.
        """
        ticket = next(self.tickets)
        return ticket == self.serving or self.wait_for(ticket, give_up)

    def wait_for(self, ticket: int, give_up: GiveUp | None = None) -> bool:
        """Wait for the turn of `ticket`, which was drawn just now; tell whether it came."""
        parked = self._parking()
        parked.acquire()
        self.waiting[ticket] = parked
        if ticket == self.serving:
            self.waiting.pop(ticket, None)
            return True
        if give_up is None:
            parked.acquire()
            return True
        return self._park_unless(give_up, ticket, parked)

    def _park_unless(self, give_up: GiveUp, ticket: int, parked: Parking) -> bool:
        """Sleep until it is the turn of `ticket`, or until it is given up; tell whether it came."""
        left = []

        def leave() -> None:
            # Whoever takes the parked lock away opens it, and nobody else does.
            if self.waiting.pop(ticket, _ABSENT) is not _ABSENT:
                left.append(True)
                parked.release()

        with give_up.waking(leave):
            parked.acquire()
        return self._abandon(ticket) if left else True

    def try_acquire(self) -> bool:
        """Take the lock if it is free and nobody waits for it; tell whether it was taken."""
        ticket = next(self.tickets)
        return ticket == self.serving or self._abandon(ticket)

    def _abandon(self, ticket: int) -> bool:
        """Leave a mark in the place of a waiter; tell whether the turn has come all the same."""
        self.waiting[ticket] = None
        # Served meanwhile: whoever takes the mark away decides what becomes of this turn.
        return ticket == self.serving and self.waiting.pop(ticket, _ABSENT) is not _ABSENT

    def release(self) -> None:
        """Hand the lock to the one who has waited longest; only its holder may call this."""
        self.serving = serving = self.serving + 1
        if self.waiting:
            self.pass_on(serving)

    def pass_on(self, serving: int) -> None:
        """Wake who is parked for the turn `serving`, which has come; serve the next if it is gone.

        Who is not parked yet will see its number as it looks again.
        """
        while (waiter := self.waiting.pop(serving, _ABSENT)) is not _ABSENT:
            if waiter is not None:
                waiter.release()
                return
            serving += 1
            self.serving = serving
