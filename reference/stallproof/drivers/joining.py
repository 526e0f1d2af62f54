"""What a transport has that takes a small frame in one piece.

The intuition: the kernel asks more for two pieces than a copy of a small payload costs. So a small
frame is put together, and its one write is a call of the system and nothing else. Both steps are
functions that a sender may call with nothing in between.

Spec: `spec/sd.md`.
"""

from collections.abc import Callable
from typing import Protocol, TypeGuard

JOINED_MAX_BYTES = 64 * 1024
"""Up to here copying a payload behind its prefix costs less than two pieces and the machine do."""


class Joining(Protocol):
    """A transport that takes frames in one piece, up to a payload of `joined_max_bytes`.

    `write_joined` takes one, and `write_flags`; it is what `Transport.write` is for pieces. Such a
    frame is what `prefix_of` returns, the header and the payload.
    """

    joined_max_bytes: int
    write_flags: int

    @property
    def write_joined(self) -> Callable[[bytes, int], int]: ...

    @property
    def prefix_of(self) -> Callable[[int, int, int, int, int], bytes]:
        """Return what stands before header and payload.

        It is called with the bytes of frame and header, the type, the stream id and the number.
        """


def is_joining(transport: object) -> TypeGuard[Joining]:
    """Tell whether `transport` takes frames in one piece: whether it has what puts them together.

    Asking `isinstance` of a protocol costs as much as the rest of making a sender.
    """
    return hasattr(transport, "prefix_of")
