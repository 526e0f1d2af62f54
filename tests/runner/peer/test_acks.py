"""ACKs in the form that a harness declares: made by the peer, refused where they make no sense."""

from typing import Any

import msgspec
import pytest

from stallproof.drivers.frame import FrameReader
from stallproof.drivers.stream_frames import Ack, parsed
from stallproof.harness.reference import LAYOUT
from stallproof.runner.peer.building import build_ack, carries_ack
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.hello import read_hello
from stallproof.wire.protocol import ACK_FRAMES, HEARTBEAT_FRAMES, RECEIVING, FrameLayout

BARE = msgspec.structs.replace(LAYOUT, ack=None)
HELLO: dict[str, Any] = {
    "name": "x", "version": "1", "language": "x", "features": ["unix", "streams"],
    "clock": {"name": "monotonic"}, "frames": msgspec.to_builtins(LAYOUT),
}  # fmt: skip


def _read(frame: bytes) -> Ack | object:
    """Return what the reference makes of a frame."""
    (incoming,) = FrameReader().feed(frame)
    return parsed(incoming)


@pytest.mark.parametrize("stream", [1, 65_535, 65_536, 70_000, 2**31 - 1])
@pytest.mark.parametrize("offset", [0, 1, 2**53, 2**64 - 1])
def test_a_number_stands_in_each_of_its_places(stream: int, offset: int) -> None:
    """The prefix has the lower half of the stream's number, and the header all of it."""
    assert Ack(stream, offset, None) == _read(build_ack(LAYOUT, stream, offset, 1, is_error=False))


def test_an_error_ack_has_the_text_of_its_form() -> None:
    """What the oracle calls it does not go over the wire."""
    made = build_ack(LAYOUT, 5, 0, 1, is_error=True)
    assert Ack(5, 0, "the receiver gave up") == _read(made)


@pytest.mark.parametrize("offset", [-1, 2**64, True, None, 1.5, "8"])
def test_what_the_form_cannot_carry_does_not_go_over_the_wire(offset: object) -> None:
    """It is handed over by the operation."""
    assert not carries_ack(LAYOUT, 1, offset, None)


def test_without_a_form_nothing_goes_over_the_wire() -> None:
    """Nor does an error ACK without a form of its own."""
    assert carries_ack(LAYOUT, 1, 8, None)
    assert not carries_ack(BARE, 1, 8, None)
    assert LAYOUT.ack is not None
    form = msgspec.structs.replace(LAYOUT.ack, error_hex=None)
    assert not carries_ack(msgspec.structs.replace(LAYOUT, ack=form), 1, 8, "gave up")


def _hello(ack: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {**HELLO, "frames": {**HELLO["frames"], "ack": ack}, **more}


FORM: dict[str, Any] = HELLO["frames"]["ack"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"frame_hex": "xy"}, "not written in hexadecimal digits"),
        ({"frame_hex": "00"}, "shorter than the prefix"),
        ({"frame_hex": FORM["frame_hex"] + "00"}, "tells a length of 29"),
        ({"error_hex": FORM["frame_hex"][:-2]}, "tells a length of 29"),
        ({"stream": []}, "no place for its stream"),
        ({"offset": [{"at": 22, "bytes": 8}]}, "does not lie within it"),
        ({"offset": [{"at": 19, "bytes": 8}]}, "overlap"),
        ({"frame_hex": FORM["frame_hex"].replace("0d02", "0d01", 1)}, "another kind"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(change: dict[str, Any], why: str) -> None:
    """The hello is refused as a whole, and says what is wrong."""
    with pytest.raises(HarnessBroken, match=why):
        read_hello(_hello({**FORM, **change}))


def test_what_follows_from_a_hello_need_not_be_declared() -> None:
    """Heartbeats can be sent where frames have a kind for them, and so on."""
    assert ["unix", "streams", HEARTBEAT_FRAMES, ACK_FRAMES] == read_hello(_hello(FORM)).features
    assert ["unix", "streams", HEARTBEAT_FRAMES] == read_hello(_hello(None)).features
    plain = read_hello({**HELLO, "features": ["checks"]})
    assert ["checks", RECEIVING, HEARTBEAT_FRAMES] == plain.features
    layout: dict[str, Any] = msgspec.to_builtins(FrameLayout(prefix_bytes=4, length=LAYOUT.length))
    assert ["unix"] == read_hello({**HELLO, "features": ["unix"], "frames": layout}).features


@pytest.mark.parametrize("feature", [RECEIVING, ACK_FRAMES])
def test_what_does_not_follow_is_not_believed(feature: str) -> None:
    """Who declares it all the same has said two things."""
    with pytest.raises(HarnessBroken, match=f"declares the feature {feature}"):
        read_hello(_hello(None, features=["unix", feature]))
