"""The invariant of the connection answers for every shape: nowhere does it raise.

A precondition that raises counts as false for the prover, in silence: the shape would be left out
of the induction. So the invariant is asked here about every combination of what may be absent.
"""

import itertools
from typing import get_type_hints

from proofs.assumptions.invariant import Resting, Sending, holds_together, resting, sending
from proofs.assumptions.streams import flows_on
from stallproof.machines.connection import Cause, Connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Send
from stallproof.machines.stall_count import StallCount
from stallproof.machines.stream import Stream, StreamOutcome

POLICY = Policy(send_timeout_us=30, stall_timeout_us=45, close_stalled=True)
HELD = Send(100, 130, 10, 3)
LATEST_US = 200


def connections() -> list[Connection]:
    """Return a connection of every shape, also of those that cannot be."""
    shapes = itertools.product(
        (None, HELD), (None, 4), (None, *Cause), (False, True), (None, 150), (None, 3, 4), (0, 2)
    )
    return [
        Connection(send, send_id, 4, cause, torn, 3, received_us, True, StallCount(checks, seen_id))
        for send, send_id, cause, torn, received_us, seen_id, checks in shapes
    ]


def test_the_invariant_answers_for_every_shape() -> None:
    """It says yes or no of each, and a connection is either sending or resting when it says yes."""
    for conn in connections():
        within = holds_together(POLICY, conn, LATEST_US)
        as_either = sending(POLICY, conn, LATEST_US, 160) or resting(POLICY, conn, LATEST_US, 160)
        assert bool(within) == bool(as_either)


def test_the_narrow_types_leave_out_only_what_the_preconditions_refuse() -> None:
    """They narrow the send and its number, and a connection of another shape is never within."""
    wide = get_type_hints(Connection)
    assert get_type_hints(Sending) == {**wide, "send": Send, "send_id": int}
    assert get_type_hints(Resting) == {**wide, "send": type(None), "send_id": type(None)}
    for conn in connections():
        shape = (conn.send is None, conn.send_id is None)
        if sending(POLICY, conn, LATEST_US, 160):
            assert shape == (False, False)
        if resting(POLICY, conn, LATEST_US, 160):
            assert shape == (True, True)


def test_the_invariant_leaves_no_shape_out() -> None:
    """Never received, never checked, each cause of a closing: all can be, sending or idle."""
    found = {
        (conn.send is None, conn.closed_by, conn.received_us is None, conn.count.send_id is None)
        for conn in connections()
        if holds_together(POLICY, conn, LATEST_US)
    }
    ended_by_itself = {Cause.SEND_TIMEOUT, Cause.TORN_FRAME}
    expected = {
        (idle, cause, silent, unseen)
        for idle in (True, False)
        for cause in (None, *Cause)
        for silent in (True, False)
        for unseen in (True, False)
        if idle or cause not in ended_by_itself
    }
    assert expected == found


def test_the_invariant_refuses_what_cannot_be() -> None:
    """A torn frame that is not closing, a deadline moved, a count not earned, a lock ahead."""
    sound = Connection(HELD, 4, 4, None, False, 3, 150, True, StallCount(0, 4))
    moved = Send(100, 131, 10, 3)
    wrong = [
        Connection(None, None, 4, None, True, 3, 150, True, StallCount(0, 4)),
        Connection(moved, 4, 4, None, False, 3, 150, True, StallCount(0, 4)),
        Connection(HELD, 3, 4, None, False, 3, 150, True, StallCount(0, 4)),
        Connection(HELD, 4, 4, Cause.SEND_TIMEOUT, False, 3, 150, True, StallCount(0, 4)),
        Connection(HELD, 4, 4, None, False, 4, 150, True, StallCount(0, 4)),
        Connection(HELD, 4, 4, None, False, 3, 201, True, StallCount(0, 4)),
        Connection(HELD, 4, 4, None, False, 3, 150, True, StallCount(0, 5)),
        Connection(HELD, 4, 4, None, False, 3, 150, True, StallCount(1, None)),
    ]
    assert holds_together(POLICY, sound, LATEST_US)
    assert [False] * len(wrong) == [bool(holds_together(POLICY, c, LATEST_US)) for c in wrong]
    counted = Connection(HELD, 4, 4, None, False, 3, None, True, StallCount(1, 4))
    assert holds_together(POLICY, counted, 146)
    assert not holds_together(POLICY, counted, 145)


def test_the_bounds_of_a_stream_answer_for_every_shape() -> None:
    """In a wait or not, over or not: a stream that is over does not wait, and all else can be."""
    for wait_us, outcome in itertools.product((None, 120), (None, *StreamOutcome)):
        stream = Stream(10, 5, 110, wait_us, outcome, False)
        possible = wait_us is None or outcome is None
        assert possible == bool(flows_on(POLICY, stream, LATEST_US))
