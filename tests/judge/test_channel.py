"""What requests for nothing tell of the channel, at each edge; and what nobody looked at."""

import pytest

from stallproof.judge.evidence.channel import Channel
from stallproof.judge.evidence.moment import FOREVER, Lateness, Moment, exactly, latest, worst
from stallproof.wire.events import Answered, Requested
from stallproof.wire.protocol import NOTHING

END_US = 900


def channel(*told: tuple[int, str, int, int | None]) -> tuple[Channel, dict[int, Requested]]:
    """Return the channel of requests: id, operation, asked and answered."""
    requests = {
        number: Requested(at_us=asked_us, id=number, op=op) for number, op, asked_us, _ in told
    }
    answers = {
        number: Answered(at_us=heard_us, id=number, op=op)
        for number, op, _, heard_us in told
        if heard_us is not None
    }
    return Channel(requests.values(), answers), requests


@pytest.mark.parametrize(
    ("close_us", "nothing_us", "by_us"),
    [(None, 140, 140), (139, 140, 139), (140, 140, 140), (141, 140, 140), (None, None, FOREVER)],
)
def test_a_request_was_read_when_it_or_a_later_nothing_was_answered(
    close_us: int | None, nothing_us: int | None, by_us: int
) -> None:
    """Whichever came first; an earlier nothing says nothing of it."""
    told, asked = channel(
        (1, NOTHING, 90, 95), (2, "close", 100, close_us), (3, NOTHING, 101, nothing_us)
    )
    assert Moment(100, by_us) == told.taken(asked[2])


def test_a_later_nothing_that_was_answered_first_bounds_the_earlier_ones() -> None:
    """What was read later had been read after the request, whatever else came out of the pipe."""
    told, asked = channel((1, "close", 100, None), (2, NOTHING, 101, 500), (3, NOTHING, 200, 210))
    assert Moment(100, 210) == told.taken(asked[1])


@pytest.mark.parametrize(("nothing_us", "since_us"), [(299, 250), (300, 250), (301, 100)])
def test_an_answer_was_not_said_before_what_was_heard_first_was_asked(
    nothing_us: int, since_us: int
) -> None:
    """A nothing that was answered at the same time counts as heard first."""
    told, asked = channel((1, "check", 100, 300), (2, NOTHING, 250, nothing_us))
    assert Moment(since_us, 300) == told.answered(asked[1], END_US)


def test_what_was_never_heard_came_after_the_last_look() -> None:
    """Not after the end: a word may have been on its way."""
    told, asked = channel((1, "check", 100, None), (2, NOTHING, 800, 810), (3, NOTHING, 850, None))
    assert Moment(800, FOREVER) == told.unheard(END_US) == told.answered(asked[1], END_US)


def test_where_nobody_looked_a_request_is_read_at_once() -> None:
    """As in a trace of old: the first hello is no look, and the end stands for the last one."""
    told, asked = channel((1, "hello", 50, 60), (2, "close", 100, 700), (3, "check", 200, None))
    assert exactly(100) == told.taken(asked[2])
    assert Moment(END_US, FOREVER) == told.unheard(END_US)
    assert Moment(100, 700) == told.answered(asked[2], END_US)


def test_a_hello_that_is_asked_again_is_a_look() -> None:
    """Who has a clock of its own is asked for it instead of nothing."""
    told, asked = channel((1, "hello", 50, 60), (2, "close", 100, None), (3, "hello", 101, 130))
    assert Moment(100, 130) == told.taken(asked[2])


def test_lateness_takes_the_ends_that_accuse_least_and_praise_least() -> None:
    """The earliest end against the latest beginning, and the other way round."""
    begin, end = Moment(100, 130), Moment(600, 690)
    assert Lateness(600 - 130 - 400, 690 - 100 - 400) == end.after(begin, 400)
    assert Lateness(-30, 0) == exactly(100).after(begin)
    assert Moment(110, 140) == begin.later(10)
    assert Moment(600, 690) == latest(begin, end)
    assert Lateness(5, 9) == worst(Lateness(5, 6), Lateness(1, 9))
    assert Lateness(3, 7) == Lateness(5, 9).less(2)
