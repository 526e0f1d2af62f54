"""The payload of a frame: blocks of eight bytes that name the send and their own index.

The bytes of a stream are such a payload too, of the number `STREAM_MARK | stream`, and its chunks
are pieces of it.

Spec: `spec/protocol.md`, "The payload".
"""

import struct
import sys
from array import array
from functools import cache

from stallproof.wire.protocol import BLOCK_BYTES, STREAM_MARK

_BLOCK = struct.Struct(">II")
_FEW_BLOCKS = 64
_LOT_BLOCKS = 0x10000
"""So many blocks have the same upper half of their index."""


def payload_of(send: int, size_bytes: int) -> bytes | memoryview:
    """Return the payload of frame number `send`, cut after `size_bytes`.

    A megabyte takes about a millisecond: the blocks are laid out by copying arrays, not one by one.
    """
    return _piece_of(send, 0, size_bytes)


def chunk_of(stream: int, offset: int, size_bytes: int) -> bytes | memoryview:
    """Return the `size_bytes` of stream number `stream` that begin at `offset`."""
    return _piece_of(STREAM_MARK | stream, offset, size_bytes)


def _piece_of(number: int, at: int, size_bytes: int) -> bytes | memoryview:
    """Return the bytes from `at` on of the endless payload of `number`."""
    first, skip = divmod(at, BLOCK_BYTES)
    end = -(-(at + size_bytes) // BLOCK_BYTES)
    if end - first <= _FEW_BLOCKS:
        blocks = b"".join(_BLOCK.pack(number, index) for index in range(first, end))
        return blocks[skip : skip + size_bytes]
    payload = bytearray()
    while first < end:
        # A lot of blocks at a time, as four columns of 16-bit words: the two halves of the number,
        # the two halves of the index. Within a lot only the last column changes.
        upper, low = divmod(first, _LOT_BLOCKS)
        blocks_now = min(_LOT_BLOCKS - low, end - first)
        lot = array("H", [number >> 16, number % 0x10000, upper, 0]) * blocks_now
        lot[3::4] = _indices()[low : low + blocks_now]
        payload += _big_endian(lot)
        first += blocks_now
    return memoryview(payload)[skip : skip + size_bytes]


@cache
def _indices() -> "array[int]":
    return array("H", range(_LOT_BLOCKS))


def _big_endian(words: "array[int]") -> "array[int]":
    """Return `words` as they go on the wire. A lot at a time holds up no other thread for long."""
    if sys.byteorder == "little":
        words.byteswap()
    return words
