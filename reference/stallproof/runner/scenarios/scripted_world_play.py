"""Playing a world: a scenario that carries its steps out, then lets everything come to an end.

Nothing rests on the implementation doing as expected: every wait has a limit. What the peer cannot
do any more, because it has left itself, is left out.

Spec: `spec/virtual.md`, "Worlds"; `spec/protocol.md`.
"""

import time
from collections.abc import Collection
from functools import partial
from typing import Any, TypeVar

from stallproof.runner.peer.client import PeerRefused
from stallproof.runner.scenarios.context import Context, now_us, sleep_s, sleep_until_us
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.scripted_knobs import fields_of
from stallproof.runner.scenarios.scripted_world import (
    Ack,
    Act,
    Cancel,
    Check,
    Close,
    GiveUp,
    Leave,
    Monitor,
    Open,
    Read,
    Send,
    Settle,
    Stream,
    Suspend,
    Talk,
    WallJump,
    World,
)
from stallproof.runner.scenarios.stream_flow import Flow
from stallproof.runner.sut.client import Refused
from stallproof.wire.events import AnyEvent, PeerFrame, PeerSawEnd
from stallproof.wire.protocol import HEARTBEAT_FRAMES, RECEIVING
from stallproof.wire.request import GIVE_UP

_E = TypeVar("_E")

WATCH_MAX_S = 5.0
"""A world that waits for more than this does not see it come."""
ENDS_WITHIN_S = 1.0
"""How long what a peer that reads all lets go may take to end."""
TAKEN_WITHIN_S = 0.3
"""How long to look whether what the peer sent was taken in."""
_TAKES: dict[type[Act], str] = {
    Check: "checks", Monitor: "monitor", WallJump: "wall_jump", Stream: "streams",
    GiveUp: GIVE_UP,
}  # fmt: skip


def features_of(world: World) -> frozenset[str]:
    """Return the features that `world` takes."""
    taken = {_TAKES[type(one)] for one in world.steps if type(one) in _TAKES}
    return frozenset(taken | {one.transport for one in world.steps if isinstance(one, Open)})


def scenario_of(world: World, requirements: Collection[str]) -> Scenario:
    """Return the scenario that plays `world` once, for whatever of `requirements` it shows."""
    periods = [one.period_us for one in world.steps if isinstance(one, Monitor)]
    return Scenario(
        world.name,
        dict.fromkeys(sorted(requirements), ""),
        partial(_play, world),
        **fields_of(world.knobs),
        period_s=min(periods, default=5_000_000) / 1e6,
        features=features_of(world),
        repeats=1,
        play_s=max((one.at_us for one in world.steps), default=0) / 1e6 + 2,
    )


def _seen(context: Context, kind: type[_E]) -> list[_E]:
    """Return the events of `kind` so far."""
    found: list[_E] = []

    def is_last(event: AnyEvent) -> bool:
        found.extend([event] if isinstance(event, kind) else [])
        return False

    context.record.wait_for(is_last, 0.0)
    return found


def _play(world: World, context: Context) -> None:
    player = _Player(context)
    player.play(world)
    player.end()


