"""A first write that is made without the machine is one that the machine would have made.

The same script is played twice: on the connection that ships, and on one whose every write is asked
of the machine, contracts included. All that can be seen has to be the same.
"""

import errno
import random
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.steps import BARE, CHECKED, Steps
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome, Send
from stallproof.wire.event import Event
from stallproof.wire.implementation import Written
from tests.drivers.peers import (
    PATIENCE_S,
    eventually,
    fill,
    frames_of,
    guarded,
    read_all,
    socket_of,
    unix_pair,
)
from tests.drivers.scripted_kernel import (
    ERRORS,
    JOINED_MAX_BYTES,
    TIMEOUT_US,
    Happening,
    Kernel,
    OneSend,
    StillIo,
    drawn,
    played,
)
from tests.drivers.test_ticket_lock import Unseen
from tests.no_deadline import NO_DEADLINE

ASKED = replace(BARE)
"""The same functions in other hands: whoever brings steps of his own is asked each time."""
EDGES_US = (0, 1, TIMEOUT_US - 1, TIMEOUT_US, TIMEOUT_US + 1)
happenings = st.builds(
    Happening, st.sampled_from(EDGES_US), st.sampled_from(("", "close", "give_up"))
)
sends = st.builds(
    OneSend,
    size_bytes=st.integers(0, JOINED_MAX_BYTES + 2) | st.integers(100, 300),
    header_bytes=st.sampled_from((0, 5)),
    is_reported=st.booleans(), may_give_up=st.booleans(), is_view=st.booleans(),
    answers=st.lists(st.integers(-1, 70) | st.sampled_from(ERRORS), max_size=4).map(tuple),
    locked=happenings, writing=st.lists(happenings, max_size=3).map(tuple),
    waiting=st.lists(happenings, max_size=3).map(tuple),
)  # fmt: skip


def seen_of(kernel: Kernel) -> tuple[bytes, list[object]]:
    """Return the bytes that left, and all that was seen, in order."""
    return kernel.took, kernel.seen


@pytest.mark.requirement("SD-2", "SD-9", "SD-10", "SD-12", "SD-14", "SD-18", kind="socket")
@given(script=st.lists(sends, min_size=1, max_size=4).map(tuple), at=st.sampled_from((0, 65_534)))
@settings(NO_DEADLINE, max_examples=300)
def test_with_and_without_the_machine_the_same_is_seen(
    script: tuple[OneSend, ...], at: int
) -> None:
    """Bytes, writes, waits, events, outcomes, numbers, lock holder and closing are the same."""
    assert seen_of(played(script, CHECKED, at=at)) == seen_of(played(script, at=at))


@pytest.mark.parametrize("seed", range(4))
def test_so_it_is_in_a_thousand_scripts_by_chance(seed: int) -> None:
    """Drawn near the edges: of times, of pieces and of what a write may take."""
    by = random.Random(seed)
    for _ in range(250):
        script, at = drawn(by), by.choice((0, 41, 65_534, 65_535))
        assert seen_of(played(script, ASKED, at=at)) == seen_of(played(script, at=at)), script


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 108))
def test_so_it_is_in_millions_of_steps(seed: int) -> None:
    """Each script has about a dozen; a failure shows the script that makes it."""
    by = random.Random(seed)
    steps = 0
    while steps < 500_000:
        script, at = drawn(by), by.choice((0, 41, 65_534, 65_535))
        asked = played(script, ASKED, at=at)
        assert seen_of(asked) == seen_of(played(script, at=at)), script
        steps += len(asked.seen)


def test_both_ways_are_taken() -> None:
    """A small frame asks no step of the machine, one with a tail does, and a long one."""
    asked: list[int] = []
    kernel = Kernel()
    conn = GuardedConnection(kernel, Policy(), "c", clock=kernel.clock, io=StillIo())
    conn._steps = counting(asked)
    soon = (Happening(1),)
    for one, expected in (
        (OneSend(JOINED_MAX_BYTES), []),
        (OneSend(answers=(5,), waiting=soon), [5, 0, 19]),
        (OneSend(JOINED_MAX_BYTES + 1), [0, JOINED_MAX_BYTES + 17]),
    ):
        asked.clear()
        kernel.play(one, conn, 1)
        assert expected == asked


def test_who_brings_steps_of_his_own_is_asked_about_each_write() -> None:
    """They may say something else, as those of a wrong implementation do."""
    asked: list[int] = []
    played((OneSend(),), counting(asked))
    assert [0, 24] == asked


def counting(asked: list[int]) -> Steps:
    """Return steps that note how many bytes they are told of."""

    def on_step(send: Send, wrote_bytes: int, *, closing: bool, now_us: int) -> Any:
        asked.append(wrote_bytes)
        return BARE.on_step(send, wrote_bytes, closing=closing, now_us=now_us)

    return replace(BARE, on_step=on_step)


@pytest.mark.requirement("SD-3", kind="socket")
def test_a_small_frame_that_finds_no_room_waits_for_no_longer_than_its_deadline() -> None:
    """Its first write returns at once, although the socket itself is one that blocks."""
    with guarded(unix_pair(), Policy(send_timeout_us=20_000)) as (conn, peer, _):
        fill(socket_of(conn))
        outcomes: list[Outcome] = []

        def send() -> None:
            try:
                conn.send(b"small")
            except SendFailed as failed:
                outcomes.append(failed.outcome)

        sending = threading.Thread(target=send, daemon=True)
        sending.start()
        sending.join(PATIENCE_S)
        # It would end with the peer, too, but not by its own deadline.
        assert [Outcome.TIMEOUT] == outcomes
        assert not sending.is_alive()
        peer.shutdown(socket.SHUT_WR)


def test_a_frame_that_left_has_left_whatever_becomes_of_its_report() -> None:
    """Who cannot be told of a write does not make it a failed one: nothing is sent again."""

    def record(event: Event) -> None:
        if isinstance(event, Written):
            raise OSError(errno.EPIPE, "the trace is full")

    ours, theirs = unix_pair()
    conn = GuardedConnection(ours, Policy(), "c", record)
    with pytest.raises(OSError, match="the trace is full"):
        conn.send(b"one", send_id=1)
    assert Outcome.OK is conn.send(b"two")
    assert not conn.is_closing
    conn.close()
    with theirs:
        frames, torn_bytes = frames_of(read_all(theirs))
    assert [(b"one", 1), (b"two", 2)] == [(one.payload, one.sequence) for one in frames]
    assert 0 == torn_bytes
    assert conn.wait_finished(PATIENCE_S)


def test_small_frames_of_many_threads_keep_their_numbers() -> None:
    """Whole frames, one number after the other, whoever sends them."""
    with guarded(unix_pair(1 << 20)) as (conn, peer, _):
        senders = [
            threading.Thread(target=lambda: [conn.send(b"x" * 20) for _ in range(100)])
            for _ in range(4)
        ]
        for one in senders:
            one.start()
        stream = b""
        while len(stream) < 400 * 36:
            stream += peer.recv(1 << 16)
        for one in senders:
            one.join()
        frames, torn_bytes = frames_of(stream)
        assert (list(range(1, 401)), 0) == ([frame.sequence for frame in frames], torn_bytes)


def test_who_parks_while_a_send_looks_for_waiters_goes_on_by_itself() -> None:
    """A send gives the lock back as `release` does: it serves first and looks afterwards."""
    with guarded(unix_pair()) as (conn, _peer, _):
        waiting = Unseen(conn.lock)
        conn.lock.waiting = waiting
        conn.send(b"x")
        assert eventually(lambda: waiting.is_ended)
        conn.lock.release()
