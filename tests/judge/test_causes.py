"""A stream does not end for a send that failed without a cause."""

import pytest

from tests.judge.story import MS
from tests.judge.stream_story import ASKED_US, TIMEOUT_US, StreamStory
from tests.judge.verdicts import failing, verdicts_of


def failed_stream(after_us: int = 10 * MS) -> StreamStory:
    """A stream of two chunks fails `after_us` after it was asked for."""
    story = StreamStory("failed-stream").open("a").stream(chunks=2)
    story.chunks(0, 0, ASKED_US)
    return story.over(ASKED_US + after_us, "send_failed")


def test_a_stream_for_which_nothing_failed_breaks_sd_7() -> None:
    """Its send failed, it says, and nothing can have made it fail."""
    found = verdicts_of(failed_stream())["SD-7"].findings[0].explanation
    assert {"SD-7"} == failing(failed_stream())
    assert found.startswith("The stream 1 on connection a ended with send_failed 10.0 ms after")


@pytest.mark.parametrize(("after_us", "fails"), [(TIMEOUT_US - 1, True), (TIMEOUT_US, False)])
def test_a_stream_for_which_something_was_due_accuses_nobody(after_us: int, fails: bool) -> None:
    """It may have the wrong outcome then, and that is another requirement's."""
    assert fails is ("SD-7" in failing(failed_stream(after_us)))


def test_a_stream_whose_connection_ends_or_which_is_stopped_has_a_cause() -> None:
    """The peer refused, somebody closed or cancelled, or an ACK said that it is over."""
    at_us = ASKED_US + 5 * MS
    assert "SD-7" not in failing(failed_stream().action("a", at_us, "shut_read"))
    assert "SD-7" not in failing(failed_stream().close("a", at_us))
    assert "SD-7" not in failing(failed_stream().cancel(at_us))
    assert "SD-7" not in failing(failed_stream().ack(0, at_us, error="no"))
