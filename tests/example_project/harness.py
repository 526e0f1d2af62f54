"""The library as stallproof sees it."""

from outbound import Outbound, timeout_us_of

from stallproof.harness.adapter import Told
from stallproof.harness.connect import connected
from stallproof.harness.line import Line, SocketLine
from stallproof.harness.plain import PlainHarness
from stallproof.wire.protocol import FrameLayout, LengthField, OpenRequest


class OutboundHarness(PlainHarness[Outbound]):
    """On real sockets and in virtual time."""

    name = "outbound"
    version = "1"
    frames = FrameLayout(prefix_bytes=4, length=LengthField(at=0, bytes=4, counts_prefix=False))
    features = ("unix", "tcp")

    def connect(self, request: OpenRequest) -> Outbound:
        return Outbound(SocketLine(connected(request)), timeout_us_of(self.knobs))

    def over(self, line: Line) -> Outbound:
        # In virtual time a frame is as long as its payload.
        return Outbound(line, timeout_us_of(self.knobs), bytes)

    def send(self, conn: Outbound, payload: bytes | memoryview) -> Told:
        return Told("ok" if conn.send(payload) else "suppressed")

    def close(self, conn: Outbound) -> None:
        conn.close()
