"""Which failure an exception of the transport is: the error table of SD-7.

The more specific row wins: ETIMEDOUT is a time-out although it is a kind of connection error.
"Would block" and "interrupted" are no failures and never come here.

Spec: `spec/sd.md`, "Error table". Source: origin fact 4.
"""

import errno

from stallproof.machines.send_deadline import Failure

CLOSED_NUMBERS = frozenset(
    {
        errno.EPIPE,
        errno.ECONNRESET,
        errno.ENOTCONN,
        errno.ECONNABORTED,
        errno.EBADF,
        errno.ESHUTDOWN,
    }
)
"""The error numbers that mean: the transport, or the peer's reading side, is closed."""


class CutShort(OSError):
    """The transport ended, and the peer had not announced the end of its stream."""


def failure_of(error: BaseException) -> Failure:
    """Return the failure that `error`, raised by a write, stands for."""
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT
    if isinstance(error, BrokenPipeError | ConnectionResetError | ConnectionAbortedError):
        return Failure.CLOSED
    if isinstance(error, OSError):
        if error.errno == errno.ETIMEDOUT:
            return Failure.TIMEOUT
        if error.errno in CLOSED_NUMBERS:
            return Failure.CLOSED
    return Failure.ERROR
