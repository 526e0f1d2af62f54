"""The oracle stays whole, and says clearly what happened, whatever a harness does."""

import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from stallproof.runner.sut import harness as harness_module
from stallproof.runner.sut.client import Failed, HarnessBroken, HarnessClient, Refused, Unsupported
from stallproof.wire.events import Answered, AnyEvent, Noted, Requested, SendStarted, Written
from tests.drivers.peers import eventually
from tests.runner.harness_bench import HARNESS, PATIENCE_S, client_of, use


def now_us() -> int:
    return time.monotonic_ns() // 1000


@pytest.fixture
def _ends_in_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of how a harness ends, and not of how soon."""
    monkeypatch.setattr(harness_module, "_STOP_S", PATIENCE_S)


def is_gone(pid: int) -> bool:
    """Tell whether the process is gone, or dead and only waits to be reaped by init."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.usefixtures("_ends_in_its_own_time")
def test_a_good_harness_is_heard_on_the_oracles_clock() -> None:
    """Asking is recorded before it can have an effect, hearing never before it happened."""
    events: list[AnyEvent] = []
    before_us = now_us()
    with client_of("good", events.append) as client:
        assert client.hello.name == "misbehaving"
        assert client.clock_uncertainty_us == 1
        reply = client.request("received", conn="a", send_buffer_bytes=None)
        assert reply["frames"] == 2
    asked = [e for e in events if isinstance(e, Requested)]
    answered = [e for e in events if isinstance(e, Answered)]
    assert [a.op for a in asked][0::2] == ["hello", "received"]
    assert asked[2].conn == "a"
    assert [a.error for a in answered] == [None, "unsupported", None, None]
    written = next(e for e in events if isinstance(e, Written))
    assert written.heard_us is not None
    assert before_us <= asked[2].at_us <= written.at_us <= written.heard_us <= answered[2].at_us
    assert client.complaint is None


def test_the_three_ways_to_say_no_are_told_apart() -> None:
    """Unsupported, refused and failed are different exceptions, and none breaks the harness."""
    with client_of("good") as client:
        with pytest.raises(Unsupported, match="'stream'"):
            client.request("stream")
        with pytest.raises(Refused, match="too large") as refused:
            client.request("config", knobs={})
        assert (refused.value.knob, refused.value.value) == ("k", 9)
        with pytest.raises(Failed, match="no such thing"):
            client.request("check")
        assert client.request("received")["ok"]


def test_what_stays_stuck_does_not_break_the_harness() -> None:
    """A posted request without a reply gives `None`, and may be waited for again."""
    with client_of("good") as client:
        stuck = client.post("close", conn="a")
        assert client.wait(stuck, 0.05) is None
        assert client.wait(stuck, 0.0) is None
        assert client.request("received")["ok"]


