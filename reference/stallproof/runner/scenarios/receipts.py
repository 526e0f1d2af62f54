"""Looking at what the implementation has taken in, by asking it how many frames came.

Each look is told with the moment at which it was asked for: what it did not find then was taken
after that. Of many looks in a row only the last that found too few is told, and the first that did
not.
"""

import time
from typing import TYPE_CHECKING

from stallproof.wire.runner import Taken

if TYPE_CHECKING:
    # What starts processes takes long to import, and who only reads the scenarios starts none.
    from stallproof.runner.peer.client import PeerClient
    from stallproof.runner.sut.client import HarnessClient

LOOKS_AGAIN_S = 0.002


class Receipts:
    """The part of a context that has the peer send frames, and looks for them."""

    harness: "HarnessClient"
    peer: "PeerClient"

    def tell(self, look: Taken) -> None:
        """Have `look` stand in the trace."""
        raise NotImplementedError

    def received(self, conn: str, timeout_s: float = 2.0) -> bool:
        """Have the peer send one frame, and tell whether the implementation took it in in time."""
        before = self.taken(conn)
        self.peer.send_frame(conn)
        return self.takes(conn, before + 1, timeout_s)

    def taken(self, conn: str) -> int:
        """Return how many frames the implementation has taken in so far."""
        found = self._look(conn)
        self.tell(found)
        return found.frames

    def takes(self, conn: str, frames: int, timeout_s: float) -> bool:
        """Wait until the implementation has taken in so many frames; tell whether it has."""
        deadline = time.monotonic() + timeout_s
        short: Taken | None = None
        while (found := self._look(conn)).frames < frames:
            short = found
            if time.monotonic() >= deadline:
                self.tell(short)
                return False
            time.sleep(LOOKS_AGAIN_S)
        if short is not None:
            self.tell(short)
        self.tell(found)
        return True

    def _look(self, conn: str) -> Taken:
        asked_us = _now_us()
        frames = int(self.harness.request("received", conn=conn).get("frames", 0))
        return Taken(at_us=_now_us(), conn=conn, frames=frames, asked_us=asked_us)


def _now_us() -> int:
    return time.monotonic_ns() // 1000
