"""What a connection and a monitor refuse, and that one bad connection leaves the others watched."""

import socket
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from stallproof.drivers.arguments import require_policy
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.monitor import Monitor
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US, Policy
from stallproof.wire.implementation import Checked, Noted
from tests.drivers.peers import Ear


@pytest.fixture
def link() -> Iterator[socket.socket]:
    """Return one side of a connection, which nothing takes over."""
    mine, peer = socket.socketpair()
    yield mine
    mine.close()
    peer.close()


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("send_timeout_us", 1, TIMEOUT_MAX_US),
        ("ack_check_interval_us", CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US),
        ("window_bytes", 1, None),
    ],
)
def test_a_limit_is_taken_within_its_range_only(field: str, least: int, most: int | None) -> None:
    """At the edges it is taken, one beyond it is refused by its name."""
    wanted: dict[str, Any]
    for value in (least, *([] if most is None else [most])):
        wanted = {field: value}
        require_policy(Policy(**wanted))
    for value in (least - 1, *([] if most is None else [most + 1])):
        wanted = {field: value}
        with pytest.raises(ValueError, match=f"{field}={value}: give .*whole"):
            require_policy(Policy(**wanted))


@pytest.mark.parametrize("field", [one.name for one in fields(Policy)])
@pytest.mark.parametrize("value", [0.5, "1", None])
def test_a_limit_is_a_whole_number(field: str, value: object) -> None:
    """A fraction or a text would be found out by a thread that nobody hears."""
    wanted: dict[str, Any] = {field: value}
    with pytest.raises(TypeError, match=f"{field}="):
        require_policy(Policy(**wanted))


def test_a_flag_is_no_number_and_a_number_no_flag() -> None:
    """True is not one microsecond."""
    with pytest.raises(TypeError, match="send_timeout_us=True"):
        require_policy(Policy(send_timeout_us=True))
    with pytest.raises(TypeError, match="close_stalled=1: give True or False"):
        require_policy(Policy(close_stalled=1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((None, "a"), "takes a Policy"),
        ((Policy(send_timeout_us=0), "a"), "send_timeout_us=0"),
        ((Policy(), 3), "is a text, not 3"),
    ],
)
def test_a_connection_is_not_begun_with_what_it_cannot_live_by(
    link: socket.socket, arguments: tuple[Any, Any], words: str
) -> None:
    """The socket stays with whoever gave it."""
    with pytest.raises((TypeError, ValueError), match=words):
        GuardedConnection(link, *arguments)
    assert link.fileno() >= 0


def test_a_connection_takes_a_stream_socket() -> None:
    """A text is none, and neither is a socket of datagrams."""
    with pytest.raises(TypeError, match="connected socket or a transport, not 'x'"):
        GuardedConnection("x", Policy(), "a")  # type: ignore[arg-type]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        pytest.raises(ValueError, match="takes a stream socket"),
    ):
        GuardedConnection(datagrams, Policy(), "a")


class Wrapped:
    """A front of a connection, as the one for coroutines is."""

    inner = None


@pytest.mark.parametrize(
    ("wrong", "words"), [(3, "3 has no name"), (Wrapped(), "give its `inner`")]
)
def test_a_monitor_refuses_what_it_cannot_watch(wrong: Any, words: str) -> None:
    """At the call, where somebody hears of it."""
    with pytest.raises(TypeError, match=words):
        Monitor().add(wrong)


class Nameless:
    """A connection that breaks at every look, its name included."""

    policy = Policy()

    def __getattr__(self, name: str) -> Any:
        if self.breaks:
            raise AttributeError(name)
        return None

    breaks = False


def test_a_connection_that_breaks_leaves_the_others_watched(link: socket.socket) -> None:
    """Its failure is noted, and the pass goes on."""
    heard = Ear()
    monitor = Monitor(heard)
    bad: Any = Nameless()
    conn = GuardedConnection(link, Policy(), "good")
    monitor.add(bad)
    monitor.add(conn)
    bad.breaks = True
    monitor.run_pass()
    conn.close()
    conn.wait_finished(5)
    assert ["good"] == [one.conn for one in heard.all(Checked)]
    texts = [one.text for one in heard.all(Noted)]
    assert ["a check failed: AttributeError: is_finished"] == texts
