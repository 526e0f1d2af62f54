"""Harnesses of coroutines: what their hooks return and raise, what they report, and the hint."""

import asyncio
import threading
from typing import Any

import pytest

from stallproof.drivers.give_up import GiveUp
from stallproof.harness.adapter import Told, Unsupported
from stallproof.harness.asynchronous import AsyncHarness
from stallproof.harness.base import OwnedHarness
from stallproof.harness.plain import PlainHarness
from stallproof.wire.event import Event
from stallproof.wire.protocol import FrameLayout, LengthField, MonitorClaim, OpenRequest

OPEN = OpenRequest(id=1, conn="a", transport="unix", path="nowhere")
LAYOUT = FrameLayout(prefix_bytes=4, length=LengthField(at=0, bytes=4, counts_prefix=False))


class Conn:
    """A connection that does what the test says."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.raises: BaseException | None = None
        self.waits = False
        self.left = False

    async def send(self) -> None:
        """Raise, wait for ever, or return."""
        self.began.set()
        if self.raises is not None:
            raise self.raises
        try:
            while self.waits:
                await asyncio.sleep(10)
        finally:
            self.left = True


class Coroutines(AsyncHarness[Conn]):
    """Every hook as a coroutine."""

    name, version, frames = "coroutines", "1", LAYOUT
    punctuality = MonitorClaim(form="a", slack_us=5)
    features = ("unix", "give_up", "checks", "monitor")

    async def connect(self, request: OpenRequest) -> Conn:
        return Conn()

    async def send(self, conn: Conn, payload: bytes | memoryview) -> None:
        await conn.send()

    async def close(self, conn: Conn) -> None:
        self.closing(conn, "local")
        self.closed(conn)
        self.peer_ended(conn, "orderly")

    async def received(self, conn: Conn) -> int:
        return 3

    async def run_pass(self) -> None:
        for link in self._links.values():
            self.checked(link.conn, stall_us=9, count=1)
            self.warned(link.conn, count=1, threshold=3, stall_us=9)

    async def schedule(self, period_us: int | None) -> MonitorClaim:
        return self.punctuality


class Blocking(PlainHarness[Conn]):
    """The same hooks, which block."""

    name, version, frames = "blocking", "1", LAYOUT
    features = ("unix", "checks")

    def connect(self, request: OpenRequest) -> Conn:
        return Conn()

    def send(self, conn: Conn, payload: bytes | memoryview) -> None:
        if conn.raises is not None:
            raise conn.raises

    def close(self, conn: Conn) -> None:
        self.closing(conn, "local")
        self.closed(conn)
        self.peer_ended(conn, "orderly")

    def run_pass(self) -> None:
        for link in self._links.values():
            self.checked(link.conn, stall_us=9, count=1)
            self.warned(link.conn, count=1, threshold=3, stall_us=9)


def opened(kind: type[OwnedHarness[Conn]]) -> tuple[OwnedHarness[Conn], Conn, list[Event]]:
    """Return a harness of `kind` with one connection, and what it reports."""
    said: list[Event] = []
    harness = kind(said.append)
    harness.open(OPEN)
    return harness, harness.link("a").conn, said


def names_of(events: list[Event]) -> list[str]:
    """Return what kinds of events these are."""
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize("kind", [Coroutines, Blocking])
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "ok"),
        (BrokenPipeError(), "closed"),
        (TimeoutError(), "timeout"),
        (ValueError(), "error"),
    ],
)
def test_what_a_send_raised_is_told_by_the_error_table(
    kind: type[OwnedHarness[Conn]], error: Exception | None, outcome: str
) -> None:
    """Coroutines are told like calls that block."""
    harness, conn, _ = opened(kind)
    conn.raises = error
    told = harness.link("a").send(b"frame", 1)
    assert (outcome, error is not None) == (told.outcome, told.raised)


def test_giving_up_cancels_the_task_and_waits_for_its_end() -> None:
    """It is told as given up once the coroutine has left."""
    harness, conn, _ = opened(Coroutines)
    conn.waits = True
    give_up, told = GiveUp(), list[Told]()
    thread = threading.Thread(
        target=lambda: told.append(harness.link("a").send(b"frame", 1, give_up))
    )
    thread.start()
    assert conn.began.wait(20)
    give_up.set()
    thread.join(20)
    assert (["given_up"], True) == ([one.outcome for one in told], conn.left)


def test_a_task_that_nobody_gave_up_was_not_given_up() -> None:
    """A send that cancels itself is an error, and no GIVEN_UP."""
    harness, conn, _ = opened(Coroutines)
    conn.raises = asyncio.CancelledError()
    assert "error" == harness.link("a").send(b"frame", 1, GiveUp()).outcome


@pytest.mark.parametrize("kind", [Coroutines, Blocking])
def test_what_a_subclass_reports_is_an_event_of_its_connection(
    kind: type[OwnedHarness[Conn]],
) -> None:
    """Closing, the peer's end and the monitor's checks are told under the connection's name."""
    harness, _, said = opened(kind)
    harness.check()
    harness.link("a").close()
    expected = ["Opened", "PassBegun", "Checked", "Warned", "PassEnded"]
    assert [*expected, "Closing", "Closed", "PeerEnded"] == names_of(said)
    assert {"a"} == {event.conn for event in said if hasattr(event, "conn")}


def test_a_stranger_cannot_be_reported() -> None:
    """What was not opened here has no name."""
    harness, _, _ = opened(Blocking)
    with pytest.raises(ValueError, match="no connection of this harness"):
        harness.closing(Conn())


def test_what_was_not_declared_is_unsupported_and_says_nothing() -> None:
    """A monitor that nobody declared makes no pass."""
    harness, _, said = opened(Blocking)
    with pytest.raises(Unsupported):
        harness.monitor(1000)
    assert ["Opened"] == names_of(said)


def test_a_monitor_says_what_its_slack_is() -> None:
    """In the hello, and where its schedule is started."""
    harness, _, _ = opened(Coroutines)
    assert MonitorClaim(form="a", slack_us=5) == harness.hello().monitor == harness.monitor(1000)
    assert opened(Blocking)[0].hello().monitor is None


def test_frames_that_came_in_are_counted_where_they_can_be() -> None:
    """The hook is asked, and `unsupported` where there is none."""
    assert 3 == opened(Coroutines)[0].link("a").received()
    with pytest.raises(Unsupported):
        opened(Blocking)[0].link("a").received()


@pytest.mark.parametrize("hook", ["connect", "send", "close"])
def test_a_coroutine_where_a_call_should_block_is_told_with_a_hint(hook: str) -> None:
    """Nobody would run it; the message names the class that does."""

    async def coroutine(self: object, *given: Any) -> None:
        """Do nothing, later."""

    mixed = type("Mixed", (Blocking,), {hook: coroutine})
    harness = mixed(lambda event: None)
    hint = f"`{hook}` returned a coroutine: use AsyncHarness"
    if hook == "connect":
        with pytest.raises(TypeError, match=hint):
            harness.open(OPEN)
        return
    harness.open(OPEN)
    if hook == "send":
        told = harness.link("a").send(b"frame", 1)
        assert ("error", True) == (told.outcome, hint in str(told.detail))
        return
    with pytest.raises(TypeError, match=hint):
        harness.link("a").close()
