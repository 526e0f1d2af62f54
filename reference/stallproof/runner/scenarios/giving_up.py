"""Plays about sends that their callers give up: SD-18."""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.sending import PROBE_BYTES, fill

BEFORE_S = 0.15
"""How long a send has been under way when it is given up, so that it has come to its wait."""


def give_up(context: Context, conn: str, send: int) -> None:
    """Give up a send that is under way, and watch it until well beyond the grace."""
    sleep_s(BEFORE_S)
    context.harness.request("give_up", conn=conn, send=send)
    context.ended(send, context.patience_s)


def given_up_queued(context: Context) -> None:
    """Three sends behind a blocked one, and the second of them is given up."""
    conn = context.open("a", mode="stop")
    blocked = send_blocked(context, conn)
    sends = []
    for _ in range(3):
        sleep_s(0.02)
        sends.append(context.send(conn, PROBE_BYTES))
    give_up(context, conn, sends[1])
    context.peer.mode(conn, "drain")
    for send in (blocked, sends[0], sends[2]):
        context.ended(send, 5.0)
    for send in (blocked, sends[0], sends[2]):
        context.arrived(send)
    sleep_s(0.1)


def given_up_unwritten(context: Context) -> None:
    """Small frames until one blocks, which is given up; then the peer reads all there is."""
    conn = context.open("a", mode="stop")
    blocked = fill(context, conn)
    if blocked is None:
        return
    probe = context.send(conn, PROBE_BYTES)
    give_up(context, conn, blocked)
    context.peer.mode(conn, "drain")
    context.ended(probe, 2.0)
    context.arrived(probe)
    context.drain_to_end(conn)


def given_up_midway(context: Context, transport: str) -> None:
    """A send that is blocked with a part of its frame written, and another one behind it."""
    conn = context.open("a", transport, mode="stop")
    blocked = send_blocked(context, conn)
    probe = context.send(conn, PROBE_BYTES)
    give_up(context, conn, blocked)
    context.ended(probe, context.patience_s)
    sleep_s(3 * context.grace_us / 1e6)
    context.drain_to_end(conn)


def given_up_midway_unix(context: Context) -> None:
    given_up_midway(context, "unix")


def given_up_midway_tcp(context: Context) -> None:
    given_up_midway(context, "tcp")


def given_up_midway_tls(context: Context) -> None:
    given_up_midway(context, "tls")


def _midway(transport: str) -> Scenario:
    scripts = {
        "unix": given_up_midway_unix, "tcp": given_up_midway_tcp, "tls": given_up_midway_tls,
    }  # fmt: skip
    return Scenario(
        f"given-up-midway-{transport}",
        {"SD-18": "part-written"},
        scripts[transport],
        features=frozenset({transport, "give_up"}),
        play_s=3,
    )


GIVING_UP = (
    Scenario(
        "given-up-queued",
        {"SD-18": "queued", "SD-14": ""},
        given_up_queued,
        features=frozenset({"unix", "give_up"}),
        takes={"SD-14": frozenset({"sequence"})},
        play_s=3,
    ),
    Scenario(
        "given-up-unwritten",
        {"SD-18": "unwritten", "SD-14": ""},
        given_up_unwritten,
        features=frozenset({"unix", "give_up"}),
        takes={"SD-14": frozenset({"sequence"})},
        play_s=4,
    ),
    *map(_midway, ("unix", "tcp", "tls")),
)
