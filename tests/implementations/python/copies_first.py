"""The reference with 120 ms of work before the lock: it copies its frame first, and is right.

Whatever a send does before it asks for the lock keeps nobody waiting. With `--silent` it does not
say either when it takes the lock, as most implementations do not.
"""

import sys
from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.recorder import Record
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.event import Event
from stallproof.wire.implementation import LockTaken, Written

COPY_US = 120_000
LARGE_BYTES = 512 * 1024
"""Smaller frames are copied in no time."""


class Copying(GuardedConnection):
    """Take time before the lock."""

    def send(self, payload: Any, **named: Any) -> Outcome:
        if len(payload) >= LARGE_BYTES:
            self.io.sleep(COPY_US)
        return super().send(payload, **named)


class SecureCopying(Copying, SecureConnection):
    """The same over TLS."""


class CopiesFirst(Reference):
    """The reference with a copy before the lock."""

    name = "copies-first"
    connection_class = Copying
    secure_class = SecureCopying


class Silent(CopiesFirst):
    """The same, without a word of its lock and its writes."""

    def __init__(self, record: Record) -> None:
        def told(event: Event) -> None:
            if not isinstance(event, LockTaken | Written):
                record(event)

        super().__init__(told)


if __name__ == "__main__":
    main(Silent if "--silent" in sys.argv else CopiesFirst)
