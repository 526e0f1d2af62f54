"""`nats-py`: `publish` and `flush` under one timeout, on one connection of an event loop.

`publish` puts the frame into a buffer of the program, and waits for nobody while there is room.
`flush` asks the server for an answer, and gives up waiting for it at the timeout; what lies in the
buffer is sent all the same.

The peer opens like a server, and answers each PING.
"""

import asyncio
import contextlib
import platform
import socket
from importlib.metadata import version

import nats
from asyncio_streams import Loop
from nats.aio.client import Client
from nats.errors import ConnectionClosedError
from nats.errors import TimeoutError as NatsTimeout

from stallproof.harness.adapter import Told
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.layout import FrameLayout, Handshake, TextLayout
from stallproof.wire.protocol import OpenRequest

INFO = b'INFO {"server_id":"P","version":"2.10.0","proto":1,"max_payload":1073741824}\r\n'
PONG = b"PONG\r\n"
LAYOUT = FrameLayout(
    text=TextLayout(form="sized", data=["PUB x "], heartbeat=["PING"], peer={"data": "MSG x 1 "}),
    greeting_hex=INFO.hex(),
    # What the client opens with: CONNECT, and a PING that is answered.
    handshake=Handshake(frames=2, reply_hex=PONG.hex()),
    answers_hex={"heartbeat": PONG.hex()},
)


class NatsPy(PlainHarness[Client]):
    """`nats-py` with a bounded flush."""

    name = "nats-py + flush(timeout)"
    version = f"{version('nats-py')}, Python {platform.python_version()}"
    frames = LAYOUT
    features = ("tcp",)
    notes = ("One connection, no reconnecting; a send is done when flush has returned.",)
    loop = Loop()

    def connect(self, request: OpenRequest) -> Client:
        async def opened() -> Client:
            client = await nats.connect(
                f"nats://{request.host}:{request.port}", allow_reconnect=False
            )
            sock = client._transport._io_writer.get_extra_info("socket")
            if request.send_buffer_bytes is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request.send_buffer_bytes)
            return client

        client: Client = self.loop.run(opened())
        return client

    def send(self, conn: Client, payload: bytes | memoryview) -> Told:
        told: Told = self.loop.run(self._sent(conn, bytes(payload)))
        return told

    async def _sent(self, conn: Client, payload: bytes) -> Told:
        try:
            async with asyncio.timeout(self.knobs[SEND_TIMEOUT]):
                await conn.publish("x", payload)
                await conn.flush(self.knobs[SEND_TIMEOUT])
        except (NatsTimeout, TimeoutError) as error:
            return Told("timeout", raised=True, detail=repr(error))
        except ConnectionClosedError as error:
            return Told("closed", raised=True, detail=repr(error))
        return Told("ok")

    def close(self, conn: Client) -> None:
        self.loop.run(self._close(conn))

    async def _close(self, conn: Client) -> None:
        # Closing waits for what lies in the buffer: whoever wants an end of that bounds it himself.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(conn.close(), self.knobs[SEND_TIMEOUT])


if __name__ == "__main__":
    NatsPy.main()
