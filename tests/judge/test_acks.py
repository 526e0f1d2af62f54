"""How the ACKs of a stream add up."""

import pytest

from stallproof.judge.evidence.acks import Ack, Progress
from stallproof.judge.evidence.request import Request
from stallproof.wire import events as ev


def ack(offset: int, at_us: int) -> Ack:
    """Return progress that may have been made at `at_us`."""
    fields = {"op": "ack", "conn": "a", "stream": 1, "offset": offset}
    asked = ev.requested(fields, at_us=at_us, number=at_us)
    return Ack(Request(asked, None), "perhaps", offset)


@pytest.mark.parametrize(
    ("at_us", "expected"), [(0, 0), (1, 1), (2, 5), (3, 5), (4, 7)], ids=lambda n: str(n)
)
def test_the_most_that_may_be_acknowledged_never_falls(at_us: int, expected: int) -> None:
    """A smaller offset after a greater one takes nothing back, whatever came first."""
    progress = Progress()
    for at, offset in enumerate((1, 5, 3, 7), start=1):
        progress.add(ack(offset, at))
    assert expected == progress.most_by(at_us)
