"""The oracle's end of the peer: start it, tell it what to do, hear what it saw."""

from collections.abc import Callable
from typing import Any, Self

from stallproof.runner.peer.messages import Mode
from stallproof.runner.peer.process import PeerBroken, PeerProcess, PeerRefused
from stallproof.wire.event import Kind
from stallproof.wire.events import AnyPeerEvent
from stallproof.wire.protocol import FrameLayout

__all__ = ["PeerBroken", "PeerClient", "PeerRefused"]


class PeerClient:
    """One peer process. Use it as a context manager, or call `start` and `stop`.

    `record` is called with each event, on the client's own thread, in the order in which the peer
    tells them; what the peer saw before it answered a call is recorded before that call returns.
    Every call returns once the peer has carried it out. It raises `PeerRefused` when the command
    makes no sense (no such connection, or none yet), and `PeerBroken` when it is dead or
    does not answer within 10 s.
    """

    def __init__(self, record: Callable[[AnyPeerEvent], None]) -> None:
        self._peer = PeerProcess(record)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process of the peer; raises `PeerBroken` before `start`."""
        return self._peer.pid

    def launch(self) -> None:
        """Start the peer's process without waiting for it; `start` does that."""
        self._peer.launch()

    def start(self) -> None:
        """Start the peer and wait until it is ready; raises `PeerBroken`."""
        self._peer.start()

    def stop(self) -> None:
        """End the peer and everything it held; a second time changes nothing."""
        self._peer.stop()

    def record_to(self, record: Callable[[AnyPeerEvent], None]) -> None:
        """Tell `record` what the peer sees from now on."""
        self._peer.record_to(record)

    # --- commands ---------------------------------------------------------------------------------

    def anew(self) -> None:
        """Close all connections and listeners, and forget them: names are free again."""
        self._peer.call("anew")

    def layout(self, layout: FrameLayout) -> None:
        """Declare how frames look on the connections that are listened for from now on."""
        self._peer.call("layout", layout=layout)

    def listen(
        self, conn: str, transport: str, *, receive_buffer_bytes: int = 65536, mode: Mode = "drain"
    ) -> dict[str, Any]:
        """Await connection `conn` at an address of its own, and return where.

        The result is `{"path": ...}` for `unix` and `{"host": ..., "port": ...}` for `tcp` and
        `tls`, for the latter with `certificate_authority`, the file of who vouches for the peer.
        The receive buffer does not count on Unix. Whoever connects there again is reported as such
        (`again`), drained and closed.
        """
        reply = self._peer.call(
            "listen", conn=conn, transport=transport, mode=mode,
            receive_buffer_bytes=receive_buffer_bytes,
        )  # fmt: skip
        if reply.path is not None:
            return {"path": reply.path}
        address: dict[str, Any] = {"host": reply.host, "port": reply.port}
        if reply.certificate_authority is not None:
            address["certificate_authority"] = reply.certificate_authority
        return address

    def reserve(
        self, conn: str, transport: str, *, receive_buffer_bytes: int = 65536
    ) -> dict[str, Any]:
        """Reserve an address at which the implementation is to accept `conn`, and return it."""
        reply = self._peer.call(
            "reserve", conn=conn, transport=transport, receive_buffer_bytes=receive_buffer_bytes
        )
        return {"path": reply.path} if reply.path else {"host": reply.host, "port": reply.port}

    def connect(self, conn: str) -> bool:
        """Connect to the address reserved for `conn`; false when nobody listens there yet."""
        return bool(self._peer.call("connect", conn=conn).open)

    def mode(
        self,
        conn: str,
        mode: Mode,
        *,
        limit_bytes: int | None = None,
        piece_bytes: int = 4096,
        every_us: int = 20_000,
    ) -> None:
        """Read by `mode` from now on: `drain`, `stop`, or `trickle`.

        A trickle reads at most `piece_bytes` every `every_us`, on an absolute schedule. With
        `limit_bytes` the peer stops by itself after exactly so many bytes more, over TLS of what
        the transport beneath carries.
        """
        self._peer.call(
            "mode", conn=conn, mode=mode, limit_bytes=limit_bytes, piece_bytes=piece_bytes,
            every_us=every_us,
        )  # fmt: skip

    def stop_after_frames(self, conn: str, frames: int) -> None:
        """Drain until exactly `frames` more whole frames were read, not a byte more; then stop."""
        self._peer.call("stop_after_frames", conn=conn, frames=frames)

    def shut_read(self, conn: str) -> None:
        """Shut down the peer's reading side: a Unix peer's writes fail from now on (EPIPE)."""
        self._peer.call("shut_read", conn=conn)

    def half_close(self, conn: str) -> None:
        """End the peer's own stream, over TLS with a close_notify, and go on reading."""
        self._peer.call("half_close", conn=conn)

    def cut(
        self, conn: str, payload: bytes = b"", *, whole_bytes: int = 0, tears_record: bool = False
    ) -> None:
        """End the peer's own stream over TLS without a close_notify, and go on reading.

        Before that a frame with `payload` is begun: its first `whole_bytes` arrive, and with
        `tears_record` half of the TLS record that carries the rest. Raises `PeerRefused` elsewhere.
        """
        self._peer.call(
            "cut", conn=conn, payload=payload, whole_bytes=whole_bytes, tears_record=tears_record
        )

    def reset(self, conn: str) -> None:
        """Close with a reset on TCP; on Unix close, which is a reset only with bytes unread."""
        self._peer.call("reset", conn=conn)

    def close_conn(self, conn: str) -> None:
        """Close the peer's end in peace."""
        self._peer.call("close_conn", conn=conn)

    def send_frame(
        self, conn: str, kind: Kind = "data", payload: bytes = b"", *, frames: int = 1,
        awaited: bool = True,
    ) -> bool:  # fmt: skip
        """Send a frame of the declared layout, or several alike; false when the connection is gone.

        Not `awaited`, it leaves as the implementation reads, and the event tells when it has left.
        """
        reply = self._peer.call(
            "send_frame", conn=conn, kind=kind, payload=payload, frames=frames, awaited=awaited
        )
        return bool(reply.sent)

    def send_ack(self, conn: str, stream: int, offset: int, error: str | None = None) -> None:
        """Send an ACK of `stream` in its declared form, an error ACK where there is an `error`.

        It leaves as the implementation reads. Raises `PeerRefused` where the form cannot carry it.
        """
        self._peer.call(
            "send_ack", conn=conn, stream=stream, offset=offset, error=error, awaited=False
        )

    def probe(self, conn: str) -> bool:
        """Tell whether the connection is still open, without reading.

        On TCP a closing behind more unread bytes than the window holds cannot be seen. Raises
        `PeerRefused` when the peer shut down both directions itself, or on TCP its reading side.
        """
        return bool(self._peer.call("probe", conn=conn).open)

    def unread(self, conn: str) -> int:
        """Return how many bytes lie unread in the peer's receive buffer."""
        return self._peer.call("unread", conn=conn).unread_bytes or 0
