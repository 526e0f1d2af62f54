"""An implementation with names and units of its own is asked in these, and judged like others."""

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stallproof.runner.sut.binding import in_its_words, understood
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.client import HarnessClient
from stallproof.runner.sut.hello import read_hello
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.wire.events import HarnessFailed
from stallproof.wire.protocol import Binding, KnobName
from tests.runner.sut.virtual_bench import STALL

OWN = str(Path(__file__).resolve().parents[1] / "harnesses" / "own_names.py")
SEND, SWITCH = "streaming_send_timeout", "sfm_close_stalled_connection"
BINDING = Binding(knobs={SEND: KnobName(name="timeout", unit="ms"), SWITCH: KnobName(name="close")})
HELLO: dict[str, Any] = {
    "name": "x", "version": "1", "language": "x", "features": ["unix"],
    "clock": {"name": "monotonic"}, "frames": {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "own"),
    [
        (0.5, 500),
        (30, 30_000),
        (0.000001, 0.001),
        (0.3, 300),
        (29.999999, 29_999.999),
        (1e6, 10**9),
    ],
)
def test_a_time_is_asked_for_in_its_unit(seconds: float, own: float) -> None:
    """A whole number of units is a whole number, and no microsecond is lost on the way back."""
    fields = in_its_words(BINDING, "config", {"knobs": {SEND: seconds, SWITCH: True}})
    assert {"timeout": own, "close": True} == fields["knobs"]
    assert type(own) is type(fields["knobs"]["timeout"])
    back = understood(BINDING, "config", {"effective": {"timeout": own, "close": True, "x": "y"}})
    assert round(seconds * 10**6) == round(back["effective"][SEND] * 10**6)
    assert (True, "y") == (back["effective"][SWITCH], back["effective"]["x"])


def test_nothing_but_configurations_is_put_into_other_words() -> None:
    """Nor is anything without a binding, and a refusal names the knob that was meant."""
    fields = {"knobs": {SEND: 1}}
    assert fields == in_its_words(None, "config", fields) == in_its_words(BINDING, "send", fields)
    reply = {"ok": False, "error": "refused", "knob": "timeout", "value": 0}
    assert SEND == understood(BINDING, "config", reply)["knob"]
    assert reply == understood(None, "config", reply) == understood(BINDING, "send", reply)


@pytest.mark.parametrize(
    ("knobs", "features", "why"),
    [
        ({"timeout": {"name": "a"}}, (), "names a knob 'timeout' that nobody knows"),
        ({SWITCH: {"name": "a", "unit": "ms"}}, (), "a unit of time, and it is none"),
        ({SEND: {"name": " "}}, (), "must have 1 to 200 characters"),
        ({SEND: {"name": "a"}, SWITCH: {"name": "a"}}, (), "means two knobs"),
        ({SEND: {"name": SWITCH}}, (), "means two knobs"),
        ({SEND: {"name": "a", "unit": "h"}}, (), "Invalid enum value"),
        ({SEND: {"name": "a"}}, ("config",), "and its own names"),
    ],
)
def test_a_binding_that_makes_no_sense_is_refused(
    knobs: dict[str, Any], features: tuple[str, ...], why: str
) -> None:
    """The hello is refused as a whole, and says what is wrong."""
    hello = HELLO | {"features": ["unix", *features], "binding": {"knobs": knobs}}
    with pytest.raises(HarnessBroken, match=why):
        read_hello(hello)


def test_the_report_is_told_what_the_knobs_are_called() -> None:
    """Who reads it knows the knobs by their own names."""
    binding = msgspec.to_builtins(BINDING)
    (note,) = read_hello(HELLO | {"binding": binding}).notes
    assert note.endswith(f"{SEND} is 'timeout' in ms, {SWITCH} is 'close'.")


def test_a_harness_on_the_real_clock_is_asked_by_its_names() -> None:
    """What is in force comes back in the oracle's names and units."""
    knobs = {SEND: 0.25, "sfm_send_stall_timeout": 0.75, SWITCH: True, "heartbeat_interval": 1}
    with HarnessClient([sys.executable, OWN], lambda event: None) as client:
        reply = client.request("config", knobs=knobs, environment={})
    assert knobs == {name: reply["effective"][name] for name in knobs}


@pytest.mark.parametrize("way", ["", "ignores-its-unit"])
def test_a_harness_in_virtual_time_is_asked_by_its_names(way: str) -> None:
    """A whole case is played; who answers in another unit has another value in force."""
    with VirtualHarness([sys.executable, OWN, way]) as harness:
        run = harness.play(STALL)
    failed = [event for event in run if isinstance(event, HarnessFailed)]
    if not way:
        assert [] == failed
    else:
        assert "streaming_send_timeout was set to" in failed[0].detail
