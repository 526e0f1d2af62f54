"""Plays about a peer that talks while it does not read: CX-1 and CX-8.

A heartbeat of the peer comes first wherever frames have a kind for it: who answers it with the send
lock, or past it, shows there what that costs.
"""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.stream_flow import CHUNKS, STEP_BYTES, Flow, begin
from stallproof.wire.peer import PeerDid
from stallproof.wire.protocol import HEARTBEAT_FRAMES, RECEIVING

FRAMES = 5
FRAME_GAP_S = 0.02
BURST_BYTES = 64 * 1024
"""Of so many bytes are the frames of a burst, which all together are more than the kernel holds."""
BURST_WITHIN_S = 2.0
PIECES = 30
"""So often does the peer take a piece of a frame, and sends heartbeats between two of them."""
PIECE_BYTES = 4096
BIG_PIECE_BYTES = 96 * 1024
"""Enough room for a kernel to wake the writer; after a small piece it lets the writer sleep on."""
PIECE_GAP_S = 0.01
GAVE_UP = "the receiver gave up"


def _beat(context: Context, conn: str) -> int:
    """Have the peer send a heartbeat, where frames have a kind for it; return how many it sent."""
    if HEARTBEAT_FRAMES not in context.harness.hello.features:
        return 0
    context.peer.send_frame(conn, "heartbeat")
    return 1


def _bursts(context: Context, conn: str) -> int:
    """Have the peer send more than the kernel holds, so that it leaves only if somebody reads."""
    frames = -(-context.big_bytes // BURST_BYTES)
    context.peer.send_frame(conn, payload=bytes(BURST_BYTES), frames=frames, awaited=False)
    context.record.wait_for(
        lambda e: isinstance(e, PeerDid) and e.conn == conn and e.frames == frames, BURST_WITHIN_S
    )
    return frames


def _talks(context: Context, transport: str, *, bursts: bool = False) -> None:
    """While a send is blocked the peer sends frames, one after the other."""
    conn = context.open("a", transport)
    context.received(conn)
    context.peer.mode(conn, "stop")
    send = send_blocked(context, conn)
    sleep_s(0.05)
    frames = context.taken(conn)
    for _ in range(FRAMES):
        frames += _beat(context, conn) + 1
        context.peer.send_frame(conn)
        if not context.takes(conn, frames, context.patience_s):
            bursts = False
            break
        sleep_s(FRAME_GAP_S)
    if bursts:
        context.takes(conn, frames + _bursts(context, conn), context.patience_s)
    context.peer.mode(conn, "drain")
    context.ended(send, 5.0)
    context.arrived(send)
    sleep_s(0.1)


def talks_unix(context: Context) -> None:
    """Frames, and more than the kernel holds."""
    _talks(context, "unix", bursts=True)


def talks_tcp(context: Context) -> None:
    _talks(context, "tcp")


def talks_tls(context: Context) -> None:
    _talks(context, "tls")


def _acknowledged(flow: Flow, conn: str) -> None:
    """ACKs come while the lock is held: progress, an error, and one that opens the window."""
    context = flow.context
    other = begin(context, conn, CHUNKS)
    if flow.waits() is None or other.waits() is None:
        return
    context.peer.mode(conn, "stop")
    send = send_blocked(context, conn)
    sleep_s(0.05)
    _beat(context, conn)
    flow.ack(STEP_BYTES, by_wire=True)
    _beat(context, conn)
    other.ack(0, error=GAVE_UP, by_wire=True)
    flow.ack(context.policy["chunk_bytes"], by_wire=True)
    other.over(context.patience_s)
    context.peer.mode(conn, "drain")
    context.ended(send, 5.0)


def acknowledges(context: Context) -> None:
    """Two streams wait on a connection on which a send is blocked, and their receivers talk."""
    conn = context.open("a", heartbeats=False)
    flow = begin(context, conn, CHUNKS)
    _acknowledged(flow, conn)
    flow.cancel()
    flow.over(1.0)
    sleep_s(0.1)


def _beats_midway(context: Context, transport: str) -> None:
    """Between two pieces of a frame the peer sends heartbeats, and takes their answers as well."""
    conn = context.open("a", transport, mode="stop")
    send = send_blocked(context, conn)
    sleep_s(0.05)
    for turn in range(PIECES):
        # Small pieces make room that no sender is woken for, and large ones wake it.
        piece_bytes = BIG_PIECE_BYTES if turn % 5 == 4 else PIECE_BYTES
        context.peer.mode(conn, "drain", limit_bytes=piece_bytes)
        context.peer.send_frame(conn, "heartbeat")
        sleep_s(PIECE_GAP_S)
        context.peer.send_frame(conn, "heartbeat")
    small = context.send(conn, 1024)
    context.peer.mode(conn, "drain")
    for one in (send, small):
        context.ended(one, 5.0)
        context.arrived(one)
    sleep_s(0.2)


def beats_midway_unix(context: Context) -> None:
    _beats_midway(context, "unix")


def beats_midway_tcp(context: Context) -> None:
    _beats_midway(context, "tcp")


TALKS = {"CX-8": "talks-while-blocked"}
MIDWAY = {"CX-1": "heartbeats-midway"}

TALKING = (
    Scenario("talks-unix", TALKS, talks_unix, features=frozenset({"unix", RECEIVING}), play_s=2),
    Scenario("talks-tcp", TALKS, talks_tcp, features=frozenset({"tcp", RECEIVING}), play_s=2),
    Scenario(
        "talks-tls",
        {"CX-8": "talks-while-blocked-tls"},
        talks_tls,
        features=frozenset({"tls"}),
        play_s=2,
    ),
    Scenario(
        "acknowledges-while-blocked",
        {"CX-8": "acknowledged-while-blocked"},
        acknowledges,
        ack_wait_s=60,
        chunk_bytes=64 * 1024,
        window_bytes=4 * 64 * 1024,
        features=frozenset({"unix", "streams"}),
        play_s=2,
    ),
    Scenario(
        "heartbeats-midway-unix",
        MIDWAY,
        beats_midway_unix,
        timing=False,
        features=frozenset({"unix", HEARTBEAT_FRAMES}),
        play_s=2,
    ),
    Scenario(
        "heartbeats-midway-tcp",
        MIDWAY,
        beats_midway_tcp,
        timing=False,
        features=frozenset({"tcp", HEARTBEAT_FRAMES}),
        play_s=2,
    ),
)
