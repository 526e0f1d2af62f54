"""Where a rule has to speak, and where it must be silent."""

import pytest

from stallproof.wire.event import Transport
from tests.judge import closing, sending, windows
from tests.judge.sending import DEADLINE_US
from tests.judge.story import GRACE_US, MS, NOISE_US, SMALL_BYTES, S
from tests.judge.verdicts import verdicts_of, weighed


@pytest.mark.parametrize("how", ["torn", "whole"])
def test_what_arrives_of_a_queued_send_breaks_sd_13(how: str) -> None:
    """After the TIMEOUT nothing of those who waited is written, neither a part nor a frame."""
    story = sending.queue(torn=how == "torn")
    if how == "whole":
        story.frame("a", 12, 1600 * MS, size_bytes=SMALL_BYTES)
    judged = verdicts_of(story)["SD-13"]
    assert "fail" == judged.verdict
    told = [one.explanation for one in judged.findings if one.tells == "violation"]
    assert ["Send 12 waited behind a send that ended with TIMEOUT"] == [
        text.partition(", and bytes")[0] for text in told
    ]


@pytest.mark.parametrize(("torn", "verdict"), [(False, "not-exercised"), (True, "fail")])
def test_who_waits_alone_for_the_lock_writes_nothing_either(torn: bool, verdict: str) -> None:
    """That it does not exercises nothing: one is no queue."""
    assert verdict == verdicts_of(sending.waits_alone(torn=torn))["SD-13"].verdict


@pytest.mark.parametrize("how", ["full-buffer", "trickles-unix"])
def test_sd_2_says_nothing_of_small_sends_and_of_peers_who_read_a_little(how: str) -> None:
    """There nobody knows what had left when the deadline came."""
    assert {} == weighed(sending.stalled(how), "SD-2")
    assert {"unfinished-at-deadline": "pass"} == weighed(sending.stalled(), "SD-2")


@pytest.mark.parametrize(
    ("over_us", "expected"), [(0, "inconclusive"), (199, "inconclusive"), (200, "fail")]
)
def test_a_late_write_by_its_own_word_fails_from_two_uncertainties_on(
    over_us: int, expected: str
) -> None:
    """Its moment and the deadline are each uncertain by one."""
    story = sending.write_begins_after_deadline(over_us)
    assert expected == weighed(story, "SD-2", clock_uncertainty_us=100)[None]


@pytest.mark.parametrize(
    ("transport", "over_us", "expected"),
    [
        ("unix", -1, None), ("unix", 0, "inconclusive"), ("unix", 200, "inconclusive"),
        ("unix", 201, "fail"), ("tls", 201, None),
    ],
)  # fmt: skip
def test_a_write_behind_the_shutdown_fails_by_its_own_word(
    transport: Transport, over_us: int, expected: str | None
) -> None:
    """Whoever had asked before the closing as well; but what a layer took may never have left."""
    at_us = closing.CLOSED_US + over_us
    story = closing.closed_while_blocked(transport=transport).wrote("a", 1, at_us, at_us)
    assert expected == weighed(story, "SD-12", clock_uncertainty_us=100).get(None)


@pytest.mark.parametrize(("drained_us", "expected"), [(-1, {}), (1, {"close-window": "fail"})])
def test_sc_9_needs_the_stall_up_to_the_upper_end(
    drained_us: int, expected: dict[str, str]
) -> None:
    """A peer who reads inside the window ends the stall, so that no close is due any more."""
    upper_us = windows.WINDOW_US[1]
    story = windows.close_window(upper_us + GRACE_US + NOISE_US + 1)
    story.mode("a", windows.ASKED_US + upper_us + drained_us, "drain")
    assert expected == weighed(story, "SC-9")


def test_the_stories_lie_as_they_are_thought_to() -> None:
    """The numbers that the tests above count from."""
    assert (600 * MS, 1610 * MS) == (DEADLINE_US, windows.WINDOW_US[1])
    assert 2 * S > DEADLINE_US + windows.WINDOW_US[1] - 300 * MS
