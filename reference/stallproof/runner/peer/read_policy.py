"""How much the peer may read of a connection now: the three modes and their exact limits."""

from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.messages import Mode

_LARGE_READ_BYTES = 256 * 1024
# Many tiny frames take longer to parse than their bytes to read: small reads keep the peer awake.
_SMALL_READ_BYTES = 16 * 1024


class ReadPolicy:
    """The reading rule in force: a mode, and what is left until the peer stops by itself.

    A trickle reads up to `piece_bytes` at each multiple of `every_us` after it was set: an absolute
    schedule, on which a moment that was missed is not made up for.
    """

    def __init__(self) -> None:
        self.mode: Mode = "drain"
        self.next_us = 0
        self._limit_left: int | None = None
        self._frames_left: int | None = None
        self._piece_bytes = 0
        self._every_us = 1

    def set(
        self,
        mode: Mode,
        *,
        limit_bytes: int | None = None,
        frames: int | None = None,
        piece_bytes: int = 0,
        every_us: int = 1,
    ) -> None:
        """Read by `mode` from now on, for at most `limit_bytes` bytes or `frames` whole frames."""
        self.mode = mode
        self._limit_left = limit_bytes
        self._frames_left = frames
        self._piece_bytes = piece_bytes
        self._every_us = every_us
        self.start_schedule()

    def start_schedule(self) -> None:
        """Begin the schedule of a trickle anew."""
        self.next_us = now_us() + self._every_us

    def take_turn(self, now: int) -> bool:
        """Tell whether a piece of a trickle is due, and plan the next one."""
        if now < self.next_us:
            return False
        self.next_us += self._every_us * (1 + (now - self.next_us) // self._every_us)
        return True

    def chunk(self, frame_left_bytes: int | None) -> int:
        """Return how many bytes the next read may take, 0 for none.

        `frame_left_bytes`: what is left of the current frame, `None` when frames are not parsed.
        """
        if self.mode == "stop":
            return 0
        if self.mode == "trickle":
            size = self._piece_bytes
        elif frame_left_bytes is None or frame_left_bytes >= _SMALL_READ_BYTES:
            size = _LARGE_READ_BYTES
        else:
            size = _SMALL_READ_BYTES
        if self._limit_left is not None:
            size = min(size, self._limit_left)
        if self._frames_left is not None and frame_left_bytes is not None:
            size = min(size, frame_left_bytes)
        return size

    def on_bytes(self, got_bytes: int) -> None:
        """Count `got_bytes` against the limit."""
        if self._limit_left is not None:
            self._limit_left -= got_bytes

    def on_frame(self) -> None:
        """Count a whole frame against the limit."""
        if self._frames_left is not None:
            self._frames_left -= 1

    def on_garbage(self) -> None:
        """Give up a limit in frames: there are no frames any more."""
        if self._frames_left is not None:
            self._frames_left = 0

    @property
    def counts_frames(self) -> bool:
        """Whether the peer stops by itself after a number of frames."""
        return self._frames_left is not None

    @property
    def is_satisfied(self) -> bool:
        """Whether the peer must now stop by itself."""
        return self.mode != "stop" and (self._limit_left == 0 or self._frames_left == 0)
