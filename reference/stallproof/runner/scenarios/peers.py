"""Plays about what a peer can do to a send besides not reading: SD-6 to SD-9, CX-1 and CX-8."""

from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.sending import PROBE_BYTES, TCP
from stallproof.runner.scenarios.talking import TALKING


def slow_peer(context: Context, transport: str) -> None:
    """Frames of many sizes reach a peer that reads slowly, byte for byte."""
    conn = context.open("a", transport)
    for size_bytes in (8, 13, 1000, 4096, 65519, 65536):
        send = context.send(conn, size_bytes)
        context.ended(send, 5.0)
        context.arrived(send)
    slow = context.open("s", transport, mode="stop")
    context.peer.mode(slow, "trickle", piece_bytes=256 * 1024, every_us=5_000)
    send = context.send(slow, context.big_bytes)
    context.ended(send, 10.0)
    context.arrived(send, 5.0)
    sleep_s(0.2)


def slow_peer_unix(context: Context) -> None:
    slow_peer(context, "unix")


def slow_peer_tcp(context: Context) -> None:
    slow_peer(context, "tcp")


def refuses_midway(context: Context) -> None:
    """The peer takes part of a frame, then refuses the rest."""
    conn = context.open("a", mode="stop")
    send = context.send(conn, context.big_bytes)
    sleep_s(0.1)
    context.peer.mode(conn, "drain", limit_bytes=16_384)
    sleep_s(0.05)
    context.peer.shut_read(conn)
    # The kernel does not wake a writer whose peer shuts its reading side; room for more does. Not a
    # byte beyond what lies there, or the peer would take its own shutdown for the end of the
    # stream.
    context.peer.mode(conn, "drain", limit_bytes=max(1, context.peer.unread(conn)))
    context.ended(send, 3.0)
    sleep_s(0.25)
    context.peer.probe(conn)


def refuses_at_once(context: Context) -> None:
    """The peer refuses before a byte was written; the connection is still in order."""
    conn = context.open("a")
    context.peer.shut_read(conn)
    send = context.send(conn, PROBE_BYTES)
    context.ended(send, 3.0)
    sleep_s(0.25)
    context.peer.probe(conn)


def half_closes(context: Context) -> None:
    """The peer ends its own direction and goes on reading."""
    conn = context.open("a")
    context.peer.half_close(conn)
    sleep_s(0.1)
    send = context.send(conn, PROBE_BYTES)
    context.ended(send, 3.0)
    context.arrived(send, 1.0)
    sleep_s(0.2)


def outlives_its_deadline(context: Context) -> None:
    """A send is over at once, and whatever was set for its deadline has time to do harm."""
    conn = context.open("a")
    context.arrived(context.send(conn, PROBE_BYTES), 3.0)
    sleep_s(2 * context.knob_s("send_timeout_us"))


def resets(context: Context) -> None:
    """The peer resets a TCP connection under a blocked send."""
    conn = context.open("a", "tcp", mode="stop")
    send = context.send(conn, context.big_bytes)
    sleep_s(0.1)
    context.peer.reset(conn)
    context.ended(send, 3.0)


DELIVERED = {"SD-9": "small partial-writes", "SD-10": "ok-delivered"}

PEERS = (
    Scenario("slow-peer-unix", DELIVERED, slow_peer_unix, timing=False, play_s=1),
    Scenario("slow-peer-tcp", DELIVERED, slow_peer_tcp, timing=False, features=TCP, play_s=1),
    Scenario(
        "refuses-midway",
        {"SD-6": "failed-midway", "SD-7": "closed", "SD-10": ""},
        refuses_midway,
        timing=False,
    ),
    Scenario(
        "refuses-at-once",
        {"SD-7": "closed", "SD-8": "failed-unwritten", "SD-10": ""},
        refuses_at_once,
        timing=False,
    ),
    Scenario("half-closes", {"SD-9": "small", "SD-10": "ok-delivered"}, half_closes, timing=False),
    Scenario(
        "outlives-its-deadline",
        {"SD-9": "small", "SD-10": "ok-delivered"},
        outlives_its_deadline,
        send_timeout_s=0.5,
        timing=False,
        play_s=2,
    ),
    Scenario("resets", {"SD-7": "closed", "SD-10": ""}, resets, timing=False, features=TCP),
    *TALKING,
)
