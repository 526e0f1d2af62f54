"""A harness that breaks is ended by the oracle, and what follows from that is not its doing.

Its death is found out a little later than it happens: what comes within the grace before that
counts neither way.
"""

import pytest

from stallproof.wire import events as ev
from tests.judge.story import BIG_BYTES, GRACE_US, MS, NOISE_US, T0_US, S, Story
from tests.judge.verdicts import failing

BROKE_US = 2 * S
AROUND = (-1, 0, 1)


def breaks(story: Story, at_us: int = BROKE_US) -> Story:
    """Have the harness break at `at_us`; nobody looks before the end."""
    why = "The harness spoke of the connection 'a9', which was not opened."
    return story.add(ev.HarnessFailed(at_us=T0_US + at_us, what="protocol", detail=why))


def sent() -> Story:
    """Return a run with a small send that arrived."""
    return Story("outlives").open("a").send("a", 1, MS, ended_us=2 * MS).frame("a", 1, 2 * MS)


@pytest.mark.parametrize("off_us", AROUND)
@pytest.mark.parametrize("seen", ["end", "hangup", "probe"])
def test_an_end_that_the_oracle_made_is_no_close(seen: str, off_us: int) -> None:
    """What the peer saw before has happened before, and is the implementation's."""
    story, at_us = sent(), BROKE_US - GRACE_US + off_us
    if seen == "probe":
        story.probe("a", at_us, is_open=False)
    else:
        getattr(story, seen)("a", at_us)
    expected = {"SD-9"} if off_us < 0 else set()
    assert expected == failing(breaks(story)) & {"SD-9"}


def test_the_same_end_without_a_break_is_a_close() -> None:
    """Nothing else than the break excuses it."""
    assert "SD-9" in failing(sent().end("a", BROKE_US))


def test_what_was_lost_with_the_harness_was_not_lost_by_it() -> None:
    """A frame of an OK send that the end tore off is nobody's untruth."""
    story = sent().send("a", 2, 3 * MS, size_bytes=100_000, ended_us=BROKE_US - 2 * MS)
    story.end("a", BROKE_US + MS, torn=2, left_bytes=100, how="reset")
    assert set() == failing(breaks(story))


@pytest.mark.parametrize("off_us", AROUND)
def test_a_send_that_broke_off_with_the_harness_did_not_outlive_its_deadline(off_us: int) -> None:
    """A send that had not ended is late by what was watched of it, and not a microsecond more."""
    story = Story("stalls", send_timeout_us=500 * MS).open("a").mode("a", 0, "stop")
    story.send("a", 1, MS, size_bytes=BIG_BYTES).lock("a", 1, MS).send("a", 2, 2 * MS)
    bound_us = MS + 500 * MS + GRACE_US + NOISE_US
    expected = {"SD-3"} if off_us > 0 else set()
    assert expected == failing(breaks(story, bound_us + GRACE_US + off_us)) & {"SD-3"}
