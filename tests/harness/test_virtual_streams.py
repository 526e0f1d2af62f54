"""Streams in virtual time: window, progress timeout, ACK wait and pauses, each exactly."""

from typing import Any

import pytest

from tests.harness.playing import Play

KNOBS = {
    "streaming_window_size": 20, "streaming_chunk_size": 10,
    "streaming_ack_progress_timeout": 1, "streaming_ack_wait": 5,
    "streaming_ack_progress_check_interval": 10.0,
}  # fmt: skip
TP, TW = 1_000_000, 5_000_000
"""The progress timeout and the ACK wait of these knobs."""


def begun(total: int = 100, **fields: Any) -> Play:
    """Return a case with one stream; chunks begin at 0 up to the window and one chunk more."""
    return Play(**KNOBS).open().do("stream", conn="a", stream=1, total_bytes=total, **fields)


def ack(play: Play, offset: object, at: int, **fields: Any) -> Play:
    """Hand over an ACK."""
    return play.do("ack", at, conn="a", stream=1, offset=offset, **fields)


def test_a_chunk_begins_while_no_more_than_the_window_is_outstanding() -> None:
    """Exactly the window outstanding lets one more begin, and then the sender waits."""
    play = begun()
    assert play.told("chunk_begun", "offset") == [(0, 10), (0, 20), (0, 30)]
    assert play.told("chunk_ready", "chunk_bytes") == [(0, 10)] * 4


@pytest.mark.parametrize(("offset", "chunks"), [(9, 3), (10, 4), (11, 4), (20, 5)])
def test_an_ack_opens_the_window_at_that_instant(offset: int, chunks: int) -> None:
    """A byte more than the window outstanding keeps it shut; exactly the window opens it."""
    assert len(ack(begun(), offset, 7).told("chunk_begun")) == chunks


@pytest.mark.parametrize(("at", "ended"), [(TP - 1, []), (TP, [(TP, "no_progress")])])
def test_no_progress_is_found_when_it_is_due(at: int, ended: list[tuple[int, str]]) -> None:
    """The wait fails at the progress timeout, however long the check interval."""
    play = begun().until(at)
    assert play.told("stream_ended", "outcome") == ended
    assert play.told("notice_sent", "stream") == [(at, 1) for at, _ in ended]


@pytest.mark.parametrize(("at", "due"), [(TP - 1, 2 * TP - 1), (TP, TP)])
def test_progress_moves_the_clock_until_it_is_due(at: int, due: int) -> None:
    """Progress a microsecond before it is due counts; at that instant the failure comes first."""
    assert ack(begun(), 1, at).until(9 * TP).told("stream_ended") == [(due,)]


@pytest.mark.parametrize(
    ("offset", "accepted"),
    [(5, True), (4, True), (-1, False), (31, False), (True, False), ("6", False), (None, False)],
)
def test_what_is_no_progress_moves_nothing(offset: object, accepted: bool) -> None:
    """A repeat, an older one and what cannot be true leave the clock alone."""
    play = ack(ack(begun(), 5, 500), offset, 900).until(9 * TP)
    assert play.told("stream_ended") == [(500 + TP,)]
    assert play.told("ack_received", "accepted")[1:] == [(900, accepted)]


def test_an_ack_from_another_origin_changes_nothing() -> None:
    """Neither its offset nor its error counts."""
    play = ack(ack(begun(), 10, 7, origin="else"), 10, 8, origin="else", error="no").until(TP)
    assert play.told("stream_ended", "outcome") == [(TP, "no_progress")]
    assert play.told("ack_received", "accepted") == [(7, False), (8, False)]


@pytest.mark.parametrize(("at", "ended"), [(TW - 1, []), (TW, [(TW, "ack_wait")])])
def test_a_wait_is_bounded_as_a_whole(at: int, ended: list[tuple[int, str]]) -> None:
    """Progress that never ends the wait fails at the ACK wait."""
    play = begun()
    for number in range(1, 10):
        ack(play, number, number * 500_000)
    assert play.until(at).told("stream_ended", "outcome") == ended


def test_the_pause_of_a_source_is_no_stall() -> None:
    """Before a wait nothing fails, and the wait has the whole progress timeout."""
    play = begun(40, start_after_us=3 * TP, chunk_ready_us=[5, 10, 0, 20 * TP]).until(99 * TP)
    assert play.told("stream_made") == [(0,)]
    assert play.told("chunk_begun", "offset") == [
        (3 * TP + 5, 10), (3 * TP + 15, 20), (3 * TP + 15, 30),
    ]  # fmt: skip

    assert play.told("stream_ended", "outcome") == [(24 * TP + 15, "no_progress")]


def test_a_stream_is_done_with_its_last_chunk() -> None:
    """The last chunk is the rest, and its ACK is not awaited."""
    play = begun(25)
    assert play.told("chunk_begun", "offset") == [(0, 10), (0, 20), (0, 25)]
    assert play.told("stream_ended", "outcome") == [(0, "done")]
    assert ack(play, 25, 5).do("cancel", 6, conn="a", stream=1).until(9 * TW).told(
        "stream_ended", "outcome"
    ) == [(0, "done")]


def test_an_error_ack_stops_at_once_and_is_not_answered() -> None:
    """The receiver that reported the error is told nothing."""
    play = ack(begun(), 3, 7, error="disk full").until(9 * TW)
    assert play.told("stream_ended", "outcome") == [(7, "ack_error")]
    assert play.events("notice_sent") == []


@pytest.mark.parametrize("at", [0, 7])
def test_a_cancel_ends_a_wait_or_a_pause_at_once(at: int) -> None:
    """No chunk begins after it, whatever the source had still to hand over."""
    play = begun(100, chunk_ready_us=[0, 0, 50]).do("cancel", at, conn="a", stream=1).until(9 * TW)
    assert play.told("stream_ended", "outcome") == [(at, "cancelled")]
    assert play.told("chunk_begun", "offset") == [(0, 10), (0, 20)]


def test_a_connection_that_does_not_take_a_chunk_ends_its_stream() -> None:
    """The failure is the stream's, and nobody is told."""
    play = Play(**KNOBS).open().do("fail", conn="a", cause="EIO")
    play.do("stream", conn="a", stream=1, total_bytes=9, chunk_ready_us=[5]).until(9 * TW)
    assert play.told("stream_ended", "outcome") == [(5, "send_failed")]
    assert play.events("notice_sent") == []


def test_a_long_stream_grows_no_stack() -> None:
    """Thousands of chunks leave at one instant."""
    play = Play(**{**KNOBS, "streaming_window_size": 10**6}).open()
    play.do("stream", conn="a", stream=1, total_bytes=50_000)
    assert len(play.told("chunk_begun")) == 5000
    assert play.told("stream_ended", "outcome") == [(0, "done")]
