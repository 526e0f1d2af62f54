"""Plays about one send and its deadline: groups SD and parts of CX."""

from stallproof.oracle.driven.client import Failed
from stallproof.oracle.scenarios.scenario import Scenario
from stallproof.oracle.stage import Stage, sleep_s

PROBE_BYTES = 1024
PROBE_AFTER_S = 0.15
WARM_BYTES = 20 * 1024 * 1024
SMALL_BYTES = 4096
TRICKLE_BYTES = 48 * 1024
"""Read each time: enough for a writer to be woken again and again, too little to finish."""
TRICKLE_EVERY_US = 20_000
FILL_FRAMES_MAX = 2000
FULL_AFTER_S = 0.12
"""A small send that has not returned by then has met full buffers."""


def watch(stage: Stage, conn: str, *sends: int) -> None:
    """Watch sends until well beyond the deadline, then read to the end."""
    for send in sends:
        stage.ended(send, stage.knob_s("send_timeout_us") + stage.patience_s)
    sleep_s(3 * stage.grace_us / 1e6)
    stage.drain_to_end(conn)
    for send in sends:
        stage.ended(send, 0.3)


def _stall(stage: Stage, conn: str, taken_bytes: int = 0) -> None:
    """One big frame to a peer that takes at most `taken_bytes` in time, and a probe behind it."""
    stalled = stage.send(conn, stage.big_bytes + taken_bytes)
    sleep_s(PROBE_AFTER_S)
    probe = stage.send(conn, PROBE_BYTES)
    watch(stage, conn, stalled, probe)


def never_reads(stage: Stage, transport: str) -> None:
    """A peer that takes nothing of the first frame of a connection."""
    _stall(stage, stage.open("a", transport, mode="stop"))


def never_reads_unix(stage: Stage) -> None:
    never_reads(stage, "unix")


def never_reads_tcp_cold(stage: Stage) -> None:
    never_reads(stage, "tcp")


def never_reads_warm(stage: Stage, transport: str) -> None:
    """A peer that takes nothing any more, after it has taken a lot."""
    conn = stage.open("a", transport)
    for _ in range(4):
        first = stage.send(conn, WARM_BYTES // 4)
        stage.ended(first, 5.0)
        stage.arrived(first, 5.0)
    stage.lab.mode(conn, "stop")
    _stall(stage, conn)


def never_reads_tcp_warm(stage: Stage) -> None:
    never_reads_warm(stage, "tcp")


def trickles(stage: Stage, transport: str) -> None:
    """A peer that takes a little again and again."""
    conn = stage.open("a", transport, mode="stop")
    stage.lab.mode(conn, "trickle", piece_bytes=TRICKLE_BYTES, every_us=TRICKLE_EVERY_US)
    pieces = stage.policy["send_timeout_us"] // TRICKLE_EVERY_US
    _stall(stage, conn, 2 * pieces * TRICKLE_BYTES)


def trickles_unix(stage: Stage) -> None:
    trickles(stage, "unix")


def trickles_tcp(stage: Stage) -> None:
    trickles(stage, "tcp")


def fill(stage: Stage, conn: str) -> int | None:
    """Send small frames until one of them blocks; return that one, `None` if none ever does."""
    for _ in range(FILL_FRAMES_MAX):
        send = stage.send(conn, SMALL_BYTES)
        ended = stage.ended(send, FULL_AFTER_S)
        if ended is None:
            return send
        if ended.outcome != "ok":
            return None
    return None


def full_buffer(stage: Stage) -> None:
    """Small frames, each of which would fit, until one of them blocks."""
    conn = stage.open("a", mode="stop")
    stalled = fill(stage, conn)
    if stalled is not None:
        probes = [stage.send(conn, PROBE_BYTES) for _ in range(2)]
        watch(stage, conn, stalled, *probes)


def queued_behind_slow(stage: Stage) -> None:
    """The second send gets its whole timeout from the moment it takes the lock."""
    conn = stage.open("a", mode="stop")
    first = stage.send(conn, stage.big_bytes)
    second = stage.send(conn, stage.big_bytes)
    timeout_s = stage.knob_s("send_timeout_us")
    sleep_s(0.6 * timeout_s)
    stage.lab.stop_after_frames(conn, 1)
    stage.ended(first, timeout_s)
    sleep_s(0.6 * timeout_s)
    stage.lab.mode(conn, "drain")
    stage.ended(second, timeout_s)
    stage.arrived(second)


def queue_behind_timeout(stage: Stage) -> None:
    """Four senders wait behind one that times out; all of them are let go."""
    conn = stage.open("a", mode="stop")
    sends = [stage.send(conn, stage.big_bytes)]
    for _ in range(4):
        sleep_s(0.02)
        sends.append(stage.send(conn, PROBE_BYTES))
    watch(stage, conn, *sends)


def high_descriptor(stage: Stage) -> None:
    """Descriptors of 1024 and above work like any other, also when the send has to wait."""
    low = stage.open("b")
    stage.ended(stage.send(low, PROBE_BYTES), 2.0)
    try:
        conn = stage.open("a", lowest_descriptor=1100)
    except Failed:
        return
    small = stage.send(conn, PROBE_BYTES)
    stage.ended(small, 2.0)
    stage.lab.mode(conn, "stop")
    waits = stage.send(conn, stage.big_bytes)
    sleep_s(0.15)
    stage.lab.mode(conn, "drain")
    stage.ended(waits, 3.0)
    stage.arrived(waits)


TCP = frozenset({"tcp"})
BOTH = frozenset({"unix", "tcp"})
STALL_IDS = ("SD-2", "SD-3", "SD-4", "SD-5", "SD-7", "SD-10")

SENDING = (
    Scenario("never-reads-unix", STALL_IDS, never_reads_unix, send_timeout_s=0.5, play_s=4),
    Scenario(
        "never-reads-tcp-cold",
        STALL_IDS,
        never_reads_tcp_cold,
        send_timeout_s=0.5,
        features=TCP,
        play_s=4,
    ),
    Scenario(
        "never-reads-tcp-warm",
        STALL_IDS,
        never_reads_tcp_warm,
        send_timeout_s=0.5,
        features=TCP,
        play_s=5,
    ),
    Scenario(
        "trickles-unix",
        ("SD-1", "SD-3", "SD-4", "SD-5"),
        trickles_unix,
        send_timeout_s=0.5,
        play_s=4,
    ),
    Scenario(
        "trickles-tcp",
        ("SD-1", "SD-3", "SD-4", "SD-5"),
        trickles_tcp,
        send_timeout_s=0.5,
        features=TCP,
        play_s=4,
    ),
    Scenario(
        "full-buffer", ("SD-3", "SD-4", "SD-5", "SD-13"), full_buffer, send_timeout_s=0.5, play_s=5
    ),
    Scenario("queued-behind-slow", ("SD-4",), queued_behind_slow, send_timeout_s=1.0, play_s=5),
    Scenario(
        "queue-behind-timeout",
        ("SD-5", "SD-10", "SD-13", "SD-15"),
        queue_behind_timeout,
        send_timeout_s=0.5,
        play_s=4,
    ),
    Scenario(
        "high-descriptor",
        ("SD-11",),
        high_descriptor,
        timing=False,
        features=frozenset({"unix", "descriptor"}),
    ),
)
