"""Whatever the kernel answers: outcomes by the table, whole frames, and no gap in the numbers.

The kernel of a real connection is replaced by a list of answers. The law is told again below from
the words of `spec/sd.md`, and knows nothing of the sender.
"""

import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.steps import CHECKED
from stallproof.machines.policy import Policy
from tests.drivers.peers import guarded, unix_pair
from tests.no_deadline import NO_DEADLINE

PREFIX_BYTES = 16
PATIENT = Policy(send_timeout_us=30_000_000)
CLOSED_NAMES = ("EPIPE", "ECONNRESET", "ENOTCONN", "ECONNABORTED", "EBADF", "ESHUTDOWN")
CLOSED_NUMBERS = {getattr(errno, name) for name in CLOSED_NAMES}
WAITS = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR}
# Python calls these two "would block" as well; a write on a connected socket never reports them.
NEVER_OF_A_WRITE = {errno.EINPROGRESS, errno.EALREADY}

numbers = st.sampled_from(sorted({*errno.errorcode} - NEVER_OF_A_WRITE)).map(
    lambda number: OSError(number, "the kernel says so")
)
others = st.sampled_from(
    [TimeoutError(), BrokenPipeError(), ConnectionResetError(), ConnectionAbortedError(),
     RuntimeError("?"), ValueError("?"), OSError("no number")]
)  # fmt: skip
taken = st.integers(1, 20)
answers = taken | taken | st.integers(-1, 0) | numbers | others


@dataclass
class Wire:
    """What the law makes of a row of answers: outcomes, and the bytes that have left."""

    closed: bool = False
    outcomes: list[str] = field(default_factory=list)
    left_bytes: list[int] = field(default_factory=list)
    """How many bytes of each frame have left, for the frames of which something has."""

    def send(self, size_bytes: int, row: Iterator[int | Exception]) -> None:
        """Send a frame of `size_bytes`; a kernel without an answer takes what is left."""
        written, outcome = 0, "suppressed" if self.closed else ""
        while not outcome:
            answer = next(row, size_bytes)
            if isinstance(answer, OSError) and answer.errno in WAITS:
                continue
            if isinstance(answer, int) and answer > 0:
                written = min(size_bytes, written + answer)
                outcome = "ok" if written == size_bytes else ""
            else:
                outcome = cause_of(answer)
        if outcome == "timeout" or (outcome != "ok" and written):
            self.closed = True
        self.outcomes.append(outcome)
        if written:
            self.left_bytes.append(written)


def cause_of(answer: int | Exception) -> str:
    """Return the outcome of a cause that is learnt before the deadline: the table of SD-7."""
    if isinstance(answer, int):
        return "closed"
    if isinstance(answer, TimeoutError) or getattr(answer, "errno", None) == errno.ETIMEDOUT:
        return "timeout"
    if isinstance(answer, BrokenPipeError | ConnectionResetError | ConnectionAbortedError):
        return "closed"
    return "closed" if getattr(answer, "errno", None) in CLOSED_NUMBERS else "error"


class Kernel(GuardedConnection):
    """A connection whose kernel answers from a list, and keeps what it took."""

    row: Iterator[int | Exception] = iter(())
    took = b""

    def _write(self, pieces: list[bytes | memoryview]) -> int:
        offered = b"".join(pieces)
        answer = next(self.row, len(offered))
        if isinstance(answer, Exception):
            raise answer
        if answer > 0:
            answer = min(answer, len(offered))
            self.took += offered[:answer]
        return answer


def told(conn: GuardedConnection, payload: bytes) -> tuple[str, bool]:
    """Send, and return the outcome by name, and whether it was raised."""
    try:
        return conn.send(payload).value, False
    except SendFailed as failed:
        return failed.outcome.value, True


def as_told(outcome: str) -> tuple[str, bool]:
    """Return how a caller gets to know `outcome`: closing is quiet, other failures are raised."""
    return outcome, outcome in ("timeout", "closed", "error")


def sequences_of(took: bytes, left_bytes: list[int]) -> list[int]:
    """Return the number of each frame on the wire whose prefix has left as a whole."""
    found, at = [], 0
    for size_bytes in left_bytes:
        if size_bytes >= PREFIX_BYTES:
            found.append(struct.unpack_from(">H", took, at + 14)[0])
        at += size_bytes
    return found


@pytest.mark.requirement(
    "SD-5", "SD-6", "SD-7", "SD-8", "SD-9", "SD-10", "SD-14", "SD-15", kind="socket"
)
@given(
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    row=st.lists(answers, max_size=14),
    last_number=st.sampled_from([0, 41, 65_533, 65_534, 65_535]),
)
@settings(NO_DEADLINE, max_examples=150)
def test_any_answers_of_the_kernel_end_as_the_law_says(
    sizes: list[int], row: list[int | Exception], last_number: int
) -> None:
    """Outcome, closing, bytes and numbers, frame by frame."""
    law, its_row = Wire(), iter(row)
    with guarded(unix_pair(), PATIENT, kind=Kernel, steps=CHECKED) as (conn, _, _):
        assert isinstance(conn, Kernel)
        conn.row, conn._sequence = iter(row), last_number
        for number, size_bytes in enumerate(sizes):
            payload = bytes([number + 1]) * size_bytes
            law.send(PREFIX_BYTES + size_bytes, its_row)
            assert as_told(law.outcomes[-1]) == told(conn, payload)
            assert law.closed == conn.is_closing
            assert sum(law.left_bytes) == len(conn.took)
            if law.outcomes[-1] == "ok":
                frame = conn.took[-(PREFIX_BYTES + size_bytes) :]
                assert (PREFIX_BYTES + size_bytes,) == struct.unpack_from(">I", frame)
                assert payload == frame[PREFIX_BYTES:]
        seen = sequences_of(conn.took, law.left_bytes)
    rising = [(last_number + 1 + step) % 65_536 for step in range(len(seen))]
    assert rising == seen


@pytest.mark.requirement("SD-7", "SD-8", "SD-14", kind="socket")
@given(failures=st.lists(numbers | others, min_size=1, max_size=5), size_bytes=st.integers(0, 30))
@settings(NO_DEADLINE, max_examples=80)
def test_a_refused_frame_leaves_an_open_connection_and_no_hole(
    failures: list[Exception], size_bytes: int
) -> None:
    """After frames of which nothing left, the next one goes as if they had not been."""
    kept_open = [cause for cause in failures if cause_of(cause) != "timeout" and not waits(cause)]
    with guarded(unix_pair(), PATIENT, kind=Kernel, steps=CHECKED) as (conn, _, _):
        assert isinstance(conn, Kernel)
        for cause in kept_open:
            conn.row = iter([cause])
            assert as_told(cause_of(cause)) == told(conn, bytes(size_bytes))
            assert not conn.is_closing
        assert as_told("ok") == told(conn, bytes(size_bytes))
        assert [1] == sequences_of(conn.took, [len(conn.took)])


def waits(cause: Exception) -> bool:
    """Tell whether `cause` is no failure but a reason to wait or to try again."""
    return isinstance(cause, OSError) and cause.errno in WAITS
