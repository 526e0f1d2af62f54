"""What the smoke test says of bytes in which the peer found no frame that names a send."""

import pytest

from stallproof.runner.smoke.as_read import told_of
from stallproof.wire.events import PeerFrame, PeerSawEnd


def end(total_bytes: int, torn: int | None = None, garbage: str | None = None) -> PeerSawEnd:
    """Return the end of a connection on which so many bytes came."""
    return PeerSawEnd(
        at_us=9, conn="a", how="lab_closed", total_bytes=total_bytes, torn_size_bytes=torn,
        garbage=garbage,
    )  # fmt: skip


FRAME = PeerFrame(at_us=9, conn="a", index=0, kind="other", size_bytes=1, began_us=8)


@pytest.mark.parametrize(
    ("seen", "frame", "said"),
    [
        (None, None, "The peer read no byte of it."),
        (end(0), None, "The peer read no byte of it."),
        (
            end(1008, torn=1016), None,
            "The peer read 1,008 bytes; by 'frames' that begins a frame of 1,016 bytes.",
        ),
        (end(8, garbage="why"), None, "The peer read 8 bytes; by 'frames' that is none: why."),
        (
            end(1), None,
            "The peer read 1 byte; by 'frames' no length of a frame could be read in that.",
        ),
        (
            end(9), FRAME,
            "The peer read 9 bytes; by 'frames' that has a frame of kind other with 1 byte of "
            "payload.",
        ),
    ],
)  # fmt: skip
def test_what_came_is_told_as_the_layout_has_it(
    seen: PeerSawEnd | None, frame: PeerFrame | None, said: str
) -> None:
    """How long the peer takes a frame to be says what is wrong with the layout."""
    assert said == told_of(seen, frame)
