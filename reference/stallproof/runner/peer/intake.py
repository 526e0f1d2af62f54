"""What comes in on one connection: how much may be read now, and what was read.

The frames of a declared handshake come first, whatever the reading rule, and are read to the byte;
only what follows them counts against the rule's limits.
"""

from collections.abc import Callable
from typing import Literal

from stallproof.runner.peer.frames import FrameReader
from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.read_policy import ReadPolicy
from stallproof.runner.peer.reads import Accumulator
from stallproof.runner.peer.wire import Ending
from stallproof.wire.peer import PeerSawEnd
from stallproof.wire.protocol import FrameLayout


class Intake:
    """Reads by `read_policy`, tells by `accumulator`; without a `layout` bytes are only counted.

    `answer` is called once with the handshake's reply, when its last frame was read, and after each
    read with what the layout answers to the frames that it completed.
    """

    def __init__(
        self,
        layout: FrameLayout | None,
        read_policy: ReadPolicy,
        accumulator: Accumulator,
        answer: Callable[[bytes], None],
    ) -> None:
        self._read_policy = read_policy
        self._accumulator = accumulator
        self._answer = answer
        self._reader = FrameReader(layout) if layout is not None else None
        handshake = layout.handshake if layout is not None else None
        self._handshake_left = handshake.frames if handshake else 0
        self._reply = bytes.fromhex(handshake.reply_hex) if handshake else b""
        self._greeting = bytes.fromhex(layout.greeting_hex) if layout else b""
        answers = layout.answers_hex.items() if layout is not None else ()
        self._answers = {kind: bytes.fromhex(text) for kind, text in answers}
        self._content_bytes = 0

    def on_made(self) -> None:
        """Say the greeting, and the reply where the handshake awaits no frame."""
        opening = self._greeting + (b"" if self._handshake_left else self._reply)
        if opening:
            self._answer(opening)

    @property
    def trickles(self) -> bool:
        """Whether reading goes by a schedule now, rather than by what has arrived."""
        return self._read_policy.mode == "trickle" and self._handshake_left == 0

    def allowance(self) -> int:
        """Return how many bytes the next read may take; 0 when the peer does not read now."""
        left = self._frame_left()
        if self._handshake_left:
            return left or 0
        # Of a line `content_most` says how much of it there is.
        is_in_line = self._reader is not None and self._reader.is_in_line
        return self._read_policy.chunk(None if is_in_line else left)

    def content_most(self, peek: Callable[[], bytes]) -> int | None:
        """Return how much content the next read may give, `None`: all that there is.

        `peek` returns what could be read, or nothing: it tells where a line ends.
        """
        if not self._handshake_left and not self._read_policy.counts_frames:
            return None
        if self._reader is None or not self._reader.is_in_line:
            return self._frame_left()
        ahead = peek()
        return max(1, ahead.find(b"\n") + 1 or len(ahead))

    def _frame_left(self) -> int | None:
        """Return how much of the current frame is missing, `None` when frames are not parsed."""
        reader = self._reader
        return None if reader is None or reader.garbage is not None else reader.needed_bytes

    def on_read(self, raw_bytes: int, data: bytes, *, began_us: int, at_us: int) -> None:
        """Take in what a read that began at `began_us` and returned at `at_us` brought.

        Limits in bytes count what came over the transport, `raw_bytes`; frames are in `data`.
        """
        if raw_bytes:
            self._accumulator.on_read(raw_bytes, began_us=began_us, at_us=at_us)
        self._content_bytes += len(data)
        if self._handshake_left:
            self._parse_handshake(data, at_us)
            return
        self._read_policy.on_bytes(raw_bytes)
        self._parse(data, at_us)

    def _parse(self, data: bytes, at_us: int) -> None:
        if self._reader is None or self._reader.garbage is not None:
            return
        frames = self._reader.feed(data, at_us)
        for frame in frames:
            self._accumulator.on_frame(frame)
            self._read_policy.on_frame()
        if self._answers and (
            answer := b"".join(self._answers.get(frame.kind, b"") for frame in frames)
        ):
            self._answer(answer)
        if self._reader.garbage is not None:
            self._read_policy.on_garbage()

    def _parse_handshake(self, data: bytes, at_us: int) -> None:
        """Take in at most one frame of the handshake; after the last one, answer."""
        assert self._reader is not None
        for frame in self._reader.feed(data, at_us):
            self._accumulator.on_frame(frame)
            self._handshake_left -= 1
        if self._reader.garbage is not None:
            self._handshake_left = 0
        elif self._handshake_left == 0 and self._reply:
            self._answer(self._reply)
        if self._handshake_left == 0:
            self._read_policy.start_schedule()

    def end(self, conn: str, how: Literal[Ending, "lab_closed"], garbage: str | None) -> PeerSawEnd:
        """Return the event that tells of the end, with the frame that it tore if there is one.

        `garbage`: why no content could be made of the bytes, if that is so.
        """
        torn: tuple[int, int | None, int | None] = (0, None, None)
        if garbage is None and self._reader is not None:
            garbage = self._reader.garbage
        if self._reader is not None and self._reader.garbage is None:
            torn = self._reader.torn()
            garbage = garbage or self._reader.torn_wrong
        return PeerSawEnd(
            at_us=now_us(), conn=conn, how=how, total_bytes=self._content_bytes,
            torn_bytes=torn[0], torn_size_bytes=torn[1], torn_send=torn[2], garbage=garbage,
        )  # fmt: skip
