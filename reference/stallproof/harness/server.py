"""The harness protocol's server: any implementation behind it by way of a small adapter.

The server reads requests, answers them, runs on threads of their own what may take long, and says
when a send starts and ends. What the implementation does is the adapter's.

Spec: `spec/protocol.md`.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, NoReturn

import msgspec

from stallproof.drivers.clock import now_us
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.recorder import Record, Recorder
from stallproof.harness import streaming
from stallproof.harness.adapter import Adapter, Fields, Link, Playable, Told, Unsupported
from stallproof.harness.deciding import decided
from stallproof.harness.giving_up import Callers
from stallproof.harness.payload import payload_of
from stallproof.harness.requests import answered, too_long, understood
from stallproof.harness.simulated.serving import Bulk, serve
from stallproof.harness.wall import VirtualWall
from stallproof.wire.implementation import SendEnded, SendStarted, WallJumped
from stallproof.wire.protocol import (
    LINE_MAX_BYTES,
    PROTOCOL,
    AckRequest,
    AnyRequest,
    CancelRequest,
    CheckRequest,
    ClockClaim,
    CloseRequest,
    ConfigRequest,
    DecideRequest,
    GiveUpRequest,
    HelloRequest,
    MonitorRequest,
    OpenRequest,
    ReceivedRequest,
    SendRequest,
    StopRequest,
    StreamRequest,
    WallJumpRequest,
)

DETAILED_REPEATS = 64
"""A send repeated more often than this does not report each frame's lock and writes."""
FLUSH_S = 0.5
"""How long the last lines may take to leave after `stop`."""


