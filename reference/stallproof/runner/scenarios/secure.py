"""Plays over TLS: a peer that does not read, whole and torn frames, closing, and cut streams."""

from stallproof.runner.scenarios.context import Context, now_us, sleep_s
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.sending import (
    PROBE_AFTER_S,
    PROBE_BYTES,
    never_reads,
    never_reads_warm,
    stalls,
    trickled,
    trickles,
    watch,
)
from stallproof.runner.scenarios.sharing import closed, closes_while_blocked
from stallproof.wire.events import PeerEnded, Taken

TLS = frozenset({"tls"})
IN_RECORD_BYTES = 40_009
"""Odd and large: whatever the size of an implementation's records, hardly one ends there."""
MIDWAY_CONNECTIONS = 12
MIDWAY_STEP_S = 0.005
MIDWAY_PIECE_BYTES = 64 * 1024
MIDWAY_EVERY_US = 3_000
MIDWAY_BYTES = 4 * 1024 * 1024
"""At this pace the frame takes a fifth of a second, and the last close comes long before."""
CUT_FRAME_BYTES = 1000
TAKES_WITHIN_S = 1.0


def never_reads_tls_cold(context: Context) -> None:
    never_reads(context, "tls")


def never_reads_tls_warm(context: Context) -> None:
    never_reads_warm(context, "tls")


def trickles_tls(context: Context) -> None:
    trickles(context, "tls")


def stops_in_record(context: Context) -> None:
    """The peer reads the beginning of a frame, to the middle of a record, and no more in time."""
    conn = context.open("a", "tls", mode="stop")
    context.peer.mode(
        conn, "trickle", piece_bytes=IN_RECORD_BYTES, every_us=1000, limit_bytes=IN_RECORD_BYTES
    )
    torn = context.send(conn, context.big_bytes)
    sleep_s(PROBE_AFTER_S)
    behind = [context.send(conn, PROBE_BYTES) for _ in range(2)]
    watch(context, conn, torn, *behind)


def slow_peer_tls(context: Context) -> None:
    """Frames of many sizes, around records and beyond all buffers, arrive byte for byte."""
    conn = context.open("a", "tls")
    for size_bytes in (8, 13, 1000, 16_367, 16_368, 16_369, 65_519, 65_536):
        send = context.send(conn, size_bytes)
        context.ended(send, 5.0)
        context.arrived(send)
    slow = context.open("b", "tls", mode="stop")
    context.peer.mode(slow, "trickle", piece_bytes=256 * 1024, every_us=5_000)
    send = context.send(slow, context.big_bytes)
    context.ended(send, 10.0)
    context.arrived(send, 5.0)
    sleep_s(0.2)


def closes_while_blocked_tls(context: Context) -> None:
    closes_while_blocked(context, "tls")


def closes_midway_tls(context: Context) -> None:
    """Many connections, each closed at another moment of a frame that the peer is reading."""
    for place in range(MIDWAY_CONNECTIONS):
        conn = context.open(f"m{place}-", "tls", mode="stop")
        context.peer.mode(conn, "trickle", piece_bytes=MIDWAY_PIECE_BYTES, every_us=MIDWAY_EVERY_US)
        send = context.send(conn, MIDWAY_BYTES)
        sleep_s((place + 1) * MIDWAY_STEP_S)
        closing = context.harness.post("close", conn=conn)
        context.ended(send, 1.0)
        context.harness.wait(closing, 1.0)
        context.peer.mode(conn, "drain")
        context.stream_ended(conn, 0.6)


def cuts_its_stream(context: Context) -> None:
    """The peer ends its own direction: announced, cut between frames, in one, and in a record."""
    payload = bytes(CUT_FRAME_BYTES)
    for place in range(4):
        conn = context.open(f"c{place}-", "tls", heartbeats=False)
        context.received(conn)
        if place == 0:
            context.peer.half_close(conn)
        elif place == 1:
            context.peer.cut(conn)
        else:
            context.peer.cut(
                conn, payload, whole_bytes=CUT_FRAME_BYTES // 2, tears_record=place == 3
            )
        _see_taken(context, conn)
    sleep_s(0.2)


def _see_taken(context: Context, conn: str) -> None:
    """Wait until the implementation says how it took the end, and see what it has received."""
    context.record.wait_for(lambda e: isinstance(e, PeerEnded) and e.conn == conn, TAKES_WITHIN_S)
    frames = int(context.harness.request("received", conn=conn).get("frames", 0))
    context.record.add(Taken(at_us=now_us(), conn=conn, frames=frames))


SECURE = (
    Scenario(
        "never-reads-tls-cold",
        stalls("never-reads-tls-cold", "timed-out-tls"),
        never_reads_tls_cold,
        send_timeout_s=0.5,
        features=TLS,
        play_s=4,
    ),
    Scenario(
        "never-reads-tls-warm",
        stalls("never-reads-tls-warm", "timed-out-tls"),
        never_reads_tls_warm,
        send_timeout_s=0.5,
        features=TLS,
        play_s=5,
    ),
    Scenario(
        "trickles-tls",
        trickled("trickles-tls", "timed-out-tls"),
        trickles_tls,
        send_timeout_s=0.5,
        features=TLS,
        play_s=4,
    ),
    Scenario(
        "stops-in-record",
        {"SD-5": "timed-out-tls", "SD-6": "torn-in-record", "SD-7": "timeout"},
        stops_in_record,
        send_timeout_s=0.5,
        features=TLS,
        timing=False,
        play_s=2,
    ),
    # Frames that leave while nobody closes: the place to see anything that leaves in clear.
    Scenario(
        "slow-peer-tls",
        {"SD-9": "small-tls partial-writes-tls", "SD-10": "ok-delivered", "SD-12": ""},
        slow_peer_tls,
        timing=False,
        features=TLS,
        play_s=1,
    ),
    Scenario(
        "closes-while-blocked-tls",
        closed("sent-after-close-tls", "closed-while-blocked-tls"),
        closes_while_blocked_tls,
        features=TLS,
        play_s=3,
    ),
    Scenario(
        "closes-midway-tls",
        {"SD-12": "closed-midway-tls"},
        closes_midway_tls,
        timing=False,
        features=TLS,
        play_s=2,
    ),
    Scenario(
        "cuts-its-stream",
        {"SD-16": "cut-in-frame cut-between-frames ended-in-peace"},
        cuts_its_stream,
        timing=False,
        features=TLS,
    ),
)
