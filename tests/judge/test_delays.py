"""No delay on the way makes a right implementation fail, or a wrong one pass.

The stories tell when things really happened. What the judge gets to see of them is made here, from
the law (`spec/README.md`, "Time") and not from the judge: requests reach the implementation late,
threads wait before they act and before they date what they did, words queue in the channel, the
peer looks late. Waits for a processor are measured, as the kernel does; the channel's are not.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stallproof.wire import events as ev
from stallproof.wire.event import ImplementationEvent
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import NOTHING
from tests.judge import (
    beating,
    clocks,
    closing,
    giving_up,
    monitored,
    sending,
    stopping,
    streaming,
    windows,
)
from tests.judge.case import Bound, Case
from tests.judge.cases import CASES
from tests.judge.story import GRACE_US, MS, NOISE_US, T0_US, Story
from tests.judge.verdicts import failing_of, weighed_events

UPPER = (
    *sending.UPPER, *closing.UPPER, *giving_up.UPPER, *monitored.UPPER, *beating.UPPER,
    *windows.UPPER,
    *streaming.UPPER, *stopping.UPPER, *clocks.UPPER, *clocks.STREAM_UPPER,
)  # fmt: skip
KEPT = tuple(case for case in CASES if case.kept().told)
EARLY = (*streaming.EARLY, *stopping.EARLY)
BEGIN = (ev.SendStarted, ev.StreamMade, ev.ChunkReady)
"""What is dated before the thing itself; everything else is dated after it."""
SEEN = (ev.PeerSawHangup, ev.PeerSawEnd, ev.PeerFrame, ev.PeerAccepted)
"""What the peer may see later than it happened; what it does, it does when it says so."""
SETTLES_US = 2_000_000
"""How long the oracle listens after the end."""


@dataclass(frozen=True)
class Delays:
    """Microseconds: in the pipes, which nobody measures, and in the processes, which is measured.

    `words`: of one word after the other, again from the beginning when they are used up.
    """

    requests_us: int = 0
    words_us: tuple[int, ...] = (0,)
    begins_us: int = 0
    dates_us: int = 0
    peer_us: int = 0

    @property
    def measured_us(self) -> int:
        """What the kernel counted: no less than what one thing after another waited."""
        return self.begins_us + self.dates_us + self.peer_us


NONE = Delays()
PIPES = st.sampled_from((0, 1, MS, GRACE_US, GRACE_US + 1, GRACE_US + NOISE_US + 1, 700 * MS))
WAITS = st.sampled_from((0, 1, MS, GRACE_US // 2, GRACE_US + 1, 3 * GRACE_US))
delays = st.builds(
    Delays, st.sampled_from((0, 1, MS, GRACE_US + NOISE_US + 1)),
    st.lists(PIPES, min_size=1, max_size=4).map(tuple), WAITS, WAITS, WAITS,
)  # fmt: skip
bounds = st.sampled_from(UPPER)


def observed(story: Story, late: Delays) -> list[AnyEvent]:
    """Return what the judge is told of `story` where everything is as `late` as that."""
    *told, end = story.events()
    assert isinstance(end, ev.ScenarioEnded)
    end = msgspec.structs.replace(end, delayed_us=late.measured_us)
    last = ev.Requested(at_us=end.at_us, id=10**9, op=NOTHING)
    answers = {e.id: e for e in told if isinstance(e, ev.Answered)}
    asked = [e for e in told if isinstance(e, ev.Requested)]
    # Each request is followed by one for nothing: answered when it is read, whatever came before.
    looks = [
        (
            msgspec.structs.replace(_numbered(one), id=10 * one.id + 1, op=NOTHING),
            one.at_us,
        )
        for one in asked
        if one.op in ("close", "check", "ack", "cancel")
    ]
    words: list[tuple[int, AnyEvent]] = [
        (e.at_us + _behind(e, late), msgspec.structs.replace(e, id=10 * e.id))
        for e in answers.values()
    ]
    words += [
        (at_us, ev.Answered(at_us=at_us, id=look.id, op=NOTHING, error="unsupported"))
        for look, at_us in [*looks, (last, last.at_us)]
    ]
    words += [(e.at_us, _dated(e, late)) for e in told if isinstance(e, ImplementationEvent)]
    requests = [*map(_numbered, asked), *(look for look, _ in looks), last]
    early = [msgspec.structs.replace(e, at_us=e.at_us - late.requests_us) for e in requests]
    seen = [_seen(e, late) for e in told if not isinstance(e, ev.Requested | ev.Answered)]
    rest = [e for e in seen if not isinstance(e, ImplementationEvent)]
    return [rest[0], *early, *rest[1:], *_heard(words, late, end.at_us + SETTLES_US), end]


def _behind(answer: ev.Answered, late: Delays) -> int:
    """Return by how much more an answer is late: a pass is answered when it is over."""
    return late.dates_us if answer.op == "check" else 0


def _numbered(asked: ev.Requested) -> ev.Requested:
    return msgspec.structs.replace(asked, id=10 * asked.id)


def _dated(event: ImplementationEvent, late: Delays) -> ImplementationEvent:
    """Return the event with its honest date: the thread may have waited around the thing."""
    by_us = -late.begins_us if isinstance(event, BEGIN) else late.dates_us
    return msgspec.structs.replace(event, at_us=event.at_us + by_us)


def _seen(event: AnyEvent, late: Delays) -> AnyEvent:
    if not isinstance(event, SEEN):
        return event
    return msgspec.structs.replace(event, at_us=event.at_us + late.peer_us)


def _date_of(word: AnyEvent, said_us: int) -> int:
    return word.at_us if isinstance(word, ImplementationEvent) else said_us


def _heard(words: list[tuple[int, AnyEvent]], late: Delays, until_us: int) -> list[AnyEvent]:
    """Return the words as they come out of the channel: in their order, some of them late."""
    heard: list[AnyEvent] = []
    at_us = 0
    spoken = [(max(said_us, _date_of(word, said_us)), word) for said_us, word in words]
    in_order = sorted(spoken, key=lambda word: (word[0], isinstance(word[1], ev.Answered)))
    for (said_us, word), by_us in zip(in_order, itertools.cycle(late.words_us), strict=False):
        at_us = max(at_us, said_us + by_us)
        if at_us > until_us:
            break
        when = "heard_us" if isinstance(word, ImplementationEvent) else "at_us"
        heard.append(msgspec.structs.replace(word, **{when: at_us}))
    return heard


@settings(deadline=None, max_examples=400)
@given(bounds, st.integers(0, GRACE_US), delays)
@example(UPPER[-1], GRACE_US, NONE)
def test_no_delay_makes_a_right_implementation_fail(
    bound: Bound, late_us: int, late: Delays
) -> None:
    """Within the bound and its grace by the true time: nothing fails that did not anyway."""
    story = bound.told(late_us)
    failed = failing_of(observed(story, NONE))
    assert bound.requirement not in failed
    assert failing_of(observed(story, late)) <= failed


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(KEPT), delays)
# A check that is dated later than the next pass was asked for.
@example(next(one for one in KEPT if one.requirement == "SC-3"), Delays(dates_us=3 * GRACE_US))
def test_no_delay_breaks_what_is_kept(case: Case, late: Delays) -> None:
    """Every situation of the law that is judged, kept, and told late: nothing fails."""
    story = case.kept()
    assert failing_of(observed(story, late)) <= failing_of(observed(story, NONE))


@settings(deadline=None, max_examples=400)
@given(bounds, st.integers(1, 20 * MS) | st.sampled_from((1, 2, GRACE_US, 400 * MS)), delays)
def test_no_delay_makes_a_late_implementation_pass(
    bound: Bound, over_us: int, late: Delays
) -> None:
    """Later than bound, grace and all that its threads waited, honestly dated: it never passes."""
    story = bound.told(GRACE_US + late.measured_us + over_us)
    told = weighed_events(observed(story, late), bound.requirement)
    assert "pass" != told.get(bound.situation)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(EARLY), st.integers(1, 50 * MS), delays)
def test_no_delay_of_the_channel_excuses_what_is_early(
    early: tuple[str, Callable[[int], Story]], by_us: int, late: Delays
) -> None:
    """Too early by its own dates fails, however late the words are heard, or leaves no verdict."""
    requirement, told = early
    channel_only = Delays(words_us=late.words_us)
    weighed = weighed_events(observed(told(by_us), channel_only), requirement)
    assert "pass" not in weighed.values() or "fail" in weighed.values()


@pytest.mark.parametrize("bound", UPPER, ids=str)
def test_what_is_late_for_certain_still_fails(bound: Bound) -> None:
    """At the edge of grace and noise it is undecided, a microsecond beyond it fails."""
    most_us = GRACE_US + NOISE_US
    for late_us, expected in ((most_us, "inconclusive"), (most_us + 1, "fail")):
        told = weighed_events(observed(bound.told(late_us), NONE), bound.requirement)
        assert expected == told[bound.situation]


@pytest.mark.parametrize("bound", UPPER, ids=str)
@pytest.mark.parametrize("by_us", [-1, 0, 1])
def test_what_the_kernel_counted_excuses_as_much(bound: Bound, by_us: int) -> None:
    """Waits of twice the noise excuse just so much, and not a microsecond more."""
    events = observed(bound.told(GRACE_US + 2 * NOISE_US + by_us), NONE)
    end = events[-1]
    assert isinstance(end, ev.ScenarioEnded)
    events[-1] = msgspec.structs.replace(end, delayed_us=2 * NOISE_US)
    told = weighed_events(events, bound.requirement)
    assert ("fail" if by_us > 0 else "inconclusive") == told[bound.situation]


@pytest.mark.parametrize(
    ("heard_us", "expected"),
    [
        (GRACE_US - 1, "pass"),
        (GRACE_US, "pass"),
        (GRACE_US + 1, "inconclusive"),
        (GRACE_US + NOISE_US + 1, "inconclusive"),
        (1500 * MS, "inconclusive"),
    ],
)
def test_a_word_that_is_heard_late_neither_fails_nor_passes(heard_us: int, expected: str) -> None:
    """A send that a close freed at once, and of which was heard later and later."""
    story = closing.closed_while_blocked(late_us=0)
    events = [
        msgspec.structs.replace(e, heard_us=e.at_us + heard_us)
        if isinstance(e, ev.SendEnded)
        else e
        for e in story.events()
    ]
    assert expected == weighed_events(events, "CX-2")["closed-while-blocked"]


def test_the_origin_of_the_stories_is_far_from_zero() -> None:
    """Requests are moved back in time here: none may fall before the beginning of the clock."""
    assert T0_US > SETTLES_US
