"""The guarded connection of this folder behind the harness protocol: all that its owner writes."""

from typing import ClassVar

from framed import LAYOUT, framed
from guarded import Guarded, SendError
from retrying import download_retry

from stallproof import PlainHarness
from stallproof.harness import SEND_TIMEOUT, Line, OpenRequest, SocketLine, Told, connected
from stallproof.harness.adapter import Machines


class GuardedHarness(PlainHarness[Guarded]):
    """Guarded connections over Unix sockets, TCP, and lines in virtual time."""

    name = "guarded-connection"
    version = "1"
    frames = LAYOUT
    features = ("unix", "tcp", "descriptor", "accepting")
    machines: ClassVar[Machines] = {"download_retry": download_retry}

    def connect(self, request: OpenRequest) -> Guarded:
        return Guarded(SocketLine(connected(request)), framed, self.send_timeout_us)

    def over(self, line: Line) -> Guarded:
        # In virtual time a frame is as long as its payload.
        return Guarded(line, bytes, self.send_timeout_us)

    @property
    def send_timeout_us(self) -> int:
        return int(self.knobs[SEND_TIMEOUT] * 1_000_000 + 0.5)

    def send(self, conn: Guarded, payload: bytes | memoryview) -> Told:
        try:
            return Told(conn.send(payload))
        except SendError as error:
            return Told(error.outcome, raised=True)

    def close(self, conn: Guarded) -> None:
        conn.close()


if __name__ == "__main__":
    GuardedHarness.main()
