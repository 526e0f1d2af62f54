"""Writing what the peer saw without ever waiting for its reader."""

import os

import msgspec

from stallproof.runner.peer.messages import PeerReply
from stallproof.wire.event import PeerEvent

_KEPT_MAX_BYTES = 256 * 1024 * 1024


class Output:
    """Lines on their way to the oracle. The descriptor must not block."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._encoder = msgspec.json.Encoder()
        self._kept = bytearray()

    def __bool__(self) -> bool:
        return bool(self._kept)

    def put(self, message: PeerEvent | PeerReply) -> None:
        """Add `message` as one line; `flush` sends it."""
        self._encoder.encode_into(message, self._kept, len(self._kept))
        self._kept += b"\n"
        if len(self._kept) > _KEPT_MAX_BYTES:
            raise BrokenPipeError("the oracle does not read what its peer saw")

    def flush(self) -> None:
        """Write what the pipe takes now; raises `BrokenPipeError` when nobody reads any more."""
        while self._kept:
            try:
                wrote = os.write(self.descriptor, self._kept)
            except BlockingIOError:
                return
            del self._kept[:wrote]
