"""The heads of frames that are text: a line, a line that announces bytes, an array of sized parts.

A line is the form of most protocols that people can type. `sized` is a line whose last word is the
number of bytes that follow it, and another end of line after these (NATS). `array` is a number of
parts, each with its size before it (RESP); the last part is the payload.

Spec: `spec/protocol.md`, "Frames of text".
"""

from stallproof.wire.event import Kind
from stallproof.wire.heads import HEAD_MAX_BYTES, Announced, Growing
from stallproof.wire.layout import TextLayout

_DIGITS_MAX = 10
"""A number of more digits is greater than any frame."""


def size_in(digits: bytes) -> int | None:
    """Return the number that `digits` say, `None` if they are not 1 to 10 decimal digits."""
    if not 1 <= len(digits) <= _DIGITS_MAX or not digits.isdigit():
        return None
    return int(digits)


class TextHead(Growing):
    """What the forms of text have in common: the openings of each kind, and the end of a line."""

    def __init__(self, layout: TextLayout) -> None:
        self._end = layout.end.encode()
        kinds: dict[Kind, list[str]] = {
            "data": layout.data,
            "heartbeat": layout.heartbeat,
            "ack": layout.ack,
        }
        self._kinds = {word.encode(): kind for kind, words in kinds.items() for word in words}
        super().__init__()

    def _kind_of(self, line: bytes | bytearray) -> Kind:
        return next((kind for word, kind in self._kinds.items() if line.startswith(word)), "other")

    def _limit(self, what: str) -> None:
        """Refuse a head that goes on for too long."""
        if len(self.head) >= HEAD_MAX_BYTES:
            self._refuse(f"{what} of {HEAD_MAX_BYTES} bytes or more")


class LineHead(TextHead):
    """As much of a line as tells its kind; the frame ends with the line."""

    def clear(self) -> None:
        super().clear()
        if b"" in self._kinds:
            self.announced = Announced(None, self._kinds[b""], tail=self._end)

    def _look(self) -> None:
        head = self.head
        kind = self._kind_of(head)
        if kind == "other" and any(word.startswith(head) for word in self._kinds):
            return
        self.announced = Announced(None, kind, tail=self._end)


class SizedHead(TextHead):
    """A line; the last word of one that is data is how many bytes follow it."""

    def _look(self) -> None:
        head = self.head
        if not head.endswith(self._end):
            self._limit("begins a line")
            return
        kind = self._kind_of(head)
        if kind != "data":
            self._announce(Announced(len(head), kind))
            return
        size = size_in(bytes(head[: -len(self._end)]).rpartition(b" ")[2])
        if size is None:
            self._refuse("announces data, and its last word is no size")
            return
        total = len(head) + size + len(self._end)
        self._announce(Announced(total, kind, tail=self._end))


class ArrayHead(TextHead):
    """An array up to the size of its last part, or all of one that has a single part.

    What begins like no array is a line.
    """

    def clear(self) -> None:
        super().clear()
        self._line_at = 0
        self._parts_left: int | None = None
        self._part_end = 0
        self._kind: Kind | None = None

    def _wanted(self) -> int:
        return max(1, self._part_end - len(self.head))

    def _look(self) -> None:
        head = self.head
        if self._part_end:
            self._end_part()
        elif head.endswith(self._end):
            line = bytes(head[self._line_at : -len(self._end)])
            self._line_at = len(head)
            self._read_line(line)
        if self.announced is None and self.garbage is None:
            self._limit("begins an array or a line")

    def _read_line(self, line: bytes) -> None:
        size = size_in(line[1:])
        if self._parts_left is None:
            if line[:1] != b"*":
                self._announce(Announced(len(self.head), self._kind_of(line)))
            elif not size:
                self._refuse("begins an array without parts")
            else:
                self._parts_left = size
        elif line[:1] != b"$" or size is None:
            self._refuse("has a part without a size")
        else:
            self._begin_part(size)

    def _begin_part(self, size: int) -> None:
        end = len(self._end)
        if self._parts_left == 1 and self._kind is not None:
            self._announce(Announced(len(self.head) + size + end, self._kind, tail=self._end))
        elif len(self.head) + size + end > HEAD_MAX_BYTES:
            self._refuse(f"has a part of {size} bytes before its payload")
        else:
            self._part_end = len(self.head) + size + end

    def _end_part(self) -> None:
        assert self._parts_left is not None
        part = bytes(self.head[self._line_at :])
        self._line_at, self._part_end = len(self.head), 0
        self._parts_left -= 1
        if not part.endswith(self._end):
            self._refuse("has a part that is longer than its size")
            return
        if self._kind is None:
            self._kind = self._kinds.get(part[: -len(self._end)], "other")
        if self._parts_left == 0:
            self._announce(Announced(len(self.head), self._kind))


FORMS: dict[str, type[TextHead]] = {"line": LineHead, "sized": SizedHead, "array": ArrayHead}
