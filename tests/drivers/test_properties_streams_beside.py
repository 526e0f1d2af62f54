"""Streams in any company: what waits or is over delays nobody, and closing ends each once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import StreamEnded
from tests.drivers.peers import PATIENCE_S, Ear, Sending, eventually, guarded, unix_pair
from tests.drivers.streams import (
    CHUNK,
    PATIENT,
    Handed,
    Listening,
    Running,
    bytes_of,
    cut,
)
from tests.no_deadline import NO_DEADLINE

CHUNKS = 6
FITS = 3
KINDS = ("waits", "pauses", "is cancelled", "is stopped", "is done")
ENDS = {"is cancelled": "cancelled", "is stopped": "ack_error", "is done": "done"}


def begin(conn: GuardedConnection, ear: Ear, number: int, kind: str) -> None:
    """Have a stream do what its kind says; return when it has come to that."""
    data, source = bytes_of(number, CHUNKS * CHUNK), Handed()
    sender = StreamSender(conn, number, len(data), ear)
    running = Running(sender, source)
    for chunk in cut(data)[: FITS if kind == "pauses" else CHUNKS]:
        running.settle()
        if kind == "is done":
            sender.on_ack(sender.stream.sent_bytes)
        source.hand(chunk)
    running.settle()
    if kind == "is cancelled":
        sender.cancel()
    elif kind == "is stopped":
        sender.on_ack(0, error="the receiver gave up")
    if kind in ENDS:
        source.hand(None)
        running.result()


def outcomes(ear: Ear) -> dict[int, list[str]]:
    """Return the outcomes that were told of each stream."""
    told: dict[int, list[str]] = {}
    for event in ear.all(StreamEnded):
        told.setdefault(event.stream, []).append(event.outcome)
    return told


@pytest.mark.requirement("CX-7", "CX-9", "AP-13", kind="socket")
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
@settings(NO_DEADLINE, max_examples=25)
def test_streams_delay_nobody_and_end_once_with_their_connection(kinds: list[str]) -> None:
    """After each of them a send goes at once; closing ends what is not over, and nothing else."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        listening = Listening(peer)
        for number, kind in enumerate(kinds):
            begin(conn, ear, number, kind)
            sending = Sending(conn, b"beside", number)
            assert Outcome.OK is sending.result()
        over = {number: [ENDS[kind]] for number, kind in enumerate(kinds) if kind in ENDS}
        assert over == outcomes(ear)
        conn.close()
        conn.close()
        left = {number: ["send_failed"] for number in range(len(kinds)) if number not in over}
        assert eventually(lambda: outcomes(ear) == {**over, **left})
        assert conn.wait_finished(PATIENCE_S)
        listening.join(PATIENCE_S)
        assert {**over, **left} == outcomes(ear)
