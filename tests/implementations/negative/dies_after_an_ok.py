"""A harness that breaks soon after a send was OK: it exits, or with `--speaks` it talks nonsense.

Whatever the peer sees end then, nobody has closed it: no requirement is broken, and the harness is.
"""

import os
import sys
import threading

from stallproof.drivers.recorder import Record
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.wire.event import Event
from stallproof.wire.implementation import LockTaken, Written

AFTER_S = 0.1


class DiesAfterAnOk(Reference):
    """The reference up to its first write."""

    name = "dies-after-an-ok"

    def __init__(self, record: Record) -> None:
        self._tell = record
        super().__init__(self.told)

    def told(self, event: Event) -> None:
        """Report `event`, and break a while after its first write."""
        self._tell(event)
        if isinstance(event, Written):
            threading.Timer(AFTER_S, self._break, (event,)).start()

    def _break(self, event: Written) -> None:
        if "--speaks" not in sys.argv:
            os._exit(3)
        self._tell(LockTaken(at_us=event.at_us, conn="nobody", send=1))


if __name__ == "__main__":
    main(DiesAfterAnOk)
