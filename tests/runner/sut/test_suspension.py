"""A harness is suspended with all that it has started, and continued whatever happens meanwhile."""

import secrets
import sys
import time
from pathlib import Path

import pytest

from stallproof.runner.sut.client import HarnessClient
from stallproof.runner.sut.descendants import is_running
from stallproof.runner.sut.ending import Ended, forget, limited, may_end
from stallproof.wire.events import AnyEvent, Suspended
from tests.runner.ending_bench import HARNESSES, VARIABLE, marked, wait_for

COMMAND = (sys.executable, str(HARNESSES / "leaves_behind.py"))
REFERENCE = (sys.executable, "-m", "stallproof.harness")
DAEMONS = 2

if not Path("/proc/self/environ").exists():
    pytest.skip("there is no /proc", allow_module_level=True)


def test_all_of_it_is_stopped_and_goes_on_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon in a session of its own too; a request is answered when it goes on."""
    mark = secrets.token_hex(8)
    monkeypatch.setenv(VARIABLE, mark)
    heard: list[AnyEvent] = []
    with HarnessClient(COMMAND, heard.append) as client:
        assert wait_for(lambda: len(marked(mark)) > DAEMONS or None)
        with client.suspended():
            assert wait_for(lambda: not any(map(is_running, marked(mark))) or None)
            asked = client.post("config", knobs={}, environment={})
            assert client.wait(asked, 0.1) is None
            begun = time.monotonic()
        reply = client.wait(asked, 20)
        assert reply is not None
        assert wait_for(lambda: all(map(is_running, marked(mark))) or None)
    spans = [event for event in heard if isinstance(event, Suspended)]
    assert [one.began_us < asked.asked_us <= one.at_us < asked.answered_us for one in spans] == [
        True
    ]
    assert begun * 1e6 <= spans[0].at_us


def test_what_goes_wrong_meanwhile_leaves_nobody_stopped() -> None:
    """An exception continues it, and the suspension is told of."""
    heard: list[AnyEvent] = []
    with HarnessClient(REFERENCE, heard.append) as client:
        with pytest.raises(ZeroDivisionError), client.suspended():
            raise ZeroDivisionError
        assert client.request("config", knobs={}, environment={})["ok"]
    assert sum(isinstance(event, Suspended) for event in heard) == 1


def test_the_end_of_a_run_breaks_a_suspension_off() -> None:
    """A run that is ended while a harness is suspended waits for nothing."""
    begun = time.monotonic()
    with HarnessClient(REFERENCE, lambda event: None) as client:
        with limited(0.5), pytest.raises(Ended), may_end(), client.suspended():
            time.sleep(60)
        forget()
        assert client.request("config", knobs={}, environment={})["ok"]
    assert time.monotonic() - begun < 60