def test_a_clock_of_its_own_is_brought_onto_the_oracles() -> None:
    """The middle of the hello's round trip ties the clocks; half of it, and drift, is unknown."""
    events: list[AnyEvent] = []
    with client_of("own-clock", events.append) as client:
        client.request("received", conn="a")
        uncertainty_us = client.clock_uncertainty_us
    asked, answered = (
        next(e.at_us for e in events if isinstance(e, kind) and e.op == "hello")
        for kind in (Requested, Answered)
    )
    half_us = max(7, (answered - asked + 1) // 2)
    # What passed since the reading may have drifted: a millisecond of it by half a microsecond.
    assert half_us <= uncertainty_us <= half_us + (now_us() - answered) // 1000 + 1
    written = next(e for e in events if isinstance(e, Written))
    received = next(e for e in events if isinstance(e, Requested) and e.op == "received")
    assert written.heard_us is not None
    assert received.at_us - uncertainty_us <= written.at_us <= written.heard_us + uncertainty_us
    assert written.at_us - written.began_us == 5


def test_a_run_does_not_end_before_all_is_heard() -> None:
    """What is said badly when nobody waits for anything any more is found all the same."""
    with client_of("said-late") as client:
        client.request("received")
        with pytest.raises(HarnessBroken, match="not valid"):
            client.settle()


def test_nothing_is_asked_for_behind_what_begins_a_bound() -> None:
    """And again while that is not answered, and at the end: each is heard, and breaks nothing."""
    events: list[AnyEvent] = []
    with client_of("good", events.append) as client:
        client.begin()
        assert client.wait(client.post("close", conn="a"), 0.25) is None
        client.settle()
    asked = [e.op for e in events if isinstance(e, Requested)]
    answered = [e.op for e in events if isinstance(e, Answered)]
    assert [*asked[:1], *asked[2:]] == ["hello", "close", *["nothing"] * 3, "stop"]
    assert answered.count("nothing") == 3


def test_an_event_before_the_hello_is_kept() -> None:
    """What a harness tells before its clock is known is recorded once it is."""
    events: list[AnyEvent] = []
    with client_of("early-event", events.append):
        pass
    assert any(isinstance(e, SendStarted) for e in events)


def test_a_harness_that_does_not_stop_is_killed_with_its_children() -> None:
    """The whole process group ends, although it ignores SIGTERM and `stop`."""
    events: list[AnyEvent] = []
    client = client_of("stays", events.append)
    client.start()
    child = int(next(e.text for e in events if isinstance(e, Noted)))
    pid = client.pid
    client.close()
    assert client.complaint == "The harness did not exit within 1 s after 'stop'."
    assert is_gone(pid)
    assert eventually(lambda: is_gone(child))
    client.close()


@pytest.mark.usefixtures("_ends_in_its_own_time")
def test_a_harness_that_ends_badly_has_failed() -> None:
    """A status other than 0 after `stop` is a failure, although nothing was left to break."""
    with client_of("bad-end") as client:
        pass
    assert client.complaint is not None
    assert "exited with status 7" in client.complaint
    assert client.failed_end is not None
    assert ("died", client.complaint) == (client.failed_end.what, client.failed_end.detail)


@pytest.mark.parametrize(
    ("mode", "text", "words"),
    [
        (None, "", "does not exist"),
        (0o644, "#!/bin/sh\n", "is not executable"),
        (0o755, "\0\1\2", "cannot be run: Exec format error"),
        (0o755, "#!/no/such/interpreter\n", "does not exist, or names an interpreter"),
    ],
)
def test_a_command_that_cannot_be_run_is_missing(
    tmp_path: Path, mode: int | None, text: str, words: str
) -> None:
    """A command that is no program is told apart from a program that fails."""
    command = tmp_path / "harness"
    if mode is not None:
        command.write_text(text)
        command.chmod(mode)
    client = HarnessClient([str(command)], lambda event: None)
    with pytest.raises(HarnessBroken, match=words) as broken:
        client.start()
    with pytest.raises(HarnessBroken) as again:
        client.request("received")
    assert again.value is broken.value
    assert broken.value.what == "missing"
    client.close()


def test_an_early_exit_says_how_and_with_which_words() -> None:
    """A program that knows nothing of the protocol is quoted."""
    script = "echo usage: frobnicate FILE >&2; exit 64"
    client = HarnessClient(["/bin/sh", "-c", script], lambda event: None)
    with pytest.raises(HarnessBroken, match="64; its last words were: usage: frobnicate") as broken:
        client.start()
    assert broken.value.what == "died"
    client.close()


def test_a_mistake_of_the_recorder_reaches_the_caller() -> None:
    """An exception in `record` is not swallowed by the hearing thread."""

    def record(event: AnyEvent) -> None:
        if isinstance(event, Written):
            raise ZeroDivisionError("a mistake of the oracle's own")

    client = client_of("good", record)
    client.start()
    with pytest.raises(ZeroDivisionError):
        use(client)
    client.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_processor_time_and_descriptors_are_seen_from_outside() -> None:
    """What a wrapped program uses is counted although the wrapper itself idles."""
    busy = (
        "import socket,sys,time\n"
        "s = socket.socket()\n"
        "until = time.process_time() + 0.2\n"
        "while time.process_time() < until: pass\n"
        f"sys.argv = ['x', 'good']; exec(open({str(HARNESS)!r}).read())\n"
    )
    command = ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", busy]
    with HarnessClient(command, lambda event: None) as client:
        assert client.cpu_us() >= 200_000
        assert client.highest_socket_descriptor() is not None
    assert client.cpu_us() >= 200_000


def test_nothing_is_left_open_behind_a_client() -> None:
    """Starting and closing harnesses leaks neither descriptors nor threads."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    before = len(os.listdir("/proc/self/fd"))
    for way in ("good", "html", "exit"):
        client = client_of(way)
        client.start()
        with contextlib.suppress(HarnessBroken):
            client.request("received", timeout_s=5.0)
        client.close()
    assert len(os.listdir("/proc/self/fd")) == before
