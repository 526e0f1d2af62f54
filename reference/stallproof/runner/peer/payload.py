"""The content of frames: blocks of eight bytes that say whose they are, and what else was found.

Whole pieces are compared with a reference made in a few copies, so that a frame of many megabytes
never holds up the peer.

Spec: `spec/protocol.md`, "The payload" and "Streams".
"""

import sys
from array import array
from functools import cache
from typing import NamedTuple

from stallproof.wire.protocol import BLOCK_BYTES, STREAM_MARK

NAMING_BYTES = 4 * BLOCK_BYTES
"""So much of a payload tells whose it is, if it is anybody's."""
_SEGMENT_BLOCKS = 65536
"""So many blocks have the same upper half of their index."""
_SEARCH_BYTES = 64
"""How far behind the first wrong byte to look for a send's blocks: more than a prefix is long."""


class Owner(NamedTuple):
    """Whose a payload is: the number in its blocks, and where its first byte belongs.

    The number of a chunk is its stream's with `STREAM_MARK`, and `at` counts from the beginning of
    the stream; a send's payload begins at 0.
    """

    number: int
    at: int

    @property
    def send(self) -> int | None:
        """The send, `None` for a chunk of a stream."""
        return None if self.number & STREAM_MARK else self.number

    @property
    def stream(self) -> int | None:
        """The stream, `None` for the payload of a send."""
        return self.number ^ STREAM_MARK if self.number & STREAM_MARK else None


def owner_of(start: bytes) -> Owner | None:
    """Return whose payload begins with `start`: all of it, or its first `NAMING_BYTES`.

    `None` for what is nobody's, such as the text of a notice: its first block is no beginning, and
    none of the next ones names the same number. Damage to one block hides no owner.
    """
    if len(start) < 4:
        return None
    number, index = int.from_bytes(start[:4], "big"), int.from_bytes(start[4:8], "big")
    again = any(
        start[at : at + 4] == start[:4] for at in range(BLOCK_BYTES, len(start), BLOCK_BYTES)
    )
    if number & STREAM_MARK == 0:
        return Owner(number, 0) if again or index == 0 else None
    if len(start) < BLOCK_BYTES:
        return None
    return Owner(number, index * BLOCK_BYTES) if again or len(start) == BLOCK_BYTES else None


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


def pattern(number: int, at: int, size_bytes: int) -> bytes:
    """Return the payload of a send or stream from byte `at` on, `size_bytes` long.

    `number` is the one in its blocks: a stream's has the mark.
    """
    if at == 0 and size_bytes <= BLOCK_BYTES:
        return (number << 32).to_bytes(BLOCK_BYTES, "big")[:size_bytes]
    high, low = _big_endian(number >> 16), _big_endian(number & 0xFFFF)
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


def find_wrong(number: int, at: int, piece: bytes) -> str | None:
    """Say what is wrong with `piece`, found at byte `at` of what `number` stands for.

    `None`: nothing is. Otherwise the text names the first wrong block and whose bytes it holds.
    """
    expected = pattern(number, at, len(piece))
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
    whole = _name(number) if number & STREAM_MARK else f"the payload of {_name(number)}"
    where = f"block {block} (byte {at + low} of {whole}) is wrong"
    begin = max(0, block * BLOCK_BYTES - at)
    return f"{where}: {_whose(number, piece[begin : begin + _SEARCH_BYTES + 2 * BLOCK_BYTES])}"


def _name(number: int) -> str:
    return f"stream {number ^ STREAM_MARK}" if number & STREAM_MARK else f"send {number}"


def _whose(number: int, found: bytes) -> str:
    """Say whose bytes `found` are, by the first two blocks in a row that name one."""
    for shift in range(len(found) - 2 * BLOCK_BYTES + 1):
        owner = found[shift : shift + 4]
        index = int.from_bytes(found[shift + 4 : shift + 8], "big")
        again = int.from_bytes(found[shift + 12 : shift + 16], "big")
        if found[shift + 8 : shift + 12] == owner and again == index + 1:
            other = int.from_bytes(owner, "big")
            whose = "its own" if other == number else f"{_name(other)}'s"
            after = f"{shift} bytes on, " if shift else ""
            return f"{after}{whose} block {index} begins there"
    return f"it holds {found[:BLOCK_BYTES].hex()}, which is nobody's"