class Server:
    """Serve one adapter until `stop` or the end of the requests."""

    def __init__(self, adapter: Adapter, lines: Recorder, write: Callable[[bytes], object]) -> None:
        """Answer through `lines`, where the adapter's events go too; in virtual time by `write`."""
        self._adapter = adapter
        self._lines = lines
        self._write = write
        self._callers = Callers()

    def run(self, requests: IO[bytes]) -> None:
        """Read and carry out requests, one a line; never waits for one that may take long."""
        while line := requests.readline(LINE_MAX_BYTES + 1):
            if len(line) > LINE_MAX_BYTES:
                while line and not line.endswith(b"\n"):
                    line = requests.readline(LINE_MAX_BYTES)
                self._lines.say(too_long())
            elif line.strip():
                request = understood(line)
                if isinstance(request, Mapping):
                    self._lines.say(request)
                elif isinstance(request, HelloRequest) and (played := self._played(request)):
                    self._run_virtual(request, requests, played)
                    return
                elif request.is_quick:
                    self._answer(request)
                else:
                    threading.Thread(target=self._answer, args=(request,), daemon=True).start()
                if isinstance(request, StopRequest):
                    return

    def _answer(self, request: AnyRequest) -> None:
        """Carry out `request` and answer it, whatever comes of it."""
        self._lines.say(answered(request, self._carry_out))

    # --- virtual time -----------------------------------------------------------------------------

    def _played(self, request: HelloRequest) -> Playable | None:
        """Return the adapter if `request` asks it to live in virtual time, and it can."""
        if request.clock != "virtual":
            return None
        declared = "virtual_time" in self._adapter.hello().features
        return self._adapter if declared and isinstance(self._adapter, Playable) else None

    def _run_virtual(self, first: HelloRequest, requests: IO[bytes], adapter: Playable) -> None:
        """Go on in virtual time for good: on this thread alone, without the writer's."""
        # Who never lives in virtual time needs nothing of what it is made of.
        from stallproof.harness.simulated.player import Player

        self._lines.close(FLUSH_S)
        bulk = Bulk(self._write)
        wall = VirtualWall()
        player = Player(bulk.record, adapter, wall)

        def hello(request: HelloRequest) -> Fields:
            if request.clock != "virtual":
                raise ValueError("this process lives in virtual time")
            # Everybody reads the one clock that there is: the oracle's.
            return {**self._hello(request), "clock": ClockClaim(name="virtual", shared=True)}

        bulk.say(answered(first, lambda _: hello(first)))
        with wall.installed():
            serve(requests, bulk, player.carry_out, hello)

    def _hello(self, request: HelloRequest) -> Fields:
        if request.protocol != PROTOCOL:
            raise Unsupported(f"this harness speaks protocol {PROTOCOL}")
        fields: dict[str, object] = msgspec.to_builtins(self._adapter.hello())
        return fields

    # --- the real clock ---------------------------------------------------------------------------

    def _carry_out(self, request: AnyRequest) -> Fields:
        """Do what `request` asks; return the fields of its answer."""
        match request:
            case HelloRequest():
                if request.clock == "virtual":
                    raise Unsupported("this implementation takes no clock from outside")
                return self._hello(request)
            case ConfigRequest():
                return self._adapter.config(request)
            case OpenRequest():
                return {"descriptor": self._adapter.open(request)}
            case ReceivedRequest():
                return {"frames": self._adapter.link(request.conn).received()}
            case SendRequest():
                return self._begin_send(request)
            case GiveUpRequest():
                self._callers.give_up(request, self._adapter.hello().features)
                return {}
            case StreamRequest() | AckRequest() | CancelRequest():
                streaming.carry_out(self._adapter.link(request.conn), request)
                return {}
            case CheckRequest():
                began_us, ended_us = self._adapter.check()
                return {"began_us": began_us, "ended_us": ended_us}
            case MonitorRequest():
                claim = self._adapter.monitor(request.period_us)
                return {"form": claim.form, "slack_us": claim.slack_us}
            case WallJumpRequest():
                return self._jump(request.by_us)
            case DecideRequest():
                self._lines.record(decided(self._adapter.machines, request, at_us=now_us()))
                return {}
            case CloseRequest():
                self._adapter.link(request.conn).close()
                return {}
            case StopRequest():
                return {}
            case _:
                op = request.__struct_config__.tag
                raise Unsupported(f"this implementation has no {op}")

    def _jump(self, by_us: int) -> Fields:
        """Move the wall clock, and say so."""
        before_us, after_us = self._adapter.wall_jump(by_us)
        self._lines.record(WallJumped(at_us=now_us(), before_us=before_us, after_us=after_us))
        return {"before_us": before_us, "after_us": after_us}

    def _begin_send(self, request: SendRequest) -> Fields:
        """Start the thread of a send; the answer does not wait for it."""
        if request.kind != "data":
            raise Unsupported(f"frames of the kind {request.kind!r} cannot be asked for")
        if request.size_bytes < 0 or request.repeat < 1 or request.send < 0:
            raise ValueError("a send has a number and a size, and is made at least once")
        link, give_up = self._adapter.link(request.conn), self._callers.asked(request)
        threading.Thread(
            target=self._send, args=(link, request, give_up), name=f"send-{request.send}",
            daemon=True,
        ).start()  # fmt: skip
        return {}

    def _send(self, link: Link, request: SendRequest, give_up: GiveUp) -> None:
        """Send the frames of one request, one after the other, and say how the last one ended."""
        # The payload is made before the send is announced, so that making it delays nothing.
        payload = payload_of(request.send, request.size_bytes)
        detailed = request.repeat <= DETAILED_REPEATS
        self._lines.record(SendStarted(at_us=now_us(), conn=request.conn, send=request.send))
        completed = 0
        while True:
            number = request.send + completed
            try:
                told = link.send(payload, number if detailed else None, give_up)
            except Exception as error:
                told = Told("error", raised=True, detail=f"{type(error).__name__}: {error}")
            completed += told.outcome == "ok"
            if told.outcome != "ok" or completed == request.repeat:
                break
            payload = payload_of(number + 1, request.size_bytes)
        self._lines.record(
            SendEnded(
                at_us=now_us(), conn=request.conn, send=request.send, completed=completed,
                outcome=told.outcome, raised=told.raised, written_bytes=told.written_bytes,
                sequence=told.sequence, detail=told.detail,
            )
        )  # fmt: skip


def main(make_adapter: Callable[[Record], Adapter]) -> NoReturn:
    """Serve standard input and output, then leave at once, even while sends are blocked.

    Whatever the implementation prints goes to standard error: standard output is the protocol's.
    """
    requests, replies = sys.stdin.buffer, sys.stdout.buffer.fileno()
    sys.stdout = sys.stderr

    def write(data: bytes) -> None:
        _write_all(replies, data)

    lines = Recorder(write)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        Server(make_adapter(lines.record), lines, write).run(requests)
    lines.close(FLUSH_S)
    sys.stderr.flush()
    # Threads may be blocked in the implementation, and the end must not wait for them.
    os._exit(0)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
