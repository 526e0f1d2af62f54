"""The context in which a scenario plays: one peer, one harness, and the record of what both did.

A scenario asks the implementation for things, moves the peer, and waits; it never judges. It may
rely only on events coming in the end: every wait has a limit, and running into it is no error.
"""

import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from stallproof.runner.peer.messages import Mode
from stallproof.runner.scenarios.opening import opened
from stallproof.runner.scenarios.receipts import Receipts
from stallproof.runner.scenarios.record import Record
from stallproof.runner.sut.answers import Pending
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.wire.events import (
    AnyEvent,
    DescriptorSeen,
    PeerAccepted,
    PeerFrame,
    PeerSawEnd,
    PeerSawHangup,
    SendEnded,
    SendStarted,
    Taken,
)
from stallproof.wire.protocol import ACK_FRAMES

if TYPE_CHECKING:
    # What starts processes takes long to import, and who only reads the scenarios starts none.
    from stallproof.runner.peer.client import PeerClient
    from stallproof.runner.sut.client import HarnessClient

_E = TypeVar("_E")

SEND_BUFFER_BYTES = 65536
QUIET_US = 10_000_000
"""With a heartbeat interval longer than this, a scenario wants no heartbeats."""
CONNECTS_WITHIN_S = 2.0
"""How long the peer may take to see a connection that the harness says it has made."""
CLOSES_WITHIN_S = 5.0
STARTS_WITHIN_S = 5.0
"""How long a send may take from the request to its start; building a payload takes its time."""


def now_us() -> int:
    """Return the oracle's time: the monotonic clock in microseconds."""
    return time.monotonic_ns() // 1000


