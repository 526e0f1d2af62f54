"""What a missing feature leaves out, what did not occur, and what is said of either."""

from collections.abc import Sequence

import pytest

from stallproof.judge.report import Judgement
from stallproof.wire import events as ev
from stallproof.wire.event import Outcome
from tests.judge import closing, sending, suspended, talking
from tests.judge.story import BIG_BYTES, MS, T0_US, Story
from tests.judge.verdicts import report_of, verdicts_of


def lacking(name: str, feature: str, *only: str, **situations: str) -> Story:
    """Return a play that was left out for lack of `feature`, or for the requirements `only`."""
    aims = {key.replace("_", "-"): names.split() for key, names in situations.items()}
    story = Story(name, requirements=list(aims))
    story.situations = aims
    one = ev.Unsupported(at_us=T0_US, feature=feature)
    if only:
        one = ev.Unsupported(at_us=T0_US, feature=feature, requirements=list(only))
    return story.add(one)


def aimed(story: Story, **situations: str) -> Story:
    """Return `story` as one that was to bring `situations` about."""
    story.situations = {key.replace("_", "-"): names.split() for key, names in situations.items()}
    story.requirements = list(story.situations)
    return story


def ended(outcome: Outcome, after_us: int, name: str = "never-reads-unix") -> Story:
    """Return a play in which the one send ended too soon for its situation."""
    story = Story(name).ask("send", 0, 0, conn="a", send=1, size_bytes=BIG_BYTES)
    story.add(ev.SendStarted(at_us=T0_US, heard_us=T0_US, conn="a", send=1))
    at_us = T0_US + after_us
    story.add(
        ev.SendEnded(at_us=at_us, heard_us=at_us, conn="a", send=1, outcome=outcome, detail="no")
    )
    return aimed(story, SD_1="trickle")


def texts(judgement: Judgement) -> str:
    return " ".join(one.explanation for one in judgement.findings)


def test_a_situation_that_did_not_occur_is_never_laid_to_a_missing_feature() -> None:
    """It was played on a Unix socket, and came to nothing: that lacks no TLS."""
    judged = verdicts_of(ended("error", 12 * MS), lacking("t", "tls", SD_1="trickle"))["SD-1"]
    assert "not-exercised" == judged.verdict
    assert "lacks" not in texts(judged)
    assert "in never-reads-unix the send ended with error after 12 ms (no)" in texts(judged)


@pytest.mark.parametrize(("after_us", "said"), [(12_499, "12 ms"), (12_501, "13 ms")])
def test_what_happened_instead_is_told_in_whole_milliseconds(after_us: int, said: str) -> None:
    """A reader wants the size of it, not microseconds."""
    assert f"after {said}" in texts(verdicts_of(ended("error", after_us))["SD-1"])


@pytest.mark.parametrize(("outcome", "times"), [("error", 1), ("ok", 0)])
def test_an_error_that_nobody_translated_comes_with_a_hint(outcome: Outcome, times: int) -> None:
    """A library with a time-out of its own looks like one that never times out."""
    assert times == texts(verdicts_of(ended(outcome, 12 * MS))["SD-1"]).count("in your own words")


def test_equal_tales_are_told_once_with_their_number() -> None:
    """Three repetitions that came to the same are one tale."""
    told = texts(verdicts_of(*(ended("error", n * MS) for n in (11, 12, 13)))["SD-1"])
    assert "in never-reads-unix (3 times) the send ended with error after 11 ms" in told
    assert 1 == told.count("ended with")


def test_a_broken_harness_is_told_where_a_situation_was_to_come_about() -> None:
    """Who reads of the gap learns why there is one."""
    story = aimed(Story("trickles-unix"), SD_1="trickle")
    story.add(ev.HarnessFailed(at_us=T0_US, what="died", detail="exited with status 7"))
    told = texts(verdicts_of(story)["SD-1"])
    assert told.endswith("What happened instead: in trickles-unix the harness broke (died).")
    assert "exited with status 7" not in told, "its one cause is told once, under what broke"


