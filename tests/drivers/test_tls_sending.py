"""Sending over TLS on real sockets: whole frames, torn frames, and the boundaries between."""

import errno
import resource
from collections.abc import Iterator

import pytest

from stallproof.drivers.frame import PREFIX_BYTES, Payload
from stallproof.drivers.guarded import SendFailed
from stallproof.drivers.steps import BARE, CHECKED, Steps
from stallproof.drivers.tls_connection import SEALED_MAX_BYTES, SecureConnection
from stallproof.harness.connect import raised
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import Closing, Written
from tests.drivers.peers import Sending, eventually, frames_of, guarded
from tests.drivers.secure_peers import secure, secure_pair

TAKEN_US = 1000
DEADLINE_US = 1500
TIMED = Policy(send_timeout_us=DEADLINE_US - TAKEN_US)
PATIENT = Policy(send_timeout_us=30_000_000)
PATTERN = bytes(range(256))
LARGE = PATTERN * 8192
ROOM_BYTES = 4 << 20
SIZES = [
    *(0, 1, 7, 16_000, 16_383 - PREFIX_BYTES, 16_384 - PREFIX_BYTES, 16_385 - PREFIX_BYTES),
    *(SEALED_MAX_BYTES - PREFIX_BYTES + past_bytes for past_bytes in (-1, 0, 1, 2)),
    *(2 * SEALED_MAX_BYTES - PREFIX_BYTES + past_bytes for past_bytes in (-1, 0, 1)),
    1 << 20,
]


class SetClock:
    """A clock that shows the given readings one after the other and then stands still."""

    def __init__(self, *readings: int) -> None:
        self._readings: Iterator[int] = iter(readings)
        self._last = 0

    def __call__(self) -> int:
        self._last = next(self._readings, self._last)
        return self._last


