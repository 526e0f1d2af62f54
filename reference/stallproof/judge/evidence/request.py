"""One request about a stream, and what became of it. Nothing here judges."""

from dataclasses import dataclass

from stallproof.judge.evidence.moment import FOREVER
from stallproof.wire.events import Answered, Requested


@dataclass(slots=True, frozen=True)
class Request:
    """One request about a stream, and what became of it."""

    asked: Requested
    answered: Answered | None

    @property
    def asked_us(self) -> int:
        """It had no effect before this."""
        return self.asked.at_us

    @property
    def taken_by_us(self) -> int:
        """It had been carried out by then; `FOREVER` if it was not, or nobody knows."""
        done = self.answered is not None and self.answered.error is None
        return self.answered.at_us if self.answered is not None and done else FOREVER

    @property
    def error(self) -> str | None:
        return None if self.answered is None else self.answered.error
