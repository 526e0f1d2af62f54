"""The content of frames: blocks of eight bytes that say whose they are, and what else was found.

Spec: `spec/protocol.md`, "The payload". Whole chunks are compared with a reference made in a few
copies, so that a frame of many megabytes never holds up the lab.
"""

import sys
from array import array
from functools import cache

from stallproof.protocol import BLOCK_BYTES

_SEGMENT_BLOCKS = 65536
"""So many blocks have the same upper half of their index."""
_SEARCH_BYTES = 64
"""How far behind the first wrong byte to look for a send's blocks: more than a prefix is long."""


def _big_endian(number: int) -> "array[int]":
    """Return the 16-bit `number` as its big-endian bytes are read here."""
    return array("H", number.to_bytes(2, "big"))


@cache
def _segment() -> "array[int]":
    """Return 65536 blocks of four 16-bit numbers: only the lower half of the index is there."""
    numbers = array("H", range(_SEGMENT_BLOCKS))
    if sys.byteorder == "little":
        numbers.byteswap()
    blocks = array("H", bytes(_SEGMENT_BLOCKS * BLOCK_BYTES))
    blocks[3::4] = numbers
    return blocks


def pattern(send: int, at: int, size_bytes: int) -> bytes:
    """Return the payload of frame `send` from byte `at` on, `size_bytes` long."""
    if at == 0 and size_bytes <= BLOCK_BYTES:
        return (send << 32).to_bytes(BLOCK_BYTES, "big")[:size_bytes]
    high, low = _big_endian(send >> 16), _big_endian(send & 0xFFFF)
    first, last = at // BLOCK_BYTES, (at + size_bytes - 1) // BLOCK_BYTES + 1
    pieces = []
    while first < last:
        segment, begin = divmod(first, _SEGMENT_BLOCKS)
        count = min(_SEGMENT_BLOCKS - begin, last - first)
        blocks = _segment()[4 * begin : 4 * (begin + count)]
        blocks[0::4] = high * count
        blocks[1::4] = low * count
        if segment:
            blocks[2::4] = _big_endian(segment) * count
        pieces.append(blocks.tobytes())
        first += count
    whole = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    skip = at % BLOCK_BYTES
    return whole[skip : skip + size_bytes]


def find_wrong(send: int, at: int, piece: bytes) -> str | None:
    """Say what is wrong with `piece`, found at byte `at` of the payload of `send`.

    `None`: nothing is. Otherwise the text names the first wrong block and whose bytes it holds.
    """
    expected = pattern(send, at, len(piece))
    if piece == expected:
        return None
    low, high = 0, len(piece)
    while high - low > 1:
        middle = (low + high) // 2
        if piece[low:middle] == expected[low:middle]:
            low = middle
        else:
            high = middle
    block = (at + low) // BLOCK_BYTES
    where = f"block {block} (byte {at + low} of the payload of send {send}) is wrong"
    begin = max(0, block * BLOCK_BYTES - at)
    return f"{where}: {_whose(send, piece[begin : begin + _SEARCH_BYTES + 2 * BLOCK_BYTES])}"


def _whose(send: int, found: bytes) -> str:
    """Say whose bytes `found` are, by the first two blocks in a row that name one send."""
    for shift in range(len(found) - 2 * BLOCK_BYTES + 1):
        owner = found[shift : shift + 4]
        index = int.from_bytes(found[shift + 4 : shift + 8], "big")
        again = int.from_bytes(found[shift + 12 : shift + 16], "big")
        if found[shift + 8 : shift + 12] == owner and again == index + 1:
            other = int.from_bytes(owner, "big")
            whose = "its own" if other == send else f"send {other}'s"
            after = f"{shift} bytes on, " if shift else ""
            return f"{after}{whose} block {index} begins there"
    return f"it holds {found[:BLOCK_BYTES].hex()}, which is no send's"
