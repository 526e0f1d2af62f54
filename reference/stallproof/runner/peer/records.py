"""Finding the records in what comes over a TLS connection, without asking the TLS layer.

Every byte that a secure connection carries belongs to a record. The TLS layer cannot be the witness
of that: it stops at the first byte that it does not understand, and what follows it, or hides
inside a record that is never finished, would go unseen. So the peer finds the records itself, by
the five bytes with which each begins, and hands them on one by one.

Source: RFC 8446, 5.1 and 5.2.
"""

from collections import deque
from typing import NamedTuple

from stallproof.wire.protocol import BLOCK_BYTES

HEAD_BYTES = 5
RECORD_MAX_BYTES = 16_640
"""The most that a record may announce: 2^14 bytes and 256 for its encryption."""
APPLICATION = 23
_TYPES = frozenset({20, 21, 22, APPLICATION})
_MAJOR, _MINORS = 3, frozenset({1, 3})
_SHOWN_BYTES = 32


class Record(NamedTuple):
    """One record as it came: `at_byte` counts the bytes of the connection before it."""

    at_byte: int
    raw: bytes


class Clear(NamedTuple):
    """Bytes that are no record, from `at_byte` of the connection on; `what` describes them."""

    at_byte: int
    what: str


class Records:
    """Split the bytes of one connection into records; `whole` holds those not taken yet.

    After something that is no record nothing can be told apart any more, and bytes are counted.
    """

    def __init__(self) -> None:
        self.whole: deque[Record] = deque()
        self._partial = b""
        self._partial_at = 0
        self._is_lost = False
        self._types = _TYPES

    def expect_encrypted(self) -> None:
        """Take from the next byte on only what TLS 1.3 sends after its handshake."""
        self._types = frozenset({APPLICATION})

    @property
    def needed_bytes(self) -> int:
        """How many bytes can be read without taking any of the next record."""
        if len(self._partial) < HEAD_BYTES:
            return HEAD_BYTES - len(self._partial)
        return HEAD_BYTES + _announced(self._partial) - len(self._partial)

    @property
    def in_record_bytes(self) -> int:
        """How much there is of a record that is not whole yet."""
        return 0 if self._is_lost else len(self._partial)

    def feed(self, raw: bytes) -> Clear | None:
        """Take in what was read, and return the first thing in it that is no record."""
        data = self._partial + raw
        at = 0
        while not self._is_lost and at < len(data):
            if self._is_wrong(data[at : at + HEAD_BYTES]):
                self._is_lost = True
                shown = data[at : at + _SHOWN_BYTES].hex()
                clear = Clear(self._partial_at + at, f"no TLS record begins with {shown}")
                self._partial, self._partial_at = b"", self._partial_at + len(data)
                return clear
            size = HEAD_BYTES + _announced(data[at : at + HEAD_BYTES])
            if len(data) - at < max(size, HEAD_BYTES):
                break
            self.whole.append(Record(self._partial_at + at, data[at : at + size]))
            at += size
        self._partial = b"" if self._is_lost else data[at:]
        self._partial_at += at if not self._is_lost else len(data)
        return None

    def rest(self) -> Record:
        """Return the unfinished record at the end; it is empty where there is none."""
        return Record(self._partial_at, self._partial)

    def _is_wrong(self, head: bytes) -> bool:
        """Tell whether a record cannot begin with `head`, which may be shorter than a head is."""
        if head[0] not in self._types or head[1:2] not in (b"", bytes([_MAJOR])):
            return True
        if len(head) > 2 and head[2] not in _MINORS:
            return True
        return len(head) == HEAD_BYTES and not 0 < _announced(head) <= RECORD_MAX_BYTES


def _announced(head: bytes) -> int:
    """Return the length after the head that `head` announces."""
    return int.from_bytes(head[3:HEAD_BYTES], "big")


def find_clear(record: Record) -> Clear | None:
    """Find payload in clear inside a record that the TLS layer could not read.

    Bytes that leave unencrypted in mid-record look like the rest of it. Two blocks in a row that
    name the same sender give them away: in encrypted bytes they occur by chance once in 2^64.
    """
    raw = record.raw
    for at in range(HEAD_BYTES, len(raw) - 2 * BLOCK_BYTES + 1):
        if raw[at : at + 4] != raw[at + 8 : at + 12]:
            continue
        index = int.from_bytes(raw[at + 4 : at + 8], "big")
        if int.from_bytes(raw[at + 12 : at + 16], "big") == index + 1:
            shown = raw[at : at + _SHOWN_BYTES].hex()
            what = f"{at} bytes into what looks like a record, payload in clear: {shown}"
            return Clear(record.at_byte + at, what)
    return None
