"""`paho-mqtt`: `publish` with QoS 0, then `wait_for_publish` with the timeout.

`publish` queues the frame, and the client's own thread sends it. Waiting has a timeout and sending
has none: who waited in vain is told so, and the frame stays in the queue.

The peer answers the opening like a broker that takes everybody.
"""

import platform
import socket
import threading
from importlib.metadata import version

import paho.mqtt.client as mqtt

from stallproof.harness.adapter import Told, Unsupported
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.layout import FrameLayout, Handshake, KindField, LengthField
from stallproof.wire.protocol import OpenRequest

TOPIC = "t"
PUBLISH, PINGREQ, PINGRESP = 0x30, 0xC0, 0xD0
CONNACK_HEX, PINGRESP_HEX = "20020000", "d000"
LAYOUT = FrameLayout(
    prefix_bytes=2,
    length=LengthField(at=1, bytes=4, counts_prefix=False, varint=True),
    # A broker answers a ping, and never sends one.
    kind=KindField(at=0, bytes=1, data=[PUBLISH], heartbeat=[PINGRESP, PINGREQ]),
    header_bytes=2 + len(TOPIC),
    handshake=Handshake(frames=1, reply_hex=CONNACK_HEX),
)
CONNECTS_WITHIN_S = 5.0


class Connection:
    """A client and its thread, connected at once."""

    def __init__(self, request: OpenRequest) -> None:
        """Connect as `request` says; raises `TimeoutError` where nobody answers the opening."""
        over = "unix" if request.transport == "unix" else "tcp"
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id="s", transport=over,
            reconnect_on_failure=False,
        )  # fmt: skip
        connected = threading.Event()
        self._client.on_connect = lambda *told: connected.set()
        self._client.connect(request.path or request.host, request.port or 1)
        sock = self._client.socket()
        if sock is not None and request.send_buffer_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request.send_buffer_bytes)
        self._client.loop_start()
        if not connected.wait(CONNECTS_WITHIN_S):
            raise TimeoutError("the opening was not answered")

    def send(self, payload: bytes, timeout_s: float) -> Told:
        """Publish the payload, and wait until it has left the queue."""
        info = self._client.publish(TOPIC, payload)
        try:
            info.wait_for_publish(timeout_s)
        except (RuntimeError, ValueError) as error:
            return Told("closed", raised=True, detail=str(error))
        return Told("ok") if info.is_published() else Told("timeout")

    def close(self) -> None:
        """Say goodbye, which waits in the queue like any frame; so would stopping the thread."""
        self._client.disconnect()


class PahoMqtt(PlainHarness[Connection]):
    """`paho-mqtt` with QoS 0 and a bounded wait."""

    name = "paho-mqtt + wait_for_publish(timeout)"
    version = f"{version('paho-mqtt')}, Python {platform.python_version()}"
    frames = LAYOUT
    features = ("unix", "tcp")
    notes = ("QoS 0, no reconnecting; a send is done when the frame has left the queue.",)

    def connect(self, request: OpenRequest) -> Connection:
        if request.transport not in self.features:
            raise Unsupported(f"this implementation has no transport {request.transport!r}")
        return Connection(request)

    def send(self, conn: Connection, payload: bytes | memoryview) -> Told:
        return conn.send(bytes(payload), self.knobs[SEND_TIMEOUT])

    def close(self, conn: Connection) -> None:
        conn.close()


if __name__ == "__main__":
    PahoMqtt.main()
