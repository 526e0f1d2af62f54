"""Plays about one send and its deadline: groups SD and parts of CX."""

from stallproof.runner.scenarios import clocks
from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.jumping import jump_midway
from stallproof.runner.scenarios.scenario import Aims, Scenario
from stallproof.runner.sut.answers import Failed

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


def watch(context: Context, conn: str, *sends: int) -> None:
    """Watch sends until well beyond the deadline, then read to the end."""
    for send in sends:
        context.ended(send, context.knob_s("send_timeout_us") + context.patience_s)
    sleep_s(3 * context.grace_us / 1e6)
    context.drain_to_end(conn)
    for send in sends:
        context.ended(send, 0.3)


def _stall(context: Context, conn: str, taken_bytes: int = 0) -> None:
    """One big frame to a peer that takes at most `taken_bytes` in time, and a probe behind it."""
    stalled = send_blocked(context, conn, taken_bytes)
    sleep_s(PROBE_AFTER_S)
    probe = context.send(conn, PROBE_BYTES)
    watch(context, conn, stalled, probe)


def never_reads(context: Context, transport: str) -> None:
    """A peer that takes nothing of the first frame of a connection."""
    _stall(context, context.open("a", transport, mode="stop"))


def never_reads_unix(context: Context) -> None:
    never_reads(context, "unix")


def never_reads_tcp_cold(context: Context) -> None:
    never_reads(context, "tcp")


def never_reads_warm(context: Context, transport: str) -> None:
    """A peer that takes nothing any more, after it has taken a lot."""
    conn = context.open("a", transport)
    for _ in range(4):
        first = context.send(conn, WARM_BYTES // 4)
        context.ended(first, 5.0)
        context.arrived(first, 5.0)
    context.peer.mode(conn, "stop")
    _stall(context, conn)


def never_reads_tcp_warm(context: Context) -> None:
    never_reads_warm(context, "tcp")


def trickles(context: Context, transport: str) -> None:
    """A peer that takes a little again and again."""
    conn = context.open("a", transport, mode="stop")
    context.peer.mode(conn, "trickle", piece_bytes=TRICKLE_BYTES, every_us=TRICKLE_EVERY_US)
    pieces = context.policy["send_timeout_us"] // TRICKLE_EVERY_US
    _stall(context, conn, 2 * pieces * TRICKLE_BYTES)


def trickles_unix(context: Context) -> None:
    trickles(context, "unix")


def trickles_tcp(context: Context) -> None:
    trickles(context, "tcp")


def fill(context: Context, conn: str) -> int | None:
    """Send small frames until one of them blocks; return that one, `None` if none ever does."""
    for _ in range(FILL_FRAMES_MAX):
        send = context.send(conn, SMALL_BYTES)
        ended = context.ended(send, FULL_AFTER_S)
        if ended is None:
            jump_midway(context)
            return send
        if ended.outcome != "ok":
            return None
    return None


def full_buffer(context: Context) -> None:
    """Small frames, each of which would fit, until one of them blocks."""
    conn = context.open("a", mode="stop")
    stalled = fill(context, conn)
    if stalled is not None:
        probes = [context.send(conn, PROBE_BYTES) for _ in range(2)]
        watch(context, conn, stalled, *probes)


def queue_behind_timeout(context: Context) -> None:
    """Four senders wait behind one that times out; all of them are let go."""
    conn = context.open("a", mode="stop")
    sends = [send_blocked(context, conn)]
    for _ in range(4):
        sleep_s(0.02)
        sends.append(context.send(conn, PROBE_BYTES))
    watch(context, conn, *sends)


def high_descriptor(context: Context) -> None:
    """Descriptors of 1024 and above work like any other, also when the send has to wait."""
    # Low, high, high, low: whoever fails now and then, whatever the number, fails in another way.
    for name, lowest in (("b", None), ("a", 1100), ("c", 1100), ("d", None)):
        try:
            conn = context.open(name, lowest_descriptor=lowest)
        except Failed:
            return
        context.peer.mode(conn, "stop")
        waits = context.send(conn, context.big_bytes)
        sleep_s(0.15)
        context.peer.mode(conn, "drain")
        context.ended(waits, 3.0)
        context.arrived(waits)


TCP = frozenset({"tcp"})


def stalls(situation: str, timed_out: str = "timed-out") -> Aims:
    """Return what a peer is for that takes nothing: `situation` of SD-3, and what follows."""
    return {
        "SD-2": "unfinished-at-deadline",
        "SD-3": situation,
        "SD-4": "timed-out",
        "SD-5": timed_out,
        "SD-7": "timeout",
        "SD-10": "",
    }


def trickled(situation: str, timed_out: str = "timed-out") -> Aims:
    """Return what a peer is for that takes too little: `situation` of SD-3, and what follows."""
    return {"SD-1": "trickle", "SD-3": situation, "SD-4": "timed-out", "SD-5": timed_out}


SENDING = (
    Scenario(
        "never-reads-unix",
        stalls("never-reads-unix"),
        never_reads_unix,
        send_timeout_s=0.5,
        play_s=4,
    ),
    Scenario(
        "never-reads-tcp-cold",
        stalls("never-reads-tcp-cold"),
        never_reads_tcp_cold,
        send_timeout_s=0.5,
        features=TCP,
        play_s=4,
    ),
    Scenario(
        "never-reads-tcp-warm",
        stalls("never-reads-tcp-warm"),
        never_reads_tcp_warm,
        send_timeout_s=0.5,
        features=TCP,
        play_s=5,
    ),
    Scenario(
        "trickles-unix",
        trickled("trickles-unix"),
        trickles_unix,
        send_timeout_s=0.5,
        play_s=4,
    ),
    Scenario(
        "trickles-tcp",
        trickled("trickles-tcp"),
        trickles_tcp,
        send_timeout_s=0.5,
        features=TCP,
        play_s=4,
    ),
    Scenario(
        "full-buffer",
        {"SD-3": "full-buffer", "SD-4": "timed-out", "SD-5": "timed-out", "SD-13": "queued"},
        full_buffer,
        send_timeout_s=0.5,
        play_s=5,
    ),
    Scenario(
        "queue-behind-timeout",
        {"SD-5": "timed-out", "SD-10": "", "SD-13": "queued", "SD-15": ""},
        queue_behind_timeout,
        send_timeout_s=0.5,
        play_s=4,
    ),
    *(
        Scenario(
            f"clock-jumps-{way}",
            {"SD-17": f"jump-{way}-in-flight jump-{way}-queued", "SD-3": "", "SD-4": ""},
            script,
            send_timeout_s=0.5,
            features=frozenset({"unix", "wall_jump"}),
            play_s=5,
        )
        for way, script in (("ahead", clocks.sends_ahead), ("back", clocks.sends_back))
    ),
    Scenario(
        "high-descriptor",
        {"SD-11": "above-1024"},
        high_descriptor,
        timing=False,
        features=frozenset({"unix", "descriptor"}),
    ),
)
