"""The sockets that NVFlare is given: they record its calls and hand each of them on unchanged."""

import socket
import ssl
import struct
import threading
from typing import Any

from judged import PREFIX_LEN, Prefix, Types
from output import OUT, now_us

SEQUENCE = struct.Struct(">H")
KINDS = {Types.DATA: "data", Types.PING: "heartbeat"}


class Current(threading.local):
    """What the present thread does: its frame or its stream, and why it would close."""

    conn: str | None = None
    send: int = 0
    single: bool = False
    wrote: int = 0
    sequence: int | None = None
    cause: str = "other"
    stream: Any = None


CURRENT = Current()


class Tally:
    """What went through the socket of one connection."""

    def __init__(self, conn: str) -> None:
        self.conn = conn
        self.shut = False
        self.frames = 0
        self.whole: list[tuple[int, int]] = []
        self.prefix = bytearray()
        self.left = 0

    def feed(self, data: memoryview) -> None:
        """Follow the frames in what was read; a whole one waits in `whole` with time and type."""
        while data:
            if len(self.prefix) < PREFIX_LEN:
                take = PREFIX_LEN - len(self.prefix)
                self.prefix += data[:take]
                if len(self.prefix) < PREFIX_LEN:
                    return
                self.left = max(0, Prefix.from_bytes(bytes(self.prefix)).length - PREFIX_LEN)
            else:
                take = self.left
                self.left -= min(take, len(data))
            data = data[take:]
            if self.left == 0:
                self.whole.append((now_us(), Prefix.from_bytes(bytes(self.prefix)).type))
                self.prefix.clear()

    def count(self) -> None:
        """Count the whole frames, but not the handshake."""
        for at_us, kind in self.whole:
            if kind not in (Types.HELLO, Types.READY):
                self.frames += 1
                OUT.event("received", at_us, conn=self.conn, kind=KINDS.get(kind, "other"))
        self.whole.clear()


class Observed:
    """Records the calls of a socket; the socket's own class comes next in the order of bases."""

    tally: Tally

    def send(self, data: Any, flags: int = 0) -> int:
        began_us = now_us()
        wrote: int = super().send(data, flags)  # type: ignore[misc]
        if CURRENT.conn == self.tally.conn:
            if CURRENT.wrote == 0 and wrote >= PREFIX_LEN:
                CURRENT.sequence = SEQUENCE.unpack_from(data, PREFIX_LEN - SEQUENCE.size)[0]
            CURRENT.wrote += wrote
            if CURRENT.single:
                OUT.event(
                    "written", conn=CURRENT.conn, send=CURRENT.send, began_us=began_us,
                    wrote_bytes=wrote,
                )  # fmt: skip
        return wrote

    def shutdown(self, how: int) -> None:
        conn = self.tally.conn
        OUT.event("closing", conn=conn, cause=CURRENT.cause)
        self.tally.shut = True
        closed = {"event": "closed", "at_us": 0, "conn": conn}
        try:
            super().shutdown(how)  # type: ignore[misc]
        finally:
            # As little as can be lies between this call and what NVFlare does next: the threads
            # that it wakes race with NVFlare, and a slow observer would change who wins.
            closed["at_us"] = now_us()
            OUT.queue.append(closed)

    def close(self) -> None:
        if self.tally.shut:
            super().close()  # type: ignore[misc]
            return
        OUT.event("closing", conn=self.tally.conn, cause=CURRENT.cause)
        self.tally.shut = True
        super().close()  # type: ignore[misc]
        OUT.event("closed", conn=self.tally.conn)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        # A whole frame counts when NVFlare asks for more: by then it has noted the activity.
        self.tally.count()
        got: int = super().recv_into(buffer, nbytes, flags)  # type: ignore[misc]
        self.tally.feed(memoryview(buffer)[:got])
        return got


class ObservedSocket(Observed, socket.socket):
    """A plain socket that is observed."""


class ObservedTlsSocket(Observed, ssl.SSLSocket):
    """The socket that NVFlare's own TLS context makes, observed."""
