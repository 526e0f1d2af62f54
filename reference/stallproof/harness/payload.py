"""The payload of a frame: blocks of eight bytes that name the send and their own index.

Spec: `spec/protocol.md`, "The payload".
"""

import struct
import sys
from array import array

from stallproof.protocol import BLOCK_BYTES

_BLOCK = struct.Struct(">II")
_FEW_BLOCKS = 64
_LOW = 0x10000


def payload_of(send: int, size_bytes: int) -> bytes | memoryview:
    """Return the payload of frame number `send`, cut after `size_bytes`.

    A megabyte takes about a millisecond: the blocks are laid out by copying arrays, not one by one.
    """
    blocks = -(-size_bytes // BLOCK_BYTES)
    if blocks <= _FEW_BLOCKS:
        return b"".join(_BLOCK.pack(send, index) for index in range(blocks))[:size_bytes]
    # A lot of blocks at a time, as four columns of 16-bit words: the two halves of the number, the
    # two halves of the index. From one lot to the next only the upper half of the index changes.
    lot_blocks = min(blocks, _LOW)
    lot = array("H", [send >> 16, send % _LOW, 0, 0]) * lot_blocks
    lot[3::4] = array("H", range(lot_blocks))
    payload = bytearray()
    for upper in range(-(-blocks // _LOW)):
        lot[2::4] = array("H", [upper]) * lot_blocks
        payload += _big_endian(lot)
    return memoryview(payload)[:size_bytes]


def _big_endian(words: "array[int]") -> "array[int]":
    """Return `words` as they go on the wire. A lot at a time holds up no other thread for long."""
    if sys.byteorder == "big":
        return words
    swapped = words[:]
    swapped.byteswap()
    return swapped
