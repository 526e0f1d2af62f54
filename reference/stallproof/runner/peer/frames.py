"""Finding frames in a stream of bytes, whatever the pieces it arrives in.

The layout is the one that the implementation declared. What is checked of a frame is checked as its
bytes arrive, so that a large one costs no more at its end than a small one.
"""

from typing import NamedTuple

from stallproof.runner.peer.content import Content
from stallproof.runner.peer.payload import Owner
from stallproof.wire.event import Kind
from stallproof.wire.heads import FRAME_MAX_BYTES, Announced, HeadReader, PrefixHead
from stallproof.wire.layout import FrameLayout
from stallproof.wire.text_heads import FORMS


class Frame(NamedTuple):
    """A whole frame. `size_bytes` is the payload alone; `wrong` is `None` when it is intact.

    A chunk has a `stream`, and `stream_offset` says where in it the payload begins.
    """

    kind: Kind
    size_bytes: int
    began_us: int
    at_us: int
    sequence: int | None
    send: int | None
    stream: int | None
    stream_offset: int | None
    wrong: str | None


def _head_reader(layout: FrameLayout) -> HeadReader:
    if layout.text is not None:
        return FORMS[layout.text.form](layout.text)
    assert layout.length is not None, "a layout has a length, or is text"
    return PrefixHead(layout, layout.length)


class FrameReader:
    """Split what one connection sends into frames by `layout`.

    `garbage` says which head made no sense; from there on nothing is parsed any more.
    """

    def __init__(self, layout: FrameLayout) -> None:
        self._head = _head_reader(layout)
        self._what = "prefix" if layout.text is None else "text"
        self.garbage: str | None = None
        self._parsed_bytes = 0
        self._clear()

    def _clear(self) -> None:
        """Get ready for the next frame."""
        self._head.clear()
        self._announced: Announced | None = None
        self._got_bytes = 0
        self._left_bytes = 0
        self._tail = b""
        self._content = Content(0)

    @property
    def needed_bytes(self) -> int:
        """How many bytes can be read without taking any of the next frame; 0 after garbage."""
        if self.garbage is not None:
            return 0
        if self._announced is None:
            return self._head.needed_bytes or 1
        return 1 if self._announced.total_bytes is None else self._left_bytes

    @property
    def is_in_line(self) -> bool:
        """Whether the frame at hand ends with its line, however long that is."""
        announced = self._announced
        return self.garbage is None and announced is not None and announced.total_bytes is None

    def feed(self, data: bytes, at_us: int) -> list[Frame]:
        """Take in `data`, read at `at_us`, and return the frames that it completes."""
        frames: list[Frame] = []
        at, size = 0, len(data)
        while at < size and self.garbage is None:
            if self._announced is None:
                if not self._head.head:
                    self._began_us = at_us
                at = self._head.feed(data, at)
                if self._head.announced is None:
                    self._give_up_head()
                    continue
                self._begin(self._head.announced)
            assert self._announced is not None
            if self._announced.total_bytes is None:
                at, is_whole = self._feed_line(data, at)
            else:
                at, is_whole = self._feed_announced(data, at), not self._left_bytes
            if is_whole:
                frames.append(self._finished(at_us))
        return frames

    @property
    def torn_wrong(self) -> str | None:
        """What is wrong with the unfinished frame: bytes of another one may have followed it."""
        wrong = self._content.wrong
        return None if wrong is None else f"of the unfinished frame {wrong}"

    def torn(self) -> tuple[int, int | None, int | None]:
        """Return how much of an unfinished frame there is, its size on the wire, and its send.

        The size of a frame that ends with its line is not known, so `None`.
        """
        if self._announced is None:
            return len(self._head.head), None, None
        owner: Owner | None = self._content.likely_owner
        send = None if owner is None else owner.send
        return self._got_bytes, self._announced.total_bytes, send

    def _give_up_head(self) -> None:
        """Stop parsing if the head makes no sense."""
        if self._head.garbage is not None:
            self._say_garbage(self._head.garbage)

    def _say_garbage(self, why: str) -> None:
        self.garbage = f"the {self._what} at byte {self._parsed_bytes} of the stream {why}"

    def _begin(self, announced: Announced) -> None:
        """Begin with what follows a head."""
        self._announced = announced
        self._got_bytes = len(self._head.head)
        judged = announced.kind == "data"
        if announced.total_bytes is None:
            # The end of the line may lie in the head already: it is looked for there as well.
            self._tail = bytes(self._head.head[-len(announced.tail) :])
            self._content = Content(None, is_judged=judged)
            return
        self._left_bytes = announced.total_bytes - self._got_bytes
        body_bytes = self._left_bytes - len(announced.tail)
        self._content = Content(body_bytes, announced.skip_bytes, is_judged=judged)

    def _feed_announced(self, data: bytes, at: int) -> int:
        """Take what belongs to a frame of a known size; return where that ends."""
        assert self._announced is not None
        piece = data[at : at + self._left_bytes]
        self._left_bytes -= len(piece)
        self._got_bytes += len(piece)
        tail = self._announced.tail
        if tail:
            within = max(0, min(len(piece), self._left_bytes + len(piece) - len(tail)))
            self._tail += piece[within:]
            self._content.feed(piece[:within])
        else:
            self._content.feed(piece)
        return at + len(piece)

    def _feed_line(self, data: bytes, at: int) -> tuple[int, bool]:
        """Take what belongs to a line; return where that ends, and whether the line does."""
        assert self._announced is not None
        tail = self._announced.tail
        if self._tail == tail:
            self._content.end_line()
            return at, True
        stop = data.find(b"\n", at) + 1 or len(data)
        piece = data[at:stop]
        self._got_bytes += len(piece)
        if self._got_bytes > FRAME_MAX_BYTES:
            self._say_garbage(f"is a line of more than {FRAME_MAX_BYTES} bytes")
            return stop, False
        # A byte that may begin the end of the line is held back until the next one tells.
        held = self._tail if tail.startswith(self._tail) else b""
        piece = held + piece
        is_whole = piece.endswith(tail)
        kept = len(tail) if is_whole else int(piece.endswith(tail[:-1]) and len(tail) > 1)
        self._content.feed(piece[: len(piece) - kept])
        self._tail = piece[len(piece) - kept :]
        if is_whole:
            self._content.end_line()
        return stop, is_whole

    def _finished(self, at_us: int) -> Frame:
        announced, content = self._announced, self._content
        assert announced is not None
        owner, wrong = content.owner, content.wrong
        if self._tail != announced.tail:
            wrong = wrong or f"it ends with {self._tail.hex()} instead of an end of line"
            self._say_garbage("does not end where its head says")
        frame = Frame(
            kind=announced.kind,
            size_bytes=content.payload_bytes,
            began_us=self._began_us,
            at_us=at_us,
            sequence=announced.sequence,
            send=None if owner is None else owner.send,
            stream=None if owner is None else owner.stream,
            stream_offset=None if owner is None or owner.stream is None else owner.at,
            wrong=wrong,
        )
        self._parsed_bytes += self._got_bytes
        self._clear()
        return frame
