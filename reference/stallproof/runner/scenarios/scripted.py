"""Scripts on the real clock: a vector becomes a scenario, and the peer plays its peer.

The times of the script are kept as they are, counted from the moment at which its first connections
are open. Nothing is judged here, and nothing rests on the implementation doing as expected: the
rules judge what happened, with grace.

Spec: `spec/virtual.md`, `spec/protocol.md`.
"""

from functools import partial
from typing import Any

from stallproof.requirements.vectors.format import KNOBS, Vector, features_of
from stallproof.runner.peer.client import PeerRefused
from stallproof.runner.scenarios.context import Context, now_us, sleep_s, sleep_until_us
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.scripted_knobs import fields_of
from stallproof.runner.scenarios.scripted_plan import (
    BLOCK_BYTES,
    LITTLE_BYTES,
    REFUSES,
    SMALL_BYTES_MAX,
    SMALL_BYTES_MIN,
    Plan,
    plan_of,
)
from stallproof.runner.scenarios.stream_flow import watch_for_notices
from stallproof.runner.sut.client import Unsupported
from stallproof.wire import events as ev

AFTER_S = 0.3
"""How long to watch on when everything has ended."""
WATCH_MAX_S = 5.0
"""A script that waits for more than this after its last step does not see it come."""
ANSWERED_WITHIN_S = 1.0


def scripted(vector: Vector, name: str) -> Scenario:
    """Return the scenario `name` that plays `vector` once, which must not be `unplayable`."""
    features = set(vector.needs) | features_of(vector.steps)
    features |= {_transport(vector, conn) for conn in _opened(vector)}
    periods = [s.do["period_us"] for s in vector.steps if s.do and s.do.get("period_us")]
    return Scenario(
        name,
        dict.fromkeys(vector.requirements, ""),
        partial(_play, vector),
        **fields_of(vector.knobs, scale_of(vector)),
        period_s=min(periods, default=5_000_000) / 1e6,
        features=frozenset(features),
        repeats=1,
        play_s=vector.steps[-1].at_us / 1e6 + 3,
    )


def _opened(vector: Vector) -> set[str]:
    return {str(s.do["conn"]) for s in vector.steps if s.do is not None and _is_open(s.do)}


def _is_open(do: dict[str, Any] | None) -> bool:
    return do is not None and do["op"] == "open"


def scale_of(vector: Vector) -> int:
    """Return what sizes of streams are multiplied by, so that chunks begin where they have to."""
    chunk_bytes = int({**KNOBS, **vector.knobs}["streaming_chunk_size"])
    return 1 if chunk_bytes % BLOCK_BYTES == 0 else BLOCK_BYTES


def _transport(vector: Vector, conn: str) -> str:
    """Return what `conn` has to be so that the peer can do what the script says of it."""
    for step in vector.steps:
        if step.do is not None and step.do["op"] == "fail" and step.do["conn"] == conn:
            return REFUSES[step.do["cause"]]
    return "unix"


def _play(vector: Vector, context: Context) -> None:
    player = _Player(vector, context)
    player.play()
    player.watch()


