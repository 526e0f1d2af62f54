"""A plain harness in virtual time: its connections over lines that are played.

Spec: `spec/virtual.md`.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from stallproof.drivers.recorder import Record
from stallproof.harness.adapter import Fields, Machines, Told, Unsupported
from stallproof.harness.deciding import decided
from stallproof.harness.payload import payload_of
from stallproof.harness.playground import Playground
from stallproof.harness.virtual_line import VirtualLine
from stallproof.wire.implementation import Opened, Received, SendEnded, SendStarted, WallJumped
from stallproof.wire.protocol import (
    AcceptRequest,
    AdvanceRequest,
    AnyRequest,
    CloseRequest,
    ConfigRequest,
    DecideRequest,
    FailRequest,
    OpenRequest,
    ReceivedRequest,
    SendRequest,
    WallJumpRequest,
)

_Conn = TypeVar("_Conn")


class PlainPlayed(Generic[_Conn]):
    """Case after case of connections that `over` makes of lines.

    `configure` puts knobs in force; `send` and `close` call the implementation, and `send` tells
    what came of it.
    """

    def __init__(
        self,
        record: Record,
        machines: Machines,
        *,
        configure: Callable[[ConfigRequest], Fields],
        over: Callable[[VirtualLine], _Conn],
        send: Callable[[_Conn, bytes | memoryview], Told],
        close: Callable[[_Conn], None],
    ) -> None:
        self._record = record
        self._machines = machines
        self._configure = configure
        self._over = over
        self._send = send
        self._close = close
        self._new_case()

    def _new_case(self) -> None:
        self._playground = Playground(self._record)
        self._lines: dict[str, VirtualLine] = {}
        self._conns: dict[str, _Conn] = {}
        self._received: dict[str, int] = {}
        self._wall_us = 0

    def carry_out(self, request: AnyRequest) -> Fields:
        """Do what `request` asks; a `config` ends the case."""
        match request:
            case ConfigRequest():
                self._playground.end()
                self._new_case()
                return self._configure(request)
            case OpenRequest():
                self._open(request)
            case SendRequest():
                self._begin_send(request)
            case AcceptRequest():
                self._line(request.conn).accept(request.wrote_bytes, request.late_us)
            case FailRequest():
                self._line(request.conn).fail(request.cause)
            case CloseRequest():
                conn = self._conn(request.conn)
                self._playground.run(lambda: self._close(conn))
            case AdvanceRequest():
                self._playground.advance(request.to_us)
            case DecideRequest():
                now_us = self._playground.now_us
                self._record(decided(self._machines, request, at_us=now_us))
            case ReceivedRequest():
                return self._receive(request.conn)
            case WallJumpRequest():
                return self._jump(request.by_us)
            case _:
                op = request.__struct_config__.tag
                raise Unsupported(f"this implementation has no {op} in virtual time")
        return {}

    def _line(self, conn: str) -> VirtualLine:
        self._conn(conn)
        return self._lines[conn]

    def _conn(self, name: str) -> _Conn:
        try:
            return self._conns[name]
        except KeyError:
            raise ValueError(f"no connection is called {name!r}") from None

    def _open(self, request: OpenRequest) -> None:
        if request.transport != "virtual":
            raise Unsupported(f"in virtual time there is no transport {request.transport!r}")
        before = self._lines.get(request.conn)
        if before is not None and not before.is_shut:
            raise ValueError(f"connection {request.conn!r} is open already")
        if request.room_bytes is not None and request.room_bytes < 0:
            raise ValueError("there is no less room than none")
        line = VirtualLine(self._playground, request.conn, request.room_bytes)
        self._lines[request.conn] = line
        self._conns[request.conn] = self._over(line)
        self._record(Opened(at_us=self._playground.now_us, conn=request.conn))

    def _begin_send(self, request: SendRequest) -> None:
        if request.kind != "data" or request.repeat != 1:
            raise Unsupported("in virtual time a send is one frame of kind data")
        if request.size_bytes < 1 or request.send < 0:
            raise ValueError("a send has a number, and a frame of at least one byte")
        conn, playground = self._conn(request.conn), self._playground
        payload = payload_of(request.send, request.size_bytes)

        def work() -> None:
            told = self._send(conn, payload)
            self._record(
                SendEnded(
                    at_us=playground.now_us, conn=request.conn, send=request.send,
                    outcome=told.outcome, raised=told.raised, sequence=told.sequence,
                    written_bytes=told.written_bytes, detail=told.detail,
                )
            )  # fmt: skip

        self._record(SendStarted(at_us=playground.now_us, conn=request.conn, send=request.send))
        playground.run(work, request.send)

    def _receive(self, conn: str) -> Fields:
        """Have a frame arrive: the line takes it in, and nobody here is interested in it."""
        self._line(conn)
        self._received[conn] = self._received.get(conn, 0) + 1
        self._record(Received(at_us=self._playground.now_us, conn=conn))
        return {"frames": self._received[conn]}

    def _jump(self, by_us: int) -> Fields:
        """Move a wall clock that nothing of the case reads."""
        before_us = self._playground.now_us + self._wall_us
        self._wall_us += by_us
        after_us = before_us + by_us
        at_us = self._playground.now_us
        self._record(WallJumped(at_us=at_us, before_us=before_us, after_us=after_us))
        return {"before_us": before_us, "after_us": after_us}
