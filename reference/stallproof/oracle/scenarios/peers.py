"""Plays about what a peer can do to a send besides not reading: SD-6 to SD-9."""

from stallproof.oracle.scenarios.scenario import Scenario
from stallproof.oracle.scenarios.sending import BOTH, PROBE_BYTES, TCP
from stallproof.oracle.stage import Stage, sleep_s


def slow_peer(stage: Stage) -> None:
    """Frames of many sizes reach a peer that reads slowly, byte for byte."""
    conn = stage.open("a")
    for size_bytes in (8, 13, 1000, 4096, 65519, 65536):
        send = stage.send(conn, size_bytes)
        stage.ended(send, 5.0)
        stage.arrived(send)
    for transport in ("unix", "tcp"):
        slow = stage.open(f"s{transport}", transport, mode="stop")
        stage.lab.mode(slow, "trickle", piece_bytes=256 * 1024, every_us=5_000)
        send = stage.send(slow, stage.big_bytes)
        stage.ended(send, 10.0)
        stage.arrived(send, 5.0)
    sleep_s(0.2)


def refuses_midway(stage: Stage) -> None:
    """The peer takes part of a frame, then refuses the rest."""
    conn = stage.open("a", mode="stop")
    send = stage.send(conn, stage.big_bytes)
    sleep_s(0.1)
    stage.lab.mode(conn, "drain", limit_bytes=16_384)
    sleep_s(0.05)
    stage.lab.shut_read(conn)
    # The kernel does not wake a writer whose peer shuts its reading side; room for more does. Not a
    # byte beyond what lies there, or the lab would take its own shutdown for the end of the stream.
    stage.lab.mode(conn, "drain", limit_bytes=max(1, stage.lab.unread(conn)))
    stage.ended(send, 3.0)
    sleep_s(0.25)
    stage.lab.probe(conn)


def refuses_at_once(stage: Stage) -> None:
    """The peer refuses before a byte was written; the connection is still in order."""
    conn = stage.open("a")
    stage.lab.shut_read(conn)
    send = stage.send(conn, PROBE_BYTES)
    stage.ended(send, 3.0)
    sleep_s(0.25)
    stage.lab.probe(conn)


def half_closes(stage: Stage) -> None:
    """The peer ends its own direction and goes on reading."""
    conn = stage.open("a")
    stage.lab.half_close(conn)
    sleep_s(0.1)
    send = stage.send(conn, PROBE_BYTES)
    stage.ended(send, 3.0)
    stage.arrived(send, 1.0)
    sleep_s(0.2)


def resets(stage: Stage) -> None:
    """The peer resets a TCP connection under a blocked send."""
    conn = stage.open("a", "tcp", mode="stop")
    send = stage.send(conn, stage.big_bytes)
    sleep_s(0.1)
    stage.lab.reset(conn)
    stage.ended(send, 3.0)


PEERS = (
    Scenario("slow-peer", ("SD-9", "SD-10"), slow_peer, timing=False, features=BOTH, play_s=2),
    Scenario("refuses-midway", ("SD-6", "SD-7"), refuses_midway, timing=False),
    Scenario("refuses-at-once", ("SD-7", "SD-8"), refuses_at_once, timing=False),
    Scenario("half-closes", ("SD-9", "SD-10"), half_closes, timing=False),
    Scenario("resets", ("SD-7",), resets, timing=False, features=TCP),
)
