"""What is kept of each ACK that a stream was handed, in virtual time."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, frozen=True)
class AckTaken:
    """One ACK that was handed over: when, what it was, and the due moment before it."""

    at_us: int
    offset: Any
    kind: str
    acked_before: int
    due_before_us: int
