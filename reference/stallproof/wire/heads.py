"""The heads of frames: what has to be read before it is known where a frame ends.

The intuition: all layouts alike are a head, then as many bytes as the head announces. Only a frame
that is a line ends where its end is found. Each reader here takes bytes until its head is whole,
never one of what follows, and says `garbage` of what can be no head.

The complication: bytes are hostile. A head has a greatest length, each byte is looked at once, and
a number is read only when it has few enough digits.

Spec: `spec/protocol.md`, "The layout of frames".
"""

from typing import NamedTuple, Protocol

from stallproof.wire.event import Kind
from stallproof.wire.layout import FrameLayout, LengthField

HEAD_MAX_BYTES = 4096
"""A head that is longer is no head."""
FRAME_MAX_BYTES = 1 << 30
"""A head that announces more than 1 GiB is garbage."""
_MORE = 0x80
"""This bit of a varint's byte says that another one follows."""
_SHOWN_BYTES = 32


class Announced(NamedTuple):
    """What a whole head says of its frame.

    `total_bytes` counts the head; `None` means that the frame ends where `tail` is found.
    `skip_bytes` lie between the head and the payload, and `tail` follows the payload.
    """

    total_bytes: int | None
    kind: Kind
    sequence: int | None = None
    skip_bytes: int = 0
    tail: bytes = b""


class HeadReader(Protocol):
    """One form of heads; `announced` is there once the `head` is whole."""

    head: bytearray
    announced: Announced | None
    garbage: str | None

    @property
    def needed_bytes(self) -> int:
        """How many bytes can be taken without any that follow the head; 0 when it is whole."""
        ...

    def feed(self, data: bytes, at: int) -> int:
        """Take of `data` from `at` on what belongs to the head; return where that ends."""
        ...

    def clear(self) -> None:
        """Get ready for the next frame."""
        ...


class Growing:
    """A head that takes bytes until `_look` finds it whole, or without sense."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Get ready for the next frame."""
        self.head = bytearray()
        self.announced: Announced | None = None
        self.garbage: str | None = None

    @property
    def needed_bytes(self) -> int:
        """How many bytes the head takes at least, 0 when it is whole."""
        return 0 if self.announced is not None or self.garbage is not None else self._wanted()

    def feed(self, data: bytes, at: int) -> int:
        """Take the head's bytes, as many at once as surely belong to it."""
        while at < len(data) and (needed := self.needed_bytes):
            taken = data[at : at + needed]
            self.head += taken
            at += len(taken)
            if len(taken) == needed:
                self._look()
        return at

    def _wanted(self) -> int:
        """Return how many bytes belong to the head for sure."""
        return 1

    def _look(self) -> None:
        """Set `announced` or `garbage` if the head says enough."""
        raise NotImplementedError

    def _announce(self, announced: Announced) -> None:
        """Take what the head says, unless no frame is like that."""
        total = announced.total_bytes
        if total is not None and not len(self.head) <= total <= FRAME_MAX_BYTES:
            self._refuse(f"announces a frame of {total} bytes")
        else:
            self.announced = announced

    def _refuse(self, why: str) -> None:
        """Say what is wrong with the head, with its beginning."""
        self.garbage = f"{why}: {bytes(self.head[:_SHOWN_BYTES]).hex()}"


class PrefixHead(Growing):
    """A prefix of known fields, the last of which may be a varint."""

    def __init__(self, layout: FrameLayout, length: LengthField) -> None:
        self._layout, self._length = layout, length
        kind = layout.kind
        self._kinds: dict[int, Kind] = {}
        if kind is not None:
            self._kinds.update(dict.fromkeys(kind.ack, "ack"))
            self._kinds.update(dict.fromkeys(kind.heartbeat, "heartbeat"))
            self._kinds.update(dict.fromkeys(kind.data, "data"))
        super().__init__()

    def _wanted(self) -> int:
        return max(1, self._layout.prefix_bytes - len(self.head))

    def _look(self) -> None:
        length, head = self._length, self.head
        if length.varint:
            if head[-1] & _MORE:
                if len(head) - length.at >= length.bytes:
                    self._refuse(f"has a varint of more than {length.bytes} bytes")
                return
            groups = head[length.at :]
            told = sum((group & ~_MORE) << 7 * place for place, group in enumerate(groups))
        else:
            told = self._number(length.at, length.bytes)
        self._read(told + (0 if length.counts_prefix else len(head)))

    def _read(self, total: int) -> None:
        layout = self._layout
        kind: Kind = "data"
        if layout.kind is not None:
            kind = self._kinds.get(self._number(layout.kind.at, layout.kind.bytes), "other")
        skip = layout.header_bytes if kind == "data" else 0
        if layout.extra is not None:
            skip += self._number(layout.extra.at, layout.extra.bytes)
        sequence = layout.sequence
        number = None if sequence is None else self._number(sequence.at, sequence.bytes)
        self._announce(Announced(total, kind, number, skip))

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self.head[at : at + size], self._layout.byte_order)
