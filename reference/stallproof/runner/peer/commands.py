"""What the oracle tells its peer to do, carried out."""

from collections.abc import Callable
from typing import Any

import msgspec

from stallproof.runner.peer import building, kernel
from stallproof.runner.peer.connections import Connections
from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.link import Link
from stallproof.runner.peer.messages import Command, PeerReply, Refusal
from stallproof.runner.peer.peer import Peer
from stallproof.wire.peer import PeerProbed, PeerUnread
from stallproof.wire.protocol import FrameLayout


class Commands:
    """Carries out commands on `connections`; `reply` is called with the reply to each."""

    def __init__(self, connections: Connections, reply: Callable[[PeerReply], None]) -> None:
        self._connections = connections
        self._reply = reply
        self._sent_sequence = 0
        self._ops: dict[str, Callable[[Command], PeerReply | None]] = {
            "hello": lambda command: PeerReply(id=command.id, ok=True),
            "anew": self._on_anew,
            "layout": self._on_layout,
            "listen": self._on_listen,
            "reserve": self._on_reserve,
            "connect": self._on_connect,
            "mode": self._on_mode,
            "stop_after_frames": self._on_stop_after_frames,
            "send_frame": self._on_send_frame,
            "send_ack": self._on_send_ack,
            "cut": self._on_cut,
            "probe": self._on_probe,
            "unread": self._on_unread,
            **dict.fromkeys(("shut_read", "half_close", "reset", "close_conn"), self._on_action),
        }

    def carry_out(self, command: Command) -> None:
        """Do what `command` says; one that makes no sense now changes nothing but the reply."""
        try:
            if command.op not in self._ops:
                raise Refusal(f"the peer knows no operation {command.op!r}")
            reply = self._ops[command.op](command)
        except (Refusal, ValueError) as refusal:
            reply = PeerReply(id=command.id, ok=False, message=str(refusal))
        except OSError as error:
            why = f"{command.op} failed: {error.strerror or error}"
            reply = PeerReply(id=command.id, ok=False, message=why)
        if reply is not None:
            self._reply(reply)

    def _on_anew(self, command: Command) -> PeerReply:
        self._connections.forget()
        self._sent_sequence = 0
        return PeerReply(id=command.id, ok=True)

    def _on_layout(self, command: Command) -> PeerReply:
        self._connections.layout = command.layout
        return PeerReply(id=command.id, ok=True)

    def _on_listen(self, command: Command) -> PeerReply:
        peer, address = self._connections.listen(
            command.conn, command.transport, command.receive_buffer_bytes
        )
        peer.set_mode(command.mode, piece_bytes=command.piece_bytes, every_us=command.every_us)
        if isinstance(address, str):
            return PeerReply(id=command.id, ok=True, path=address)
        host, port = address
        authority = self._connections.authority if command.transport == "tls" else None
        return PeerReply(
            id=command.id, ok=True, host=host, port=port, certificate_authority=authority
        )

    def _on_reserve(self, command: Command) -> PeerReply:
        address = self._connections.reserve(
            command.conn, command.transport, command.receive_buffer_bytes
        )
        if isinstance(address, str):
            return PeerReply(id=command.id, ok=True, path=address)
        return PeerReply(id=command.id, ok=True, host=address[0], port=address[1])

    def _on_connect(self, command: Command) -> PeerReply:
        return PeerReply(id=command.id, ok=True, open=self._connections.connect(command.conn))

    def _on_mode(self, command: Command) -> PeerReply:
        self._connections.find(command.conn).set_mode(
            command.mode, limit_bytes=command.limit_bytes, piece_bytes=command.piece_bytes,
            every_us=max(1, command.every_us),
        )  # fmt: skip
        return PeerReply(id=command.id, ok=True)

    def _on_stop_after_frames(self, command: Command) -> PeerReply:
        peer = self._connections.find(command.conn)
        if peer.layout is None:
            raise Refusal("no layout of frames was declared, so there are no frames to count")
        peer.set_mode("drain", frames=command.frames)
        return PeerReply(id=command.id, ok=True)

    def _on_action(self, command: Command) -> PeerReply:
        peer = self._connections.find(command.conn)
        closes = command.op in ("reset", "close_conn")
        if not peer.was_accepted and not closes:
            _link(peer)
        # What the peer has closed already stays as it is.
        if command.op == "reset":
            peer.close("reset")
        elif closes:
            peer.close("close")
        elif peer.link is not None and command.op == "shut_read":
            peer.link.shut_read()
        elif peer.link is not None:
            peer.link.half_close()
        return PeerReply(id=command.id, ok=True)

    def _on_send_frame(self, command: Command) -> PeerReply | None:
        peer = self._connections.find(command.conn)
        link, repeat = _link(peer), max(1, command.frames)
        content = b"".join(self._frame(peer, command) for _ in range(repeat))
        return self._sent(command, link, content, **({"frames": repeat} if repeat > 1 else {}))

    def _on_send_ack(self, command: Command) -> PeerReply | None:
        peer = self._connections.find(command.conn)
        link, layout = _link(peer), _layout(peer)
        self._sent_sequence += 1
        content = building.build_ack(
            layout, command.stream, command.offset, self._sent_sequence,
            is_error=command.error is not None,
        )  # fmt: skip
        more = {"stream": command.stream, "offset": command.offset}
        told = more if command.error is None else {**more, "error": command.error}
        return self._sent(msgspec.structs.replace(command, kind="ack"), link, content, **told)

    def _sent(self, command: Command, link: Link, content: bytes, **told: Any) -> PeerReply | None:
        """Send `content`; the reply comes once the kernel has it, or now if that is not awaited."""

        def done(sent: bool) -> None:
            if command.awaited:
                self._reply(PeerReply(id=command.id, ok=True, sent=sent))

        link.send_frame(command.kind, content, done, **told)
        return None if command.awaited else PeerReply(id=command.id, ok=True, sent=True)

    def _on_cut(self, command: Command) -> PeerReply:
        peer = self._connections.find(command.conn)
        link, frame = _link(peer), self._frame(peer, command)
        if link.wire.secured is None:
            raise Refusal("only a connection over TLS, after its handshake, can be cut short")
        rest = frame[command.whole_bytes :] if command.tears_record else b""
        link.cut(frame[: command.whole_bytes], rest)
        return PeerReply(id=command.id, ok=True)

    def _frame(self, peer: Peer, command: Command) -> bytes:
        """Return the next frame to send; raises `Refusal` and `ValueError`."""
        layout = _layout(peer)
        self._sent_sequence += 1
        return building.build(layout, command.kind, command.payload, self._sent_sequence)

    def _on_probe(self, command: Command) -> PeerReply:
        peer = self._connections.find(command.conn)
        link = _link(peer)
        before_us = now_us()
        over = kernel.is_hung_up(
            link.sock, shut_read=link.has_shut_read, half_closed=link.has_half_closed
        )
        if over is None:
            raise Refusal("the peer reads no more, by its own doing, so that nothing can be told")
        # Open it was at the beginning for sure, closed at the end.
        at_us = now_us() if over else before_us
        peer.emit(PeerProbed(at_us=at_us, conn=peer.conn, open=not over))
        return PeerReply(id=command.id, ok=True, open=not over)

    def _on_unread(self, command: Command) -> PeerReply:
        peer = self._connections.find(command.conn)
        unread = kernel.unread_bytes(_link(peer).sock)
        peer.emit(PeerUnread(at_us=now_us(), conn=peer.conn, unread_bytes=unread))
        return PeerReply(id=command.id, ok=True, unread_bytes=unread)


def _layout(peer: Peer) -> FrameLayout:
    """Return how frames look on the connection; raises `Refusal` where nobody declared it."""
    if peer.layout is None:
        raise Refusal("no layout of frames was declared, so the peer cannot make a frame")
    return peer.layout


def _link(peer: Peer) -> Link:
    """Return the peer's end of the connection; raises `Refusal` if there is none."""
    if peer.link is None:
        state = "was closed by the peer itself" if peer.was_accepted else "is not made yet"
        raise Refusal(f"the connection {peer.conn!r} {state}")
    return peer.link
