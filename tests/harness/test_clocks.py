"""Jumps of the wall clock at random moments: whatever is played, the same is said without them."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.playing import Play

TIMEOUT_US, PROGRESS_US, ACK_WAIT_US = 1_000_000, 1_000_000, 2_000_000
END_US = 6_000_000
MOMENTS = st.integers(1, END_US - 1) | st.sampled_from(
    [TIMEOUT_US - 1, TIMEOUT_US, TIMEOUT_US + 1, ACK_WAIT_US - 1, ACK_WAIT_US, ACK_WAIT_US + 1]
)
FAR_US = 3_600_000_000
JUMPS = st.lists(
    st.tuples(MOMENTS, st.sampled_from([1, -1, FAR_US, -FAR_US]) | st.integers(-FAR_US, FAR_US)),
    min_size=1, max_size=4,
)  # fmt: skip
Asked = tuple[int, str, dict[str, Any]]


def said(play: Play, asked: list[Asked], jumps: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return all that is said of what is asked for, in order of time, with jumps in between."""
    steps = [*asked, *((at_us, "wall_jump", {"by_us": by_us}) for at_us, by_us in jumps)]
    for at_us, op, fields in sorted(steps, key=lambda step: step[0]):
        play.do(op, at_us, **fields)
    return [
        line
        for line in play.until(END_US).lines()
        if "event" in line and line["event"] != "wall_jumped"
    ]


@pytest.mark.requirement("SD-17")
@given(JUMPS, st.lists(st.tuples(MOMENTS, st.integers(1, 60)), max_size=4))
def test_jumps_move_no_end_of_a_send(
    jumps: list[tuple[int, int]], room: list[tuple[int, int]]
) -> None:
    """Of one that is in flight, of one that is queued, and of those behind them."""

    def play() -> Play:
        return Play(streaming_send_timeout=1).open(room=5)

    sends: list[Asked] = [
        (at_us, "send", {"conn": "a", "send": number, "size_bytes": 40})
        for number, at_us in enumerate((1, 300_000, 700_000))
    ]
    accepts: list[Asked] = [
        (at_us, "accept", {"conn": "a", "wrote_bytes": size}) for at_us, size in room
    ]
    found = said(play(), [*sends, *accepts], jumps)
    assert said(play(), [*sends, *accepts], []) == found
    assert 3 == len([line for line in found if line["event"] == "send_ended"])


@pytest.mark.requirement("AP-15")
@given(JUMPS, st.lists(MOMENTS, max_size=4, unique=True))
def test_jumps_move_no_end_of_a_stream(jumps: list[tuple[int, int]], acks: list[int]) -> None:
    """Each ACK is progress by one byte, so that either bound may come first."""

    def play() -> Play:
        return Play(
            streaming_ack_progress_timeout=1, streaming_ack_wait=2, streaming_window_size=20,
            streaming_chunk_size=10, streaming_ack_progress_check_interval=0.3,
        ).open()  # fmt: skip

    made: Asked = (1, "stream", {"conn": "a", "stream": 1, "total_bytes": 60})
    progress: list[Asked] = [
        (at_us, "ack", {"conn": "a", "stream": 1, "offset": offset})
        for offset, at_us in enumerate(sorted(at_us + 1 for at_us in acks), 1)
    ]
    assert all(one[0] < other[0] for one, other in pairwise(progress))
    found = said(play(), [made, *progress], jumps)
    assert said(play(), [made, *progress], []) == found
    assert 1 == len([line for line in found if line["event"] == "stream_ended"])
