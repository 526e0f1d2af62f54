"""What a transport has that takes a small frame in one piece.

The intuition: the kernel asks more for two pieces than a copy of a small payload costs. So a small
frame is put together, and its one write is a call of the system and nothing else.

Spec: `spec/sd.md`.
"""

from collections.abc import Callable
from typing import Protocol, TypeGuard

JOINED_MAX_BYTES = 8 * 1024
"""Up to here copying a payload behind its prefix costs less than writing the two side by side."""
Joined = bytes | memoryview
"""A frame in one piece."""


class Joining(Protocol):
    """A transport that takes frames in one piece, up to a payload of `joined_max_bytes`.

    `write_joined` takes one, and `write_flags`; it is what `Transport.write` is for pieces.
    """

    joined_max_bytes: int
    write_flags: int

    @property
    def write_joined(self) -> Callable[[Joined, int], int]: ...

    def joined(
        self, kind: int, sequence: int, payload: bytes | memoryview, header: bytes, stream_id: int,
        /,
    ) -> Joined:  # fmt: skip
        """Return what the pieces of `Transport.frame` are when they are put together."""


_MEMBERS = ("joined_max_bytes", "write_flags", "write_joined", "joined")


def is_joining(transport: object) -> TypeGuard[Joining]:
    """Tell whether `transport` takes frames in one piece, by what it has.

    Asking `isinstance` of a protocol costs as much as the rest of making a sender.
    """
    return all(hasattr(transport, one) for one in _MEMBERS)
