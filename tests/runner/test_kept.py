"""What is kept from one play to the next, and what is ended with its play."""

import multiprocessing
import sys
from collections.abc import Iterator

import pytest

from stallproof.runner import kept
from stallproof.runner.kept import Kept, is_over
from stallproof.runner.sut.command import REFERENCE_COMMAND
from stallproof.wire.events import AnyEvent, Requested, SendEnded, StreamEnded
from tests.runner.harness_bench import HARNESS


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """Keep as a worker does, to the end of the test."""
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: "the scheduler")
    monkeypatch.setattr(kept, "Finalize", lambda *args, **more: "at the end")
    one = Kept()
    yield one
    one.stop()


def test_a_harness_that_begins_anew_is_taken_again(keeper: Kept) -> None:
    """It is the same process, it is heard by whoever plays now, and a second one is its own."""
    first = keeper.harness(REFERENCE_COMMAND, lambda event: None)
    assert keeper.keep_harness(first)
    heard: list[AnyEvent] = []
    again = keeper.harness(REFERENCE_COMMAND, heard.append)
    assert first is again
    again.request("config", knobs={}, environment={})
    assert "config" in {one.op for one in heard if isinstance(one, Requested)}
    other = keeper.harness(REFERENCE_COMMAND, lambda event: None)
    assert other.pid != again.pid
    again.close()
    other.close()


@pytest.mark.parametrize("environment", [None, {"STALLPROOF_TEST": "1"}], ids=["words", "values"])
def test_another_command_or_environment_has_a_process_of_its_own(
    environment: dict[str, str] | None, keeper: Kept
) -> None:
    """What is kept for another is ended, and never taken for it."""
    first = keeper.harness(REFERENCE_COMMAND, lambda event: None)
    assert keeper.keep_harness(first)
    command = REFERENCE_COMMAND if environment else (sys.executable, str(HARNESS), "good")
    other = keeper.harness(command, lambda event: None, environment)
    assert other is not first
    assert first.complaint is None
    with pytest.raises(Exception, match="closed"):
        first.request("config", knobs={}, environment={})
    other.close()


def test_a_harness_that_does_not_begin_anew_is_not_kept(keeper: Kept) -> None:
    """Nothing is asked of who does not declare it."""
    harness = keeper.harness((sys.executable, str(HARNESS), "good"), lambda event: None)
    assert not keeper.keep_harness(harness)
    harness.close()


def test_a_harness_that_owes_a_reply_is_not_kept(keeper: Kept) -> None:
    """A late reply would come to nobody in the next play; one that is given hinders nothing."""
    harness = keeper.harness(REFERENCE_COMMAND, lambda event: None)
    with harness.suspended():
        pending = harness.post("config", knobs={}, environment={})
        assert not keeper.keep_harness(harness)
    assert harness.wait(pending, 10) is not None
    assert keeper.keep_harness(harness)


def test_nothing_is_kept_outside_of_a_worker() -> None:
    """Whoever plays in a process that is not ours has to end all that was started."""
    keeper = Kept()
    peer = keeper.peer(lambda event: None)
    harness = keeper.harness(REFERENCE_COMMAND, lambda event: None)
    assert (False, False) == (keeper.keep_harness(harness), keeper.keep_peer(peer))
    harness.close()
    peer.stop()


def test_a_peer_forgets_what_it_is_kept_with(keeper: Kept) -> None:
    """Names are free again, and its process goes on."""
    peer = keeper.peer(lambda event: None)
    peer.start()
    peer.listen("a", "unix")
    pid = peer.pid
    assert keeper.keep_peer(peer)
    again = keeper.peer(lambda event: None)
    again.start()
    again.listen("a", "unix")
    assert pid == again.pid
    again.stop()


def asked(op: str, conn: str, number: int) -> Requested:
    """Return the event of a request for a send or a stream."""
    if op == "send":
        return Requested(at_us=1, id=number, op=op, conn=conn, send=number)
    return Requested(at_us=1, id=number, op=op, conn=conn, stream=number)


def send_ended(conn: str, number: int) -> SendEnded:
    """Return the end of a send."""
    return SendEnded(at_us=2, conn=conn, send=number, outcome="ok")


def stream_ended(conn: str, number: int) -> StreamEnded:
    """Return the end of a stream."""
    return StreamEnded(at_us=2, conn=conn, stream=number, outcome="done")


@pytest.mark.parametrize(
    ("events", "over"),
    [
        ([], True),
        ([asked("send", "a", 1)], False),
        ([asked("send", "a", 1), send_ended("a", 1)], True),
        ([asked("send", "a", 1), send_ended("b", 1)], False),
        ([asked("send", "a", 1), send_ended("a", 2)], False),
        ([asked("send", "a", 1), stream_ended("a", 1)], False),
        ([asked("stream", "a", 1)], False),
        ([asked("stream", "a", 1), stream_ended("a", 1)], True),
        ([asked("stream", "a", 1), asked("send", "a", 1), stream_ended("a", 1)], False),
    ],
)
def test_a_play_is_over_when_all_that_was_asked_for_has_ended(
    events: list[AnyEvent], *, over: bool
) -> None:
    """The end of another send, on another connection, or of a stream, ends no send."""
    assert over is is_over(events)
