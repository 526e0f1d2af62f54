"""Plays about streams beside others on a connection, and under its closing: CX-7 and CX-9.

Grace is 50 ms, and a stream that waits does so for several times that before it is stopped.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import LONG_S, Aims, Scenario
from stallproof.runner.scenarios.stream_flow import CHUNKS, Flow, begin, side_by_side

SMALL_BYTES = 1024
CHUNK_BYTES = 64 * 1024
WINDOW_CHUNKS = 4
FEW_CHUNKS = 2
"""So many fit into a window, so that a stream needs no ACK."""
SENDS_BESIDE = 2
COMES_WITHIN_S = 2.0
SETTLES_S = 0.05
PAUSE_US = 20_000_000
"""A source that pauses for so long does not go on while a scenario plays."""
HEARTBEAT_S = 1
HEARTBEATS = 2
ARRIVES_S = 0.2
"""So long after a heartbeat has come due comes the check, and the peer waits for it: four times the
grace, eight times the noise of a run that counts."""
STALL_S = 0.5
"""Send timeout and stall timeout where one of them is to close the connection."""

Stop = Callable[[Flow], None]


# --- beside one that waits, and after one that is over --------------------------------------------


def _send(context: Context, conn: str) -> None:
    send = context.send(conn, SMALL_BYTES)
    if context.ended(send, COMES_WITHIN_S) is not None:
        context.arrived(send, SETTLES_S)


def _keeps_company(context: Context, conn: str, stop: Stop) -> None:
    """A stream waits, and is stopped; a send and a stream go beside it and after it."""
    _send(context, conn)
    first = begin(context, conn, CHUNKS)
    if first.waits() is not None:
        sleep_s(SETTLES_S)
        for _ in range(SENDS_BESIDE):
            _send(context, conn)
        begin(context, conn, FEW_CHUNKS).over(COMES_WITHIN_S)
    stop(first)
    first.over(COMES_WITHIN_S)
    sleep_s(SETTLES_S)
    _send(context, conn)
    second = begin(context, conn, CHUNKS)
    if second.waits() is not None:
        sleep_s(SETTLES_S)
        _send(context, conn)
    second.acknowledge(CHUNK_BYTES)
    second.over(COMES_WITHIN_S)
    _send(context, conn)
    # What one that was stopped leaves behind may be missed only after the next one.
    third = begin(context, conn, CHUNKS)
    third.waits()
    stop(third)
    third.over(COMES_WITHIN_S)
    begin(context, conn, FEW_CHUNKS).over(COMES_WITHIN_S)


def _open(context: Context, name: str) -> str:
    """Open a connection, with heartbeats where they are told from a notice."""
    return context.open(name, heartbeats=context.harness.hello.frames.has_heartbeats)


def _beside(context: Context, stops: dict[str, Stop]) -> None:
    conns = {_open(context, name): stop for name, stop in stops.items()}
    side_by_side(*(partial(_keeps_company, context, conn, stop) for conn, stop in conns.items()))
    sleep_s(0.1)


def _fails_by_error(flow: Flow) -> None:
    flow.ack(0, error="the receiver gave up")


def _completes(flow: Flow) -> None:
    flow.acknowledge(CHUNK_BYTES)


def beside_waiting(context: Context) -> None:
    """Streams that the watchdog fails, that an error stops, and that go on to their end."""
    _beside(context, {"n": Flow.fails, "e": _fails_by_error, "d": _completes})


def beside_cancelled(context: Context) -> None:
    """A stream that is cancelled while it waits."""
    _beside(context, {"c": Flow.cancel})


def beside_heartbeats(context: Context) -> None:
    """A heartbeat comes due while a stream waits; a send and a stream go beside both."""
    conn = _open(context, "h")
    _send(context, conn)
    waiting = begin(context, conn, CHUNKS)
    if waiting.waits() is not None:
        for _ in range(HEARTBEATS):
            sleep_s(HEARTBEAT_S + ARRIVES_S)
            context.check()
            sleep_s(ARRIVES_S)
            _send(context, conn)
        begin(context, conn, FEW_CHUNKS).over(COMES_WITHIN_S)
    _completes(waiting)
    waiting.over(COMES_WITHIN_S)
    sleep_s(0.1)


# --- under a connection that closes ---------------------------------------------------------------


def _under_way(context: Context, conn: str) -> list[Flow]:
    """Have streams wait for their window, for their source and for the lock, and one be over."""
    paused = begin(context, conn, CHUNKS, chunk_ready_us=[0, 0, PAUSE_US])
    paused.arrived(2 * CHUNK_BYTES)
    done = begin(context, conn, FEW_CHUNKS)
    done.over(COMES_WITHIN_S)
    done.arrived(FEW_CHUNKS * CHUNK_BYTES)
    waiting = begin(context, conn, CHUNKS)
    waiting.waits()
    context.peer.mode(conn, "stop")
    send_blocked(context, conn)
    sending = begin(context, conn, FEW_CHUNKS)
    sending.ready(1)
    sleep_s(SETTLES_S)
    return [waiting, paused, sending]


def _closes(context: Context, close: Callable[[str], object]) -> None:
    conn = context.open("a", heartbeats=False)
    flows = _under_way(context, conn)
    close(conn)
    for flow in flows:
        flow.over(COMES_WITHIN_S)
    sleep_s(0.1)
    context.drain_to_end(conn)
    # What comes too late may end a stream once more. Over the connection nothing comes any more.
    for flow in flows:
        flow.ack(CHUNK_BYTES, by_wire=False)
    sleep_s(0.1)


def closes_under(context: Context) -> None:
    """The caller closes."""
    _closes(context, context.close)


def times_out_under(context: Context) -> None:
    """The send that is blocked runs into its deadline, which closes."""

    def wait(conn: str) -> None:
        context.hung_up(conn, STALL_S + COMES_WITHIN_S)

    _closes(context, wait)


def monitor_closes_under(context: Context) -> None:
    """The monitor finds the blocked send stalled, and closes."""

    def check(conn: str) -> None:
        sleep_s(STALL_S + SETTLES_S)
        context.check()
        context.hung_up(conn, COMES_WITHIN_S)

    _closes(context, check)


def _play(
    name: str,
    aims: Aims,
    script: Callable[[Context], None],
    *,
    features: frozenset[str] = frozenset({"streams", "unix"}),
    **knobs: Any,
) -> Scenario:
    ample: dict[str, Any] = {"progress_timeout_s": LONG_S, "ack_wait_s": 60, "play_s": 4}
    return Scenario(
        f"streams-{name}",
        aims,
        script,
        chunk_bytes=CHUNK_BYTES,
        window_bytes=WINDOW_CHUNKS * CHUNK_BYTES,
        check_interval_s=0.1,
        features=features,
        **{**ample, **knobs},
    )


BESIDE = "send-beside-waiting stream-beside-waiting send-after-end stream-after-"
COMPANY = (
    _play(
        "beside-waiting",
        {
            "CX-7": f"{BESIDE}failed stream-after-error stream-after-completed",
            "AP-11": "",
            "AP-13": "",
        },
        beside_waiting,
        progress_timeout_s=0.5,
        ack_wait_s=2,
    ),
    _play("beside-cancelled", {"CX-7": f"{BESIDE}cancelled", "AP-11": ""}, beside_cancelled),
    _play(
        "beside-heartbeats",
        {"CX-7": "send-beside-waiting stream-beside-waiting", "SC-10": "due"},
        beside_heartbeats,
        features=frozenset({"streams", "unix", "checks", "heartbeats"}),
        heartbeat_s=HEARTBEAT_S,
        play_s=9,
    ),
    _play(
        "closed-under",
        {"CX-9": "closed-while-waiting closed-while-paused closed-while-sending", "AP-13": ""},
        closes_under,
    ),
    _play(
        "timed-out-under", {"CX-9": "closed-by-timeout"}, times_out_under, send_timeout_s=STALL_S
    ),
    _play(
        "monitor-closes-under",
        {"CX-9": "closed-by-monitor"},
        monitor_closes_under,
        features=frozenset({"streams", "unix", "checks"}),
        stall_timeout_s=STALL_S,
        checks_max=1,
        close_stalled=True,
    ),
)
