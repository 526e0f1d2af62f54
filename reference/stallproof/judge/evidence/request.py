"""One request about a stream, or an ACK of the peer, and what became of it. Nothing here judges."""

from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from stallproof.judge.evidence.moment import FOREVER
from stallproof.wire.events import Answered, PeerDid, Requested


@dataclass(slots=True, frozen=True)
class Request:
    """One request about a stream, or one ACK that the peer sent over the wire.

    `word_us`: when the implementation was heard to speak of it, of an ACK.
    """

    asked: Requested | PeerDid
    answered: Answered | None
    word_us: int = FOREVER

    @property
    def is_by_wire(self) -> bool:
        """Whether the peer sent it, so that the implementation had to read it."""
        return isinstance(self.asked, PeerDid)

    @property
    def asked_us(self) -> int:
        """It had no effect before this."""
        return self.asked.at_us

    @property
    def taken_by_us(self) -> int:
        """It had been carried out by then; `FOREVER` if it was not, or nobody knows."""
        if self.is_by_wire:
            return self.word_us
        done = self.answered is not None and self.answered.error is None
        return self.answered.at_us if self.answered is not None and done else FOREVER

    @property
    def error(self) -> str | None:
        return None if self.answered is None else self.answered.error

    @property
    def requested(self) -> Requested:
        """The request itself, of what was asked of the implementation."""
        assert isinstance(self.asked, Requested)
        return self.asked

    # --- of an ACK --------------------------------------------------------------------------------

    @property
    def offset(self) -> Any:
        """The offset of an ACK as it went out, any JSON."""
        return self.asked.offset

    @property
    def origin(self) -> str | None:
        """Who an ACK comes from; what comes over the wire is the receiver's."""
        return None if isinstance(self.asked, PeerDid) else self.asked.origin

    @property
    def error_text(self) -> str | None:
        """The text of an error ACK, `None` for an ordinary one."""
        return None if self.asked.error is UNSET else self.asked.error
