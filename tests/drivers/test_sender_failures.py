"""The sender when its kernel fails in ways that no peer can provoke."""

import errno

import pytest

from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.steps import CHECKED
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from tests.drivers.peers import (
    guarded,
    unix_pair,
)

TAKEN_US = 1000
DEADLINE_US = 1500
TIMED = Policy(send_timeout_us=DEADLINE_US - TAKEN_US)
LARGE = bytes(range(256)) * 8192


def outcome_of(conn: GuardedConnection, payload: bytes) -> Outcome:
    """Send and return the outcome, raised or returned."""
    try:
        return conn.send(payload, send_id=1)
    except SendFailed as failed:
        return failed.outcome


class Kernel(GuardedConnection):
    """A connection whose kernel answers as the test says, for what no peer can provoke."""

    answers: tuple[int | BaseException, ...] = ()

    def _write(self, pieces: list[bytes | memoryview]) -> int:
        answer, *rest = self.answers
        self.answers = tuple(rest)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("answers", "expected", "closes"),
    [
        ((0,), Outcome.CLOSED, False),
        ((-1,), Outcome.CLOSED, False),
        ((1, 0), Outcome.CLOSED, True),
        ((OSError(errno.ENOBUFS, "x"),), Outcome.ERROR, False),
        ((1, OSError(errno.ENOBUFS, "x")), Outcome.ERROR, True),
        ((RuntimeError("?"),), Outcome.ERROR, False),
        ((OSError(errno.ETIMEDOUT, "x"),), Outcome.TIMEOUT, True),
        ((BlockingIOError(), InterruptedError(), 24), Outcome.OK, False),
        ((*[1] * 24,), Outcome.OK, False),
    ],
)
def test_the_error_table_end_to_end(
    answers: tuple[int | Exception, ...], expected: Outcome, closes: bool
) -> None:
    """Each cause has its outcome, and closes exactly when the frame is torn or timed out."""
    with guarded(unix_pair(), kind=Kernel, steps=CHECKED) as (conn, _, _ear):
        conn.answers = answers  # type: ignore[attr-defined]
        assert expected is outcome_of(conn, b"12345678")
        assert closes == conn.is_closing


def test_the_lock_is_free_after_an_exception_that_nobody_foresaw() -> None:
    """Even a keyboard interrupt releases the lock, clears the lock holder, and closes."""
    with guarded(unix_pair(), kind=Kernel) as (conn, _, _ear):
        conn.answers = (1, KeyboardInterrupt())  # type: ignore[attr-defined]
        with pytest.raises(KeyboardInterrupt):
            conn.send(b"12345678")
        assert conn.lock_holder is None
        assert conn.is_closing
        assert conn.send(b"later") is Outcome.SUPPRESSED
