"""What a script meets while it is made up is what the law makes of its steps."""

import pytest

from stallproof.generate.builder import Builder
from stallproof.requirements.knobs import MICROSECONDS, SEND

EXPIRES_US = MICROSECONDS


def blocked() -> Builder:
    """Return a script in which the send on `a` waits for room until its timeout of a second."""
    builder = Builder({SEND: 1}, ["virtual_time"])
    builder.ask(0, "open", conn="a", transport="virtual", room_bytes=0)
    builder.ask(0, "send", conn="a", send=1, size_bytes=9)
    return builder


@pytest.mark.parametrize("at_us", [EXPIRES_US - 1, EXPIRES_US, EXPIRES_US + 1])
def test_asking_whether_a_moment_is_quiet_changes_nothing(at_us: int) -> None:
    """The end of the send itself is no noise; it stays due, and comes."""
    builder = blocked()
    connection = builder.case.connections["a"]
    for _ in range(2):
        assert builder.is_quiet_until(at_us, connection)
        assert EXPIRES_US == builder.case.next_due_us()
    builder.until(EXPIRES_US)
    assert connection.flight is None


def test_the_end_of_another_send_is_noise() -> None:
    """From its very moment on."""
    builder = blocked()
    builder.ask(5, "open", conn="b", transport="virtual", room_bytes=0)
    builder.ask(5, "send", conn="b", send=2, size_bytes=9)
    connection = builder.case.connections["a"]
    quiet = [builder.is_quiet_until(EXPIRES_US + after, connection) for after in (4, 5, 6)]
    assert [True, False, False] == quiet
