"""Tell a run as a trace: the plays from which the tests of the checker are made.

Times are microseconds after the beginning of the scenario; by default everything is heard at once,
so that every bound can be hit exactly. The kernel of these stories holds `HOLDS_BYTES`.
"""

from collections.abc import Sequence
from typing import Any, Literal, Self

from msgspec import UNSET

from stallproof.wire import events as ev
from stallproof.wire.event import Kind, Outcome, Transport
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import NOTHING

MS = 1000
S = 1_000_000
T0_US = 50 * S
GRACE_US = 50 * MS
NOISE_US = 10 * MS
SLACK_US = 10 * MS
PERIOD_US = 500 * MS
HOLDS_BYTES = 1_000_000
BIG_BYTES = 3_000_000
SMALL_BYTES = 1024
PREFIX_BYTES = 16
HOUR_US = 3_600_000_000
KNOBS = {
    "send_timeout_us": 30 * S,
    "stall_timeout_us": 30 * S,
    "close_stalled": 0,
    "checks_max": 3,
    "heartbeat_interval_us": 60 * S,
    "monitor_period_us": PERIOD_US,
}
"""Timeouts that do not come due unless a story sets them."""


class Story:
    """One run, told event by event. `lag_us`: how much later than said the oracle hears a thing."""

    def __init__(
        self, name: str, *, lag_us: int = 0, requirements: Sequence[str] = (), **knobs: int
    ) -> None:
        self.name = name
        self.lag_us = lag_us
        self.requirements = list(requirements)
        self.situations: dict[str, list[str]] = {}
        self.policy = {**KNOBS, **knobs}
        self.told: list[AnyEvent] = []
        self.noise_us = NOISE_US
        self.grace_us = GRACE_US
        self.spun = False
        self.ended_us: int | None = 5 * S
        self.looked = False
        self._id = 0
        self._read: dict[str, int] = {}
        self._frames: dict[str, int] = {}
        self._awaits_first: set[str] = set()

    def add(self, event: AnyEvent) -> Self:
        self.told.append(event)
        return self

    def _said(self, at_us: int) -> dict[str, Any]:
        return {"at_us": T0_US + at_us, "heard_us": T0_US + at_us + self.lag_us}

    # --- what the oracle asks ---------------------------------------------------------------------

    def ask(self, op: str, at_us: int, answered_us: int | None = None, **fields: Any) -> Self:
        """A request, answered at `answered_us`; `None`: never."""
        self._id += 1
        self.add(ev.Requested(at_us=T0_US + at_us, id=self._id, op=op, **fields))
        if answered_us is not None:
            self.add(ev.Answered(at_us=T0_US + answered_us, id=self._id, op=op))
        return self

    def look(self, at_us: int, *, request: tuple[str, int | None] | None = None) -> Self:
        """Nothing is asked for and answered at once: behind a request, and before its answer."""
        if request is not None:
            op, answered_us = request
            number = self._id = self._id + 1
            self.add(ev.Requested(at_us=T0_US + at_us, id=number, op=op))
            self.look(at_us)
            if answered_us is not None:
                self.look(answered_us)
                self.add(ev.Answered(at_us=T0_US + answered_us, id=number, op=op))
            return self
        self.looked = True
        return self.ask(NOTHING, at_us, at_us)

    def open(
        self, conn: str, at_us: int = 0, *, transport: Transport = "unix", heartbeats: bool = True
    ) -> Self:
        """The peer listens, and the implementation connects."""
        at = T0_US + at_us
        self.add(
            ev.PeerListening(at_us=at, conn=conn, transport=transport, receive_buffer_bytes=65536)
        )
        self.ask("open", at_us, at_us, conn=conn, heartbeats=heartbeats)
        self.add(ev.PeerAccepted(at_us=at, conn=conn))
        if transport == "tls":
            self.add(ev.PeerSecured(at_us=at, conn=conn, version="TLSv1.3", cipher="any"))
        return self

    def close(self, conn: str, at_us: int, *, ends_us: int = 0) -> Self:
        """The oracle asks for the close, and the implementation closes at once."""
        self.ask("close", at_us, at_us + ends_us, conn=conn)
        return self.closing(conn, at_us, cause="local")

    def monitor(self, at_us: int) -> Self:
        return self.ask("monitor", at_us, at_us + 1)

    def sent(self, conn: str, at_us: int) -> Self:
        """The peer sends a frame, and the implementation takes it in at once."""
        self.add(ev.PeerDid(at_us=T0_US + at_us, conn=conn, action="sent", sent_bytes=16))
        return self.add(ev.Taken(at_us=T0_US + at_us, conn=conn, frames=1))

    # --- sends ------------------------------------------------------------------------------------

    def send(
        self,
        conn: str,
        send: int,
        at_us: int,
        *,
        size_bytes: int = SMALL_BYTES,
        repeat: int = 1,
        ended_us: int | None = None,
        outcome: Outcome = "ok",
        raised: bool = False,
        started_us: int | None = None,
        first_byte_us: int | Literal[False] | None = None,
    ) -> Self:
        """A send: asked for and started at `at_us`, ended at `ended_us` (`None`: never).

        A peer that does not read sees at `first_byte_us` that bytes have come, by default at once;
        `False`: it sees nothing.
        """
        self.ask("send", at_us, at_us, conn=conn, send=send, size_bytes=size_bytes, repeat=repeat)
        begun_us = at_us if started_us is None else started_us
        self.add(ev.SendStarted(conn=conn, send=send, **self._said(begun_us)))
        if first_byte_us is False:
            self._awaits_first.discard(conn)
        elif first_byte_us is not None or conn in self._awaits_first:
            self.unread(conn, begun_us if first_byte_us is None else first_byte_us)
        if ended_us is not None:
            self.ended(conn, send, ended_us, outcome, raised=raised)
        return self

    def ended(
        self, conn: str, send: int, at_us: int, outcome: Outcome, *, raised: bool = False
    ) -> Self:
        end = ev.SendEnded(
            conn=conn, send=send, outcome=outcome, raised=raised, **self._said(at_us)
        )
        return self.add(end)

    def lock(self, conn: str, send: int, at_us: int) -> Self:
        return self.add(ev.LockTaken(conn=conn, send=send, **self._said(at_us)))

    def wrote(self, conn: str, send: int, began_us: int, at_us: int) -> Self:
        said = self._said(at_us)
        return self.add(
            ev.Written(conn=conn, send=send, began_us=T0_US + began_us, wrote_bytes=1, **said)
        )

    def closing(self, conn: str, at_us: int, cause: str | None = None) -> Self:
        """The implementation says that it closes, and that it has closed."""
        self.add(ev.Closing(conn=conn, cause=cause, **self._said(at_us)))
        return self.add(ev.Closed(conn=conn, **self._said(at_us)))

    # --- the monitor ------------------------------------------------------------------------------

    def check(
        self,
        at_us: int,
        found: dict[str, tuple[int, int]] | None = None,
        *,
        answered_us: int | None = None,
        warns: bool = True,
        pending: bool = False,
    ) -> Self:
        """A pass that the oracle asks for: for each connection the stall time and the count."""
        done_us = at_us if answered_us is None else answered_us
        self.look(at_us, request=("check", None if pending else done_us))
        for conn, (stall_us, count) in (found or {}).items():
            self.checked(conn, at_us, stall_us, count)
            if count and warns:
                self.warned(conn, at_us, count)
        return self

    def checked(self, conn: str, at_us: int, stall_us: int, count: int) -> Self:
        return self.add(ev.Checked(conn=conn, stall_us=stall_us, count=count, **self._said(at_us)))

    def skipped(self, at_us: int, late_us: int, *, tick: int = 1, ticks: int = 1) -> Self:
        """The monitor says that it skipped ticks, the last of which was so late."""
        said = self._said(at_us)
        return self.add(ev.TicksSkipped(tick=tick, ticks=ticks, late_us=late_us, **said))

    def warned(self, conn: str, at_us: int, count: int) -> Self:
        threshold = self.policy["checks_max"]
        return self.add(ev.Warned(conn=conn, count=count, threshold=threshold, **self._said(at_us)))

    def jump(self, at_us: int, by_us: int) -> Self:
        self.ask("wall_jump", at_us, at_us, by_us=by_us)
        return self.add(ev.WallJumped(before_us=0, after_us=by_us, **self._said(at_us)))

    def slept(self, begin_us: int, end_us: int, *, spread_us: int = 0) -> Self:
        """The implementation was suspended; stopping it and continuing it took so long each."""
        begun, over = T0_US + begin_us, T0_US + end_us
        event = ev.Suspended(
            began_us=begun, stopped_us=begun + spread_us, continued_us=over - spread_us, at_us=over
        )
        return self.add(event)

    # --- what the peer does and sees
    # ---------------------------------------------------------------

    def mode(self, conn: str, at_us: int, mode: Literal["drain", "stop", "trickle"]) -> Self:
        (self._awaits_first.discard if mode == "drain" else self._awaits_first.add)(conn)
        return self.add(ev.PeerMode(at_us=T0_US + at_us, conn=conn, mode=mode))

    def unread(self, conn: str, at_us: int, unread_bytes: int = 4096) -> Self:
        """The peer, which does not read, sees that bytes have come."""
        self._awaits_first.discard(conn)
        at = T0_US + at_us
        return self.add(ev.PeerUnread(at_us=at, conn=conn, unread_bytes=unread_bytes))

    def read(self, conn: str, at_us: int, got_bytes: int) -> Self:
        total = self._read[conn] = self._read.get(conn, 0) + got_bytes
        at = T0_US + at_us
        return self.add(
            ev.PeerRead(at_us=at, began_us=at, conn=conn, got_bytes=got_bytes, total_bytes=total)
        )

    def frame(
        self,
        conn: str,
        send: int | None,
        at_us: int,
        *,
        size_bytes: int = SMALL_BYTES,
        kind: Kind = "data",
        sequence: int | None = None,
        why: str | None = None,
        read: bool = True,
    ) -> Self:
        """A whole frame arrives; `why`: what is wrong with it. Sequences count by themselves."""
        if read:
            self.read(conn, at_us, size_bytes + PREFIX_BYTES)
        index = self._frames.get(conn, 0)
        self._frames[conn] = index + 1
        at = T0_US + at_us
        return self.add(
            ev.PeerFrame(
                at_us=at, conn=conn, index=index, kind=kind, size_bytes=size_bytes, began_us=at,
                sequence=index if sequence is None else sequence, send=send, intact=why is None,
                why=why,
            )
        )  # fmt: skip

    def heartbeat(self, conn: str, at_us: int) -> Self:
        return self.frame(conn, None, at_us, size_bytes=0, kind="heartbeat")

    def action(self, conn: str, at_us: int, action: Literal["shut_read", "reset", "close"]) -> Self:
        return self.add(ev.PeerDid(at_us=T0_US + at_us, conn=conn, action=action))

    def hangup(self, conn: str, at_us: int) -> Self:
        return self.add(ev.PeerSawHangup(at_us=T0_US + at_us, conn=conn))

    def probe(self, conn: str, at_us: int, *, is_open: bool = True) -> Self:
        return self.add(ev.PeerProbed(at_us=T0_US + at_us, conn=conn, open=is_open))

    def end(
        self,
        conn: str,
        at_us: int,
        *,
        torn: int | None = None,
        left_bytes: int = 0,
        garbage: str | None = None,
        how: Literal["eof", "truncated", "reset"] = "eof",
    ) -> Self:
        """The peer reads `left_bytes` more and ends; `torn`: whose frame was cut off."""
        self.mode(conn, at_us, "drain")
        if left_bytes:
            self.read(conn, at_us, left_bytes)
        return self.add(
            ev.PeerSawEnd(
                at_us=T0_US + at_us, conn=conn, how=how, total_bytes=self._read.get(conn, 0),
                torn_bytes=left_bytes if torn is not None else 0, torn_send=torn, garbage=garbage,
            )
        )  # fmt: skip

    # --- the whole --------------------------------------------------------------------------------

    def events(self, *, repetition: int = 1) -> list[AnyEvent]:
        """Return the run with its first and last line."""
        begun = ev.ScenarioBegun(
            at_us=T0_US, name=self.name, repetition=repetition, requirements=self.requirements,
            policy=self.policy, grace_us=self.grace_us, kernel_holds_bytes=HOLDS_BYTES,
            situations=self.situations or UNSET,
        )  # fmt: skip
        if self.looked and self.ended_us is not None:
            self.look(self.ended_us)
        run: list[AnyEvent] = [begun, *self.told]
        if self.ended_us is not None:
            at = T0_US + self.ended_us
            run.append(ev.ScenarioEnded(at_us=at, noise_us=self.noise_us, spun=self.spun))
        return run