def patterned(size_bytes: int) -> bytes:
    """Return a payload of which no two places near each other look alike."""
    return (PATTERN * (size_bytes // 256 + 1))[:size_bytes]


def outcome_of(conn: SecureConnection, payload: bytes) -> tuple[Outcome, int]:
    """Send; return the outcome, raised or returned, and the written bytes (-1 if not raised)."""
    try:
        return conn.send(payload, send_id=1), -1
    except SendFailed as failed:
        return failed.outcome, failed.sent.written_bytes


@pytest.mark.parametrize("size_bytes", SIZES)
@pytest.mark.parametrize("steps", [BARE, CHECKED], ids=["bare", "checked"])
def test_a_frame_arrives_exactly(size_bytes: int, steps: Steps) -> None:
    """Around every size at which records and pieces end, the peer gets the frame."""
    payload = patterned(size_bytes)
    with secure(PATIENT, buffer_bytes=65536, steps=steps) as (conn, peer, ear):
        sending = Sending(conn, payload)
        (frame,), torn_bytes = frames_of(peer.read(PREFIX_BYTES + size_bytes))
        assert (payload, 0) == (frame.payload, torn_bytes)
        assert sending.result() is Outcome.OK
        assert PREFIX_BYTES + size_bytes == sum(written.wrote_bytes for written in ear.all(Written))


@pytest.mark.parametrize(("size_bytes", "read_bytes"), [(20 << 20, 1 << 16), (1 << 20, 1000)])
def test_a_large_frame_arrives_through_small_buffers(size_bytes: int, read_bytes: int) -> None:
    """A frame that leaves in very many partial writes arrives whole."""
    payload = patterned(size_bytes)
    with secure(PATIENT) as (conn, peer, ear):
        sending = Sending(conn, payload)
        (frame,), torn_bytes = frames_of(peer.read(PREFIX_BYTES + size_bytes, read_bytes))
        assert payload == frame.payload
        assert 0 == torn_bytes
        assert sending.result() is Outcome.OK
        assert len(ear.all(Written)) > size_bytes // SEALED_MAX_BYTES


def test_frames_of_many_threads_do_not_mix() -> None:
    """Contending senders leave whole frames with rising numbers."""
    with secure(PATIENT) as (conn, peer, _):
        payloads = [bytes([number]) * (number * 40_000) for number in range(1, 9)]
        sendings = [Sending(conn, payload) for payload in payloads]
        total_bytes = sum(PREFIX_BYTES + len(payload) for payload in payloads)
        frames, torn_bytes = frames_of(peer.read(total_bytes))
        assert all(sending.result() is Outcome.OK for sending in sendings)
        assert 0 == torn_bytes
        assert payloads == sorted(frame.payload for frame in frames)
        assert list(range(1, 9)) == [frame.sequence for frame in frames]


def test_no_piece_is_sealed_before_the_last_one_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of at most 96 KiB are sealed, each when the kernel has taken the one before."""
    with secure(PATIENT) as (conn, peer, _):
        seal = conn._session.seal
        seen: list[tuple[int, int]] = []

        def spy(plain: Payload) -> bytes:
            seen.append((len(plain), len(conn._leaving)))
            return seal(plain)

        monkeypatch.setattr(conn._session, "seal", spy)
        sending = Sending(conn, LARGE)
        assert PREFIX_BYTES + len(LARGE) == len(peer.read(PREFIX_BYTES + len(LARGE), 4096))
        assert sending.result() is Outcome.OK
        whole, rest_bytes = divmod(PREFIX_BYTES + len(LARGE), SEALED_MAX_BYTES)
        assert [(SEALED_MAX_BYTES, 0)] * whole + [(rest_bytes, 0)] == seen


@pytest.mark.parametrize("began_us", [DEADLINE_US - 1, DEADLINE_US, DEADLINE_US + 1])
def test_nothing_is_sealed_at_or_after_the_deadline(began_us: int) -> None:
    """One microsecond before the deadline a piece is sealed; at it and after it none."""
    clock = SetClock(TAKEN_US, began_us, began_us)
    with secure(TIMED, clock=clock, steps=CHECKED) as (conn, peer, ear):
        seals = began_us < DEADLINE_US
        expected = (Outcome.OK, -1) if seals else (Outcome.TIMEOUT, 0)
        assert expected == outcome_of(conn, b"12345678")
        assert ([] if seals else ["send_timeout"]) == [e.cause for e in ear.all(Closing)]
        conn.close()
        assert (PREFIX_BYTES + 8 if seals else 0) == len(peer.read_all())


@pytest.mark.parametrize("sealed_us", [DEADLINE_US - 1, DEADLINE_US, DEADLINE_US + 1])
def test_what_was_sealed_in_time_is_not_written_at_the_deadline(sealed_us: int) -> None:
    """Sealing may last past the deadline; then nothing is written, and the frame is torn."""
    clock = SetClock(TAKEN_US, TAKEN_US, sealed_us, sealed_us)
    with secure(TIMED, clock=clock, steps=CHECKED) as (conn, peer, ear):
        writes = sealed_us < DEADLINE_US
        # All but the last byte count: the kernel has not taken the record.
        expected = (Outcome.OK, -1) if writes else (Outcome.TIMEOUT, PREFIX_BYTES + 7)
        assert expected == outcome_of(conn, b"12345678")
        assert ([] if writes else ["send_timeout"]) == [e.cause for e in ear.all(Closing)]
        conn.close()
        assert (PREFIX_BYTES + 8 if writes else 0) == len(peer.read_all())


@pytest.mark.parametrize("learnt_us", [DEADLINE_US - 1, DEADLINE_US, DEADLINE_US + 1])
def test_the_last_record_makes_it_ok_whenever_it_is_learnt(learnt_us: int) -> None:
    """A frame whose records have all left is OK although the deadline passed meanwhile."""
    clock = SetClock(TAKEN_US, TAKEN_US, TAKEN_US, learnt_us)
    with secure(TIMED, clock=clock, steps=CHECKED) as (conn, _, ear):
        assert (Outcome.OK, -1) == outcome_of(conn, b"x")
        assert [] == ear.all(Closing)


class Kernel(SecureConnection):
    """A connection whose kernel answers as the test says: how much it takes, or how it fails."""

    answers: tuple[int | BaseException, ...] = ()

    def _write(self, pieces: list[bytes | memoryview]) -> int:
        answer, *rest = self.answers or (BlockingIOError(),)
        self.answers = tuple(rest)
        if isinstance(answer, BaseException):
            raise answer
        return min(answer, sum(len(piece) for piece in pieces))


REFUSED = OSError(errno.ENOBUFS, "no buffers")


@pytest.mark.parametrize(
    ("answers", "expected", "written_bytes", "closes"),
    [
        ((1 << 20,), Outcome.OK, -1, False),
        ((*[1] * 500,), Outcome.OK, -1, False),
        ((BlockingIOError(), InterruptedError(), 1 << 20), Outcome.OK, -1, False),
        # The one record is sealed: nothing of it has left, but the frame is torn.
        ((REFUSED,), Outcome.ERROR, PREFIX_BYTES + 7, True),
        ((0,), Outcome.CLOSED, PREFIX_BYTES + 7, True),
        ((1, REFUSED), Outcome.ERROR, PREFIX_BYTES + 7, True),
        ((BrokenPipeError(),), Outcome.CLOSED, PREFIX_BYTES + 7, True),
        ((1, 1, ConnectionResetError()), Outcome.CLOSED, PREFIX_BYTES + 7, True),
        ((OSError(errno.ETIMEDOUT, "x"),), Outcome.TIMEOUT, PREFIX_BYTES + 7, True),
    ],
)
def test_a_failure_after_sealing_tears_the_frame(
    answers: tuple[int | BaseException, ...], expected: Outcome, written_bytes: int, closes: bool
) -> None:
    """OK needs the last byte of the last record; any failure after sealing closes."""
    with secure(PATIENT, Kernel, steps=CHECKED) as (conn, _, ear):
        conn.answers = answers  # type: ignore[attr-defined]
        assert (expected, written_bytes) == outcome_of(conn, b"12345678")
        assert closes == conn.is_closing
        cause = Cause.SEND_TIMEOUT if expected is Outcome.TIMEOUT else Cause.TORN_FRAME
        assert ([cause.value] if closes else []) == [event.cause for event in ear.all(Closing)]


@pytest.mark.parametrize(
    ("error", "expected"), [(REFUSED, Outcome.ERROR), (BrokenPipeError(), Outcome.CLOSED)]
)
def test_a_failure_before_sealing_leaves_the_connection_open(
    error: OSError, expected: Outcome
) -> None:
    """While an answer of the layer waits to leave, nothing of the frame is sealed."""
    with secure(PATIENT, Kernel, steps=CHECKED) as (conn, _, _ear):
        conn._leaving = memoryview(b"an answer")
        conn.answers = (2, BlockingIOError(), error)  # type: ignore[attr-defined]
        outcome, written_bytes = outcome_of(conn, b"12345678")
        assert (expected, 0) == (outcome, written_bytes)
        assert not conn.is_closing
        assert b" answer" == bytes(conn._leaving)


def test_a_session_that_cannot_seal_tears_the_frame() -> None:
    """Nobody knows what a failed encryption left behind: no frame may follow it."""
    with secure(PATIENT) as (conn, _, _ear):
        conn._session.say_goodbye()
        outcome, written_bytes = outcome_of(conn, b"12345678")
        assert (Outcome.ERROR, 1) == (outcome, written_bytes)
        assert conn.is_closing


def test_sending_works_above_the_descriptors_that_select_knows() -> None:
    """A frame that has to wait for its peer arrives on a descriptor above 1024."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 1200:
        pytest.skip("the system allows too few descriptors")
    ours, session, peer = secure_pair()
    high = raised(ours, 1030)
    assert high.fileno() >= 1030
    with guarded((high, peer.sock), PATIENT, SecureConnection, session=session) as (conn, _, ear):
        sending = Sending(conn, LARGE)
        assert eventually(lambda: ear.all(Written))
        (frame,), _ = frames_of(peer.read(PREFIX_BYTES + len(LARGE)))
        assert LARGE == frame.payload
        assert sending.result() is Outcome.OK


def test_many_small_frames_need_no_wait() -> None:
    """A thousand frames that fit the buffers leave with one write each and arrive in order."""
    with secure(PATIENT, buffer_bytes=ROOM_BYTES) as (conn, peer, ear):
        for number in range(1000):
            assert conn.send(number.to_bytes(4, "big"), send_id=number) is Outcome.OK
        frames, _ = frames_of(peer.read(1000 * (PREFIX_BYTES + 4)))
        assert list(range(1000)) == [int.from_bytes(f.payload, "big") for f in frames]
        assert 1000 == len(ear.all(Written))