@pytest.mark.parametrize("begins", [True, False])
@pytest.mark.parametrize("reports", [True, False])
def test_a_harness_that_never_reported_a_shutdown_is_told_so(begins: bool, reports: bool) -> None:
    """What it did not say cannot be witnessed, and its owner has to learn what to add."""
    story = ended("suppressed", 12 * MS).ask("close", 0, 0, conn="a")
    if begins:
        story.add(ev.Closing(at_us=T0_US, heard_us=T0_US, conn="a"))
    if reports:
        story.add(ev.Closed(at_us=T0_US, heard_us=T0_US, conn="a"))
    told = texts(verdicts_of(story)["SD-1"])
    assert begins == ("began to close a (no cause given)" in told)
    assert reports == ("and the harness never reported `closed`" not in told)


def test_a_requirement_alone_may_lack_what_its_play_does_not_need() -> None:
    """Without sequence numbers frames that do not mix are judged; their numbers are not."""
    story = aimed(closing.contended(), SD_14="contended", CX_1="contended")
    story.add(ev.Unsupported(at_us=T0_US, feature="sequence", requirements=["SD-14"]))
    for one in story.told:
        assert not isinstance(one, ev.PeerFrame) or one.intact
    judged = verdicts_of(story, talking.beats_midway())
    assert "pass" == judged["CX-1"].verdict


def test_what_one_requirement_lacks_is_lacked_by_it_alone() -> None:
    """The play was made: CX-1 did not come about in it, and SD-14 was left out."""
    story = aimed(Story("many-senders"), SD_14="contended", CX_1="contended")
    story.add(ev.Unsupported(at_us=T0_US, feature="sequence", requirements=["SD-14"]))
    judged = verdicts_of(story)
    assert "unsupported" == judged["SD-14"].standings["contended"]
    assert "not-exercised" == judged["CX-1"].standings["contended"]


@pytest.mark.parametrize(
    ("stories", "verdict", "open_parts"),
    [
        # The worst counts, and none of the others is lost with it.
        ((lacking("t", "tls", SD_9="small-tls partial-writes-tls"),), "not-exercised",
         {"not-exercised", "unsupported"}),
    ],
)  # fmt: skip
def test_each_part_that_is_open_counts_by_itself(
    stories: Sequence[Story], verdict: str, open_parts: set[str]
) -> None:
    """A verdict in one word hides nothing of what else is open."""
    judged = verdicts_of(aimed(closing.delivered(), SD_9="small partial-writes"), *stories)["SD-9"]
    assert verdict == judged.verdict
    assert open_parts == judged.lacks


def test_what_nobody_wants_is_left_out_and_the_rest_passes() -> None:
    """Without TLS the situations of the other transports are all that there is to pass."""
    out = lacking("t", "tls", SD_3="never-reads-tls-cold never-reads-tls-warm trickles-tls")
    plays = [aimed(sending.stalled(how), SD_3=how) for how in sending.SD3 if "tls" not in how]
    plays.append(aimed(suspended.slept_over(), SD_3="suspended-when-due"))
    plays.append(aimed(suspended.slept_before(), SD_3="suspended-before-due"))
    for without, verdict in (([], "unsupported"), (["tls"], "pass"), (["tcp"], "unsupported")):
        judged = verdicts_of(out, *plays, without=without)["SD-3"]
        assert verdict == judged.verdict, without
    assert {"unix": "pass", "tcp": "pass", "tls": "left-out"} == verdicts_of(
        out, *plays, without=["tls"]
    )["SD-3"].transports


def test_nothing_that_is_left_out_makes_a_pass() -> None:
    """Where all of it was left out nothing passed, whatever nobody wants."""
    out = lacking("t", "tls", SD_16="cut-in-frame cut-between-frames ended-in-peace")
    report = report_of(out, selected=["SD-16"], without=["tls"])
    judged = next(one for one in report.requirements if one.id == "SD-16")
    assert judged.is_left_out
    assert ("incomplete", "unsupported") == (report.verdict, judged.verdict)


def test_what_was_kept_in_passing_passes_on_no_transport() -> None:
    """SD-4's only situation on a Unix socket did not occur, though a queued TIMEOUT was right."""
    story = sending.queued(outcome="timeout", ended_us=1000 * MS)
    judged = verdicts_of(aimed(story, SD_4="queued"))["SD-4"]
    assert 0 == judged.situations["queued"]
    assert {"unix": "not-exercised"} == judged.transports