class _Player:
    """One play of one script."""

    def __init__(self, vector: Vector, context: Context) -> None:
        self._vector = vector
        self._context = context
        self._plan: Plan = plan_of(vector)
        self._scale = scale_of(vector)
        self._conns: dict[str, str] = {}
        self._stopped: set[str] = set()
        self._sends: list[int] = []
        self._streams: dict[int, int] = {}
        self._monitors = False

    def play(self) -> None:
        """Carry out the steps, each at its time or as soon after as may be."""
        begun_us = now_us()
        is_begun = False
        for number, step in enumerate(self._vector.steps):
            if not is_begun and (step.at_us or not _is_open(step.do)):
                # Connecting takes a moment: the script begins when that is done.
                begun_us, is_begun = now_us(), True
            sleep_until_us(begun_us + step.at_us)
            if step.do is not None:
                self._does(number, step.do)

    def _does(self, number: int, do: dict[str, Any]) -> None:
        context, conn = self._context, self._conns.get(str(do.get("conn")), "")
        match do["op"]:
            case "open":
                self._open(do)
            case "send":
                self._send(number, conn, do)
            case "accept":
                self._accept(number, conn)
            case "fail":
                self._refuse(conn, do["cause"])
            case "close":
                context.harness.post("close", conn=conn)
            case "check":
                # One pass at a time: two of them side by side have no order.
                context.check()
            case "received":
                context.received(conn)
            case "monitor":
                context.harness.request("monitor", period_us=do.get("period_us"))
                self._monitors = do.get("period_us") is not None
            case "wall_jump":
                context.harness.request("wall_jump", by_us=do["by_us"])
            case _:
                self._does_with_stream(conn, do)

    def _open(self, do: dict[str, Any]) -> None:
        name, room = str(do["conn"]), do.get("room_bytes")
        conn = self._context.open(
            name,
            _transport(self._vector, name),
            mode="drain" if room is None else "stop",
            heartbeats=do.get("heartbeats", True),
        )
        self._conns[name] = conn
        if room is not None:
            self._stopped.add(conn)

    def _send(self, number: int, conn: str, do: dict[str, Any]) -> None:
        size_bytes = max(SMALL_BYTES_MIN, min(int(do["size_bytes"]), SMALL_BYTES_MAX))
        if number in self._plan.waits:
            moves = self._plan.moves.get(str(do["conn"]), 0)
            size_bytes = self._context.big_bytes + 2 * moves * LITTLE_BYTES
        self._sends.append(self._context.send(conn, size_bytes))

    def _accept(self, number: int, conn: str) -> None:
        frames = self._plan.lets_go.get(number)
        if conn not in self._stopped:
            return
        if frames is None:
            self._context.peer.mode(conn, "drain", limit_bytes=LITTLE_BYTES)
        elif frames:
            self._context.peer.stop_after_frames(conn, frames)

    def _refuse(self, conn: str, cause: str) -> None:
        peer = self._context.peer
        if cause == "ECONNRESET":
            peer.reset(conn)
            return
        peer.shut_read(conn)
        # A writer that waits is not woken by that; room for a little more does it.
        peer.mode(conn, "drain", limit_bytes=max(1, peer.unread(conn)))

    def _does_with_stream(self, conn: str, do: dict[str, Any]) -> None:
        context = self._context
        stream = self._streams.setdefault(do["stream"], do["stream"] + 1000 * context.repetition)
        fields: dict[str, Any] = {"conn": conn, "stream": stream}
        if do["op"] == "stream":
            fields["total_bytes"] = do["total_bytes"] * self._scale
            fields["chunk_ready_us"] = list(do.get("chunk_ready_us", []))
            fields["start_after_us"] = do.get("start_after_us", 0)
        elif do["op"] == "ack":
            offset = do["offset"]
            is_number = isinstance(offset, int | float) and not isinstance(offset, bool)
            fields["offset"] = offset * self._scale if is_number else offset
            fields |= {"origin": do.get("origin"), "error": do.get("error")}
        try:
            context.harness.wait(context.harness.post(do["op"], **fields), ANSWERED_WITHIN_S)
        except Unsupported:
            context.record.add(ev.Unsupported(at_us=now_us(), feature=do["op"]))

    def watch(self) -> None:
        """Watch until everything has ended or must have, then read what there is."""
        context = self._context
        longest_s = min(context.knob_s("send_timeout_us") + context.patience_s, WATCH_MAX_S)
        for send in self._sends:
            context.ended(send, longest_s)
        if self._streams:
            self._watch_streams()
        sleep_s(max(AFTER_S, 3 * context.grace_us / 1e6))
        if self._monitors:
            context.harness.request("monitor", period_us=None)
        for conn in sorted(self._stopped):
            try:
                context.drain_to_end(conn)
            except PeerRefused:
                # The peer ended this connection itself, as the script wanted.
                continue

    def _watch_streams(self) -> None:
        context = self._context
        bounds = ("ack_progress_timeout_us", "ack_wait_us")
        longest_s = max(context.knob_s(name) for name in bounds) + context.patience_s
        longest_s = min(longest_s, WATCH_MAX_S)
        for stream in self._streams.values():
            context.record.wait_for(
                lambda e, stream=stream: isinstance(e, ev.StreamEnded) and e.stream == stream,  # type: ignore[misc]
                longest_s,
            )
        watch_for_notices(context)
