"""A layout of frames that no frame can have is refused, and the refusal says what is wrong."""

from typing import Any

import pytest

from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.hello import read_hello

VARINT = {"at": 1, "bytes": 4, "varint": True, "counts_prefix": False}
TEXT: dict[str, Any] = {"form": "sized", "data": ["PUB x "], "heartbeat": ["PING"]}


def _hello(frames: dict[str, Any], *features: str) -> dict[str, Any]:
    return {
        "name": "x", "version": "1", "language": "x", "features": ["unix", *features],
        "clock": {"name": "monotonic"}, "frames": frames,
    }  # fmt: skip


def _text(**more: Any) -> dict[str, Any]:
    return {"text": {**TEXT, **more}}


@pytest.mark.parametrize(
    "frames",
    [
        {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}},
        {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}, "byte_order": "little"},
        {"prefix_bytes": 2, "length": VARINT, "header_bytes": 4096},
        _text(),
        _text(end="\n", form="line", data=[""], heartbeat=[]),
        _text(peer={"data": "$"}),
    ],
)
def test_a_layout_that_can_be_is_taken(frames: dict[str, Any]) -> None:
    """One of the first version too, which knows nothing of the others."""
    assert "x" == read_hello(_hello(frames)).name


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ({}, "have no length, and are not text"),
        ({"prefix_bytes": 3, "length": VARINT}, "a varint is the last field"),
        ({"prefix_bytes": 2, "length": VARINT | {"bytes": 9}}, "does not lie within"),
        ({"prefix_bytes": 2, "length": VARINT, "header_bytes": 4097}, "0 to 4096 bytes"),
        ({"prefix_bytes": 2, "length": VARINT, "byte_order": "middle"}, "Invalid enum value"),
        (_text() | {"prefix_bytes": 4}, "have fields of a prefix as well"),
        (_text(data=[]), "no opening of its frames means data"),
        (_text(data=["PUB\r\n"]), "ASCII that can be printed"),
        (_text(data=["x" * 201]), "up to 200 characters"),
        (_text(data=["P"]), "is how another one begins"),
        (_text(ack=["PING"]), "is how another one begins"),
        (_text(peer={"ack": "A"}), "sends no frames of kind 'ack'"),
        (_text(form="json"), "Invalid enum value"),
        (_text() | {"answers_hex": {"word": ""}}, "no frame of kind 'word' can be answered"),
        (_text() | {"answers_hex": {"data": "x"}}, "the answer to data is not written"),
        (_text() | {"greeting_hex": "0"}, "the greeting is not written"),
        (_text() | {"greeting_hex": "00" * 65537}, "is longer than 65536 bytes"),
        (
            _text() | {"ack": {"frame_hex": "00", "stream": [], "offset": []}},
            "its frames are text",
        ),
    ],
)
def test_a_layout_that_cannot_be_is_refused(frames: dict[str, Any], why: str) -> None:
    """The first fault is named."""
    with pytest.raises(HarnessBroken, match=why):
        read_hello(_hello(frames))


def test_streams_have_no_frames_of_text() -> None:
    """What a chunk looks like in digits nobody has said."""
    with pytest.raises(HarnessBroken, match="no frame of text carries"):
        read_hello(_hello(_text(), "streams"))


def test_an_ack_of_a_varint_layout_is_one_whole_frame() -> None:
    """Its length is told like any other's: one byte less is refused."""
    ack = {"frame_hex": "4003000102", "stream": [{"at": 2, "bytes": 1}]}
    ack |= {"offset": [{"at": 3, "bytes": 2}]}
    frames = {"prefix_bytes": 2, "length": VARINT, "ack": ack}
    assert "x" == read_hello(_hello(frames)).name
    frames["ack"] = ack | {"frame_hex": "40030001"}
    with pytest.raises(HarnessBroken, match="tells a length of 5 in all"):
        read_hello(_hello(frames))


def test_a_monitor_declares_which_form_it_follows() -> None:
    """SC-9.3: who has a schedule says so with its numbers; who has none need not."""
    layout = {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}}
    assert read_hello(_hello(layout, "checks")).monitor is None
    with pytest.raises(HarnessBroken, match="which form of the close window it follows"):
        read_hello(_hello(layout, "checks", "monitor"))
    declared = _hello(layout, "checks", "monitor") | {"monitor": {"form": "a", "slack_us": 0}}
    assert read_hello(declared).monitor is not None
