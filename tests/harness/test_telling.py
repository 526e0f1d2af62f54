"""What an exception of a library's own tells, by the table of its harness."""

from typing import Any

import pytest

from stallproof.harness.adapter import Told
from stallproof.harness.asynchronous import AsyncHarness
from stallproof.harness.base import OwnedHarness
from stallproof.harness.plain import PlainHarness
from stallproof.harness.telling import Outcomes
from stallproof.wire.protocol import FrameLayout, LengthField, OpenRequest

OPEN = OpenRequest(id=1, conn="a", transport="unix", path="nowhere")
LAYOUT = FrameLayout(prefix_bytes=4, length=LengthField(at=0, bytes=4))


class OwnError(Exception):
    """What the library raises for anything."""


class OwnTimeout(OwnError):
    """The send took too long."""


class OwnClosing(OwnError):
    """This side is closing."""


class OwnReset(ConnectionResetError):
    """A class of its own that the error table has a row for."""


TABLE: Outcomes = {OwnError: "error", OwnTimeout: "timeout", OwnClosing: "suppressed"}


class Blocking(PlainHarness[list[Exception]]):
    """A connection is the list of what its sends raise."""

    name, version, frames, outcomes = "blocking", "1", LAYOUT, TABLE

    def connect(self, request: OpenRequest) -> list[Exception]:
        return []

    def send(self, conn: list[Exception], payload: bytes | memoryview) -> None:
        raise conn.pop()


class Coroutines(AsyncHarness[list[Exception]]):
    """The same in coroutines."""

    name, version, frames, outcomes = "coroutines", "1", LAYOUT, TABLE

    async def connect(self, request: OpenRequest) -> list[Exception]:
        return []

    async def send(self, conn: list[Exception], payload: bytes | memoryview) -> None:
        raise conn.pop()


@pytest.mark.parametrize("kind", [Blocking, Coroutines])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OwnTimeout("late"), Told("timeout", raised=True, detail="OwnTimeout: late")),
        (OwnClosing("bye"), Told("suppressed", raised=False, detail="OwnClosing: bye")),
        (OwnError("?"), Told("error", raised=True, detail="OwnError: ?")),
        (OwnReset("gone"), Told("closed", raised=True, detail="OwnReset: gone")),
        (TimeoutError("late"), Told("timeout", raised=True, detail="TimeoutError: late")),
    ],
)
def test_the_nearest_class_of_the_table_tells_and_else_the_error_table(
    kind: type[OwnedHarness[list[Exception]]], error: Exception, told: Told
) -> None:
    """Who says that it is closing has not failed, and so has not raised (SD-15)."""
    harness = kind(lambda event: None)
    harness.open(OPEN)
    harness.link("a").conn.append(error)
    assert told == harness.told(harness.link("a").conn, b"x")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({OwnError: "ok"}, "'ok' is none of timeout, closed, error, suppressed, given_up"),
        ({OwnError: "late"}, "'late' is none of"),
        ({OSError: "suppressed"}, "the error table of SD-7 has the row of OSError"),
        ({"OwnError": "timeout"}, "'OwnError' is no class of exceptions"),
        ({KeyboardInterrupt: "given_up"}, "'KeyboardInterrupt' is no class of exceptions"),
    ],
)
def test_a_table_that_says_what_none_may_say_is_refused(table: Any, says: str) -> None:
    """That is when the class is made, and the message names the class."""
    with pytest.raises(TypeError, match=f"Bad.outcomes: {says}"):
        type("Bad", (Blocking,), {"outcomes": table})
