"""The error table of SD-7."""

import errno

import pytest

from stallproof.drivers.errors import failure_of
from stallproof.machines.send_deadline import Failure

TABLE = [
    (TimeoutError(), Failure.TIMEOUT),
    (OSError(errno.ETIMEDOUT, "x"), Failure.TIMEOUT),
    (BrokenPipeError(), Failure.CLOSED),
    (ConnectionResetError(), Failure.CLOSED),
    (ConnectionAbortedError(), Failure.CLOSED),
    (OSError(errno.EPIPE, "x"), Failure.CLOSED),
    (OSError(errno.ECONNRESET, "x"), Failure.CLOSED),
    (OSError(errno.ENOTCONN, "x"), Failure.CLOSED),
    (OSError(errno.ECONNABORTED, "x"), Failure.CLOSED),
    (OSError(errno.EBADF, "x"), Failure.CLOSED),
    (OSError(errno.ESHUTDOWN, "x"), Failure.CLOSED),
    (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Failure.ERROR),
    (OSError(errno.ENOBUFS, "x"), Failure.ERROR),
    (OSError("no number"), Failure.ERROR),
    (RuntimeError(), Failure.ERROR),
    (ValueError(), Failure.ERROR),
]


@pytest.mark.requirement("SD-7", kind="boundary")
@pytest.mark.parametrize(("error", "expected"), TABLE, ids=lambda value: repr(value))
def test_every_cause_has_the_failure_of_its_row(error: Exception, expected: Failure) -> None:
    """Each exception stands for the failure that the error table gives."""
    assert expected is failure_of(error)


def test_the_more_specific_row_wins() -> None:
    """ETIMEDOUT is a time-out although a class of connection errors carries it."""
    assert Failure.TIMEOUT is failure_of(OSError(errno.ETIMEDOUT, "timed out"))
    error = ConnectionError()
    error.errno = errno.ETIMEDOUT
    assert Failure.TIMEOUT is failure_of(error)
