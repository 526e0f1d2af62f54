"""What is heard of one write of requests: whatever the pieces, each word belongs to one request."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.exchange import Exchange
from stallproof.runner.sut.player import Heard
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyImplementationEvent

FIRST = 7


def word(at_us: int) -> AnyImplementationEvent:
    """Return an event that is told from any other by its time."""
    return ev.Received(at_us=at_us, conn="a")


def plain(number: int) -> bytes:
    """Return the shortest reply to the request with that id."""
    return b'{"id":%d,"ok":true}' % number


LINES = (
    plain(FIRST),
    codec.encode(word(1)),
    codec.encode(word(2)),
    b'{"ok":true,"id":%d,"frames":3}' % (FIRST + 1),
    plain(FIRST + 2),
    codec.encode(word(3)),
    plain(FIRST + 3),
)
HEARD = [
    Heard([], {"id": FIRST, "ok": True}),
    Heard([word(1), word(2)], {"id": FIRST + 1, "ok": True, "frames": 3}),
    Heard([], {"id": FIRST + 2, "ok": True}),
    Heard([word(3)], {"id": FIRST + 3, "ok": True}),
]
OPS = ("open", "received", "open", "received")


@given(st.sets(st.integers(0, len(LINES))))
def test_each_word_belongs_to_the_next_reply_whatever_the_pieces(cuts: set[int]) -> None:
    """A reply takes what was said since the one before it, and no word is heard twice."""
    exchange = Exchange(FIRST, OPS, 1.0)
    for begin, end in pairwise([0, *sorted(cuts), len(LINES)]):
        assert end - begin == exchange.on_lines(LINES[begin:end], 0)
    assert exchange.is_over
    assert HEARD == exchange.heard


def test_what_comes_after_the_last_reply_is_left_for_the_next_exchange() -> None:
    """The piece that ends one play may hold the beginning of another one."""
    exchange, following = Exchange(FIRST, OPS[:2], 1.0), Exchange(FIRST + 2, OPS[2:], 1.0)
    place = exchange.on_lines(LINES, 0)
    assert 4 == place
    assert len(LINES) == following.on_lines(LINES, place)
    assert HEARD == [*exchange.heard, *following.heard]


@pytest.mark.parametrize("number", [FIRST - 1, FIRST + 1])
@pytest.mark.parametrize("more", [b"", b',"frames":3'])
def test_a_reply_to_another_request_than_the_oldest_is_out_of_order(
    number: int, more: bytes
) -> None:
    """Neither one that was answered nor one whose turn has not come."""
    exchange = Exchange(FIRST, OPS, 1.0)
    with pytest.raises(HarnessBroken, match="replied out of order"):
        exchange.on_lines([b'{"id":%d,"ok":true%s}' % (number, more)], 0)
    assert [] == exchange.heard


def test_a_word_when_nothing_is_owed_belongs_to_nobody() -> None:
    """It is the harness's failure, and no event of the play that is over."""
    exchange = Exchange(FIRST, OPS, 1.0)
    exchange.on_lines(LINES, 0)
    with pytest.raises(HarnessBroken, match="when nothing was asked of it"):
        exchange.on_lines(LINES[1:2], 0)
    assert HEARD == exchange.heard
