"""What the transports of this folder have in common: a frame is its length in four bytes, then it.

The length is big-endian and does not count itself.
"""

import struct

from stallproof.harness import FrameLayout, LengthField

LAYOUT = FrameLayout(prefix_bytes=4, length=LengthField(at=0, bytes=4, counts_prefix=False))
"""The same, as a harness declares it."""


def framed(payload: bytes | memoryview) -> bytes:
    """Return the frame of `payload`."""
    return struct.pack(">I", len(payload)) + payload
