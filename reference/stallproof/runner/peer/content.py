"""What follows the head of a frame: a header that is passed over, and a payload with an owner.

The payload is compared with what it should be as it arrives. In a frame that is a line it is
written in hexadecimal digits, and its size counts these, since any byte could end the line.
"""

import binascii
import re

from stallproof.runner.peer.payload import NAMING_BYTES, Owner, find_wrong, owner_of, pattern

_DIGITS = re.compile(rb"[0-9A-Fa-f]*")


class Content:
    """The content of one frame, `body_bytes` long with its header of `skip_bytes`.

    `None`: it is a line of digits, which ends with `end_line`. What is not `is_judged` is counted
    only. `wrong`: what is wrong with the payload, `None` while nothing is.
    """

    def __init__(
        self, body_bytes: int | None, skip_bytes: int = 0, *, is_judged: bool = False
    ) -> None:
        self.owner: Owner | None = None
        self.wrong: str | None = None
        self.payload_bytes = 0
        self._is_line = body_bytes is None
        self._is_judged = is_judged
        self._skip_bytes = skip_bytes
        self._naming_bytes = NAMING_BYTES
        self._start = b""
        self._digits = b""
        self._checked_bytes = 0
        self._is_nobodys = False
        if body_bytes is not None:
            self.payload_bytes = max(0, body_bytes - skip_bytes)
            self._naming_bytes = min(NAMING_BYTES, self.payload_bytes)
            if body_bytes < skip_bytes:
                self.wrong = f"its header of {skip_bytes} bytes is longer than the frame"

    @property
    def likely_owner(self) -> Owner | None:
        """Whose the content is, as far as what has arrived tells."""
        return self.owner or owner_of(self._start)

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes."""
        if self._is_line:
            self.payload_bytes += len(piece)
        if not self._is_judged or self.wrong is not None:
            return
        if self._is_line:
            self._feed_digits(piece)
        else:
            self._check(piece)

    def end_line(self) -> None:
        """Check what was left for the end of the line: a short payload, and half of a byte."""
        if not self._is_judged or self.wrong is not None:
            return
        self._naming_bytes = min(NAMING_BYTES, self._checked_bytes + len(self._start))
        if self.owner is None:
            self._check(b"")
        if self._digits and self.owner is not None:
            at = self.owner.at + self._checked_bytes
            if pattern(self.owner.number, at, 1).hex()[0] != self._digits.decode().lower():
                self.wrong = f"its last digit, half of byte {at}, is wrong"

    def _feed_digits(self, piece: bytes) -> None:
        digits = self._digits + piece
        valid = _DIGITS.match(digits)
        size = 0 if valid is None else valid.end()
        even = size & ~1
        self._digits = digits[even:size]
        self._check(binascii.unhexlify(digits[:even]))
        if size < len(digits) and self.wrong is None:
            self.wrong = "its line holds what is no hexadecimal digit"

    def _check(self, piece: bytes) -> None:
        """Compare the next bytes after the head with what they should be."""
        if self._skip_bytes:
            skipped = min(self._skip_bytes, len(piece))
            self._skip_bytes -= skipped
            piece = piece[skipped:]
        if self._is_nobodys:
            return
        if self.owner is None:
            self._start += piece
            if len(self._start) < self._naming_bytes:
                return
            self.owner = owner_of(self._start)
            if self.owner is None:
                self._is_nobodys = True
                return
            piece = self._start
        self.wrong = find_wrong(self.owner.number, self.owner.at + self._checked_bytes, piece)
        self._checked_bytes += len(piece)