class _Player:
    """One play of one world."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._conns: dict[str, str] = {}
        self._sends: dict[int, tuple[int, str]] = {}
        self._flows: dict[int, Flow] = {}
        self._monitors = False

    def play(self, world: World) -> None:
        """Carry out the steps, each at its time or as soon after as may be."""
        begun_us, is_begun = now_us(), False
        for step in world.steps:
            if not is_begun and (step.at_us or not isinstance(step, Open)):
                # Connecting takes a moment: the world begins when that is done.
                begun_us, is_begun = now_us(), True
            sleep_until_us(begun_us + step.at_us)
            try:
                self._do(step)
            except PeerRefused:
                # The peer has left this connection, as the world wanted.
                continue

    def _do(self, step: Act) -> None:
        context = self._context
        match step:
            case Open():
                self._conns[step.conn] = context.open(
                    step.conn, step.transport, heartbeats=step.heartbeats
                )
            case Send():
                size_bytes = step.size_bytes + (context.big_bytes if step.fills else 0)
                conn = self._conns[step.conn]
                number = context.send(conn, size_bytes, repeat=step.repeat)
                self._sends[step.send] = number, conn
            case GiveUp():
                number, conn = self._sends[step.send]
                context.harness.request("give_up", conn=conn, send=number)
            case Close():
                context.harness.post("close", conn=self._conns[step.conn])
            case Check():
                context.check()
            case Monitor():
                context.harness.request("monitor", period_us=step.period_us)
                self._monitors = True
            case WallJump():
                context.harness.request("wall_jump", by_us=step.by_us)
            case Suspend():
                context.suspend(step.for_us)
            case Stream():
                self._begin(step)
            case Ack():
                self._acknowledge(step)
            case Cancel():
                self._flows[step.stream].cancel()
            case Settle():
                self._settle()
            case _:
                self._move_peer(step)

    def _move_peer(self, step: Act) -> None:
        peer = self._context.peer
        match step:
            case Read(frames=int(frames)):
                peer.stop_after_frames(self._conns[step.conn], frames)
            case Read():
                peer.mode(
                    self._conns[step.conn], step.mode, limit_bytes=step.limit_bytes,
                    piece_bytes=step.piece_bytes, every_us=step.every_us,
                )  # fmt: skip
            case Talk():
                self._talk(self._conns[step.conn], step)
            case Leave():
                getattr(peer, "close_conn" if step.how == "close" else step.how)(
                    self._conns[step.conn]
                )

    def _talk(self, conn: str, step: Talk) -> None:
        context, features = self._context, self._context.harness.hello.features
        if step.kind == "heartbeat" and HEARTBEAT_FRAMES not in features:
            return
        before = context.taken(conn) if RECEIVING in features else None
        sent = sum(context.peer.send_frame(conn, step.kind) for _ in range(step.frames))
        if before is not None and sent == step.frames:
            context.takes(conn, before + sent, TAKEN_WITHIN_S)

    # --- streams ----------------------------------------------------------------------------------

    def _begin(self, step: Stream) -> None:
        context = self._context
        number, conn = next(context.stream_numbers), self._conns[step.conn]
        self._flows[step.stream] = Flow(context, conn, number, step.total_bytes)
        context.harness.request(
            "stream", conn=conn, stream=number, total_bytes=step.total_bytes, start_after_us=0,
            chunk_ready_us=list(step.chunk_ready_us),
        )  # fmt: skip

    def _acknowledge(self, step: Ack) -> None:
        flow = self._flows[step.stream]
        arrived = max(
            (
                one.stream_offset + one.size_bytes
                for one in _seen(self._context, PeerFrame)
                if one.stream == flow.stream and one.stream_offset is not None
            ),
            default=0,
        )
        try:
            flow.ack(
                arrived + step.plus, origin=step.origin, error=step.error, by_wire=step.by_wire
            )
        except Refused:
            # Whoever takes no such offset says so (`spec/virtual.md`).
            return

    # --- the end ----------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Wait until everything has ended or must have."""
        bounds = ["send_timeout_us"] if self._sends else []
        bounds += ["ack_progress_timeout_us", "ack_wait_us"] if self._flows else []
        longest_s = max(map(self._context.knob_s, bounds), default=0.0)
        self._wait_for_ends(min(longest_s + self._context.patience_s, WATCH_MAX_S))

    def _wait_for_ends(self, longest_s: float) -> None:
        until_s = time.monotonic() + longest_s
        for send, _conn in self._sends.values():
            self._context.ended(send, until_s - time.monotonic())
        for flow in self._flows.values():
            flow.over(until_s - time.monotonic())

    def end(self) -> None:
        """Read all that there is, wait for what that lets end, and see who is still there."""
        context = self._context
        for flow in self._flows.values():
            flow.cancel()
        for conn in self._conns.values():
            self._of_peer("mode", conn, "drain")
        self._wait_for_ends(ENDS_WITHIN_S)
        if self._monitors:
            context.harness.request("monitor", period_us=None)
        sleep_s(3 * context.grace_us / 1e6)
        over = {one.conn for one in _seen(context, PeerSawEnd)}
        for conn in self._conns.values():
            # An end of the stream behind what is not read yet cannot be seen.
            if conn not in over and self._of_peer("unread", conn) == 0:
                self._of_peer("probe", conn)

    def _of_peer(self, what: str, conn: str, *more: Any) -> Any:
        """Ask the peer for something, `None` where it has left the connection."""
        try:
            return getattr(self._context.peer, what)(conn, *more)
        except PeerRefused:
            return None