class Context(Receipts):
    """What a scenario works with. Connection names are made unique for each repetition."""

    def __init__(
        self, harness: "HarnessClient", peer: "PeerClient", record: Record, *, repetition: int,
        policy: dict[str, int], grace_us: int, kernel_holds_bytes: int, may_jump: bool = False,
    ) -> None:  # fmt: skip
        """Play one repetition; `may_jump`: the wall clock may jump in the middle of a bound."""
        self.may_jump = may_jump
        self.harness = harness
        self.peer = peer
        self.record = record
        self.repetition = repetition
        self.policy = policy
        self.grace_us = grace_us
        self.big_bytes = kernel_holds_bytes + 1024 * 1024
        self.acks_by_wire = repetition % 2 == 1 and ACK_FRAMES in harness.hello.features
        self.opened: list[str] = []
        self.stream_numbers = itertools.count(repetition * 1000 + 1)
        self._next_send = repetition * 1_000_000

    def open(
        self,
        name: str,
        transport: str = "unix",
        *,
        mode: Mode = "drain",
        lowest_descriptor: int | None = None,
        heartbeats: bool = True,
    ) -> str:
        """Have the implementation and the peer connected by their roles; return the name."""
        conn = f"{name}{self.repetition}"
        self.record.expect(conn)
        self.opened.append(conn)
        opened(
            self.harness,
            self.peer,
            conn,
            transport,
            send_buffer_bytes=SEND_BUFFER_BYTES,
            lowest_descriptor=lowest_descriptor,
            heartbeats=heartbeats,
        )
        self._see_connected(conn)
        if lowest_descriptor is not None:
            seen = self.harness.highest_socket_descriptor()
            self.record.add(DescriptorSeen(at_us=now_us(), conn=conn, descriptor=seen))
        wants_none = self.policy["heartbeat_interval_us"] > QUIET_US
        if wants_none and heartbeats and "heartbeats" in self.harness.hello.features:
            # A connection that never received is idle: greet it.
            self.received(conn)
        if mode != "drain":
            self.peer.mode(conn, mode)
        return conn

    def _see_connected(self, conn: str) -> None:
        """See for ourselves that the implementation connected; raises `HarnessBroken` if not."""
        if self._first(PeerAccepted, lambda e: e.conn == conn, CONNECTS_WITHIN_S) is None:
            detail = "The harness answered 'open' as done, and nothing connected to the peer."
            raise HarnessBroken("protocol", detail)

    def send(self, conn: str, size_bytes: int, *, repeat: int = 1) -> int:
        """Ask for a send and wait for its start; return its number."""
        number = self._next_send
        self._next_send += repeat
        self.harness.request("send", conn=conn, send=number, size_bytes=size_bytes, repeat=repeat)
        self.started(number)
        return number

    def started(self, send: int) -> SendStarted | None:
        """Wait until the implementation says that `send` starts."""
        return self._first(SendStarted, lambda e: e.send == send, STARTS_WITHIN_S)

    def ended(self, send: int, timeout_s: float) -> SendEnded | None:
        """Wait until the implementation says that `send` ended; `None` if it does not in time."""
        return self._first(SendEnded, lambda e: e.send == send, timeout_s)

    def arrived(self, send: int, timeout_s: float = 2.0) -> PeerFrame | None:
        """Wait until the whole frame of `send` has arrived at the peer."""
        return self._first(PeerFrame, lambda e: e.send == send, timeout_s)

    def _first(self, kind: type[_E], wanted: Callable[[_E], bool], timeout_s: float) -> _E | None:
        """Wait for the first event of `kind` that is wanted; `None` if there is none in time."""
        event = self.record.wait_for(lambda e: isinstance(e, kind) and wanted(e), timeout_s)
        return event if isinstance(event, kind) else None

    def stream_ended(self, conn: str, timeout_s: float = 1.0) -> bool:
        """Wait until the peer has read to the end of the stream."""
        return self._first(PeerSawEnd, lambda e: e.conn == conn, timeout_s) is not None

    def hung_up(self, conn: str, timeout_s: float) -> bool:
        """Wait until the peer has noticed, without reading, that the other side closed."""

        def is_over(event: AnyEvent) -> bool:
            return isinstance(event, PeerSawHangup | PeerSawEnd) and event.conn == conn

        return self.record.wait_for(is_over, timeout_s) is not None

    def check(self, timeout_s: float = 1.5) -> None:
        """Have the monitor make one pass now; wait until it is over, or long enough."""
        self._answered(self.post_check(), timeout_s)

    def close(self, conn: str) -> None:
        """Have the implementation close the connection and wait until its call has returned."""
        self._answered(self.harness.post("close", conn=conn), CLOSES_WITHIN_S)

    def _answered(self, pending: Pending, timeout_s: float) -> None:
        """Wait for a reply that may rightly not come."""
        if self.harness.wait(pending, timeout_s) is None:
            self.record.in_vain_s += timeout_s

    def suspend(self, for_us: int) -> None:
        """Suspend the harness, with all that it has started, for `for_us` microseconds."""
        with self.harness.suspended():
            sleep_s(for_us / 1e6)

    def post_check(self) -> Pending:
        """Have the monitor make one pass now without waiting for it."""
        return self.harness.post("check")

    def tell(self, look: Taken) -> None:
        """Have `look` stand in the trace."""
        self.record.add(look)

    def drain_to_end(self, conn: str) -> None:
        """Read to the end of the stream; if none comes, find out whether it is still open."""
        self.peer.mode(conn, "drain")
        if not self.stream_ended(conn, 0.6):
            self.peer.probe(conn)

    def knob_s(self, name: str) -> float:
        """Return a knob in seconds."""
        return self.policy[name] / 1e6

    @property
    def patience_s(self) -> float:
        """How long to go on watching beyond a bound before a thing counts as not happening."""
        return 10 * self.grace_us / 1e6


def sleep_s(seconds: float) -> None:
    """Let time pass."""
    time.sleep(max(0.0, seconds))


def sleep_until_us(at_us: int) -> None:
    """Let time pass until the oracle's clock shows `at_us`."""
    sleep_s((at_us - now_us()) / 1e6)
