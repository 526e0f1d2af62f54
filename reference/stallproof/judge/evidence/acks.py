"""The ACKs of one stream as they add up: how far it was acknowledged at a time.

The intuition: an ACK was applied at its request at the earliest and when that was answered at the
latest. So an offset was acknowledged for certain, or at most, by a time. `Progress` takes the ACKs
in order of their requests and answers both by bisection. Nothing here judges.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from stallproof.judge.evidence.request import Request

Kind = Literal[
    "progress", "no-news", "perhaps", "error", "late",
    "not-an-integer", "boolean", "negative", "beyond-sent", "other-origin",
]  # fmt: skip
INVALID = ("not-an-integer", "boolean", "negative", "beyond-sent", "other-origin")
"""The kinds of ACKs that change nothing and are reported."""


@dataclass(slots=True, frozen=True)
class Ack:
    """One ACK that the oracle asked for, and what it was by the law.

    `perhaps`: the peer cannot tell whether it was progress. `late`: the stream had ended.
    `offset`: of what is or may be progress or no news, else 0.
    """

    request: Request
    kind: Kind
    offset: int

    @property
    def asked_us(self) -> int:
        return self.request.asked_us

    @property
    def taken_by_us(self) -> int:
        return self.request.taken_by_us

    @property
    def may_be_progress(self) -> bool:
        return self.kind in ("progress", "perhaps")


class Progress:
    """What was acknowledged when, of ACKs that are added in order of their requests."""

    def __init__(self) -> None:
        # Of certain progress each offset is greater than the one before, so that an ACK which was
        # taken no later than an earlier one makes that one worthless.
        self._sure_us: list[int] = []
        self._sure: list[Ack] = []
        self._may_us: list[int] = []
        self._may: list[Ack] = []
        self._most: list[int] = []
        self._taken_us: list[int] = []
        self._known: list[tuple[Ack, int, int]] = []
        self._applied_us: list[int] = []

    def add(self, ack: Ack) -> None:
        """Count one more ACK, asked for no earlier than those before."""
        if not ack.may_be_progress:
            return
        self._may_us.append(ack.asked_us)
        self._may.append(ack)
        self._most.append(max(ack.offset, self._most[-1] if self._most else 0))
        insort(self._taken_us, ack.taken_by_us)
        applied_us = min(ack.taken_by_us, ack.request.word_us)
        self._known.append((ack, ack.asked_us, applied_us))
        self._applied_us.append(max([applied_us, *self._applied_us[-1:]]))
        if ack.kind == "progress":
            while self._sure_us and self._sure_us[-1] >= ack.taken_by_us:
                self._sure_us.pop()
                self._sure.pop()
            self._sure_us.append(ack.taken_by_us)
            self._sure.append(ack)

    def applied_after(self, at_us: int) -> Iterator[tuple[Ack, int, int]]:
        """Yield what may be progress, from the first on that may have been applied after `at_us`.

        Each with the times at which it was asked for, and had been applied at the latest.
        """
        return islice(self._known, bisect_right(self._applied_us, at_us), None)

    def last_sure(self, at_us: int) -> Ack | None:
        """Return the last progress that had been taken for certain at `at_us`."""
        place = bisect_right(self._sure_us, at_us)
        return self._sure[place - 1] if place else None

    def sure_by(self, at_us: int) -> int:
        """Return the offset that was acknowledged for certain at `at_us`."""
        ack = self.last_sure(at_us)
        return 0 if ack is None else ack.offset

    def most_by(self, at_us: int) -> int:
        """Return the greatest offset that may have been acknowledged at `at_us`."""
        place = bisect_right(self._may_us, at_us)
        return self._most[place - 1] if place else 0

    def reaching(self, offset: int) -> Ack | None:
        """Return the first ACK asked for that may have acknowledged `offset` or more."""
        place = bisect_left(self._most, offset)
        return self._may[place] if place < len(self._may) else None

    def taken_before(self, ack: Ack) -> int | None:
        """Return when the last other one was taken for certain before `ack` was asked for."""
        place = bisect_right(self._taken_us, ack.asked_us)
        if place and ack.taken_by_us == ack.asked_us:
            # It was itself taken at once.
            place -= 1
        return self._taken_us[place - 1] if place else None


def number_of(raw: Any) -> int | None:
    """Return the offset that an ACK names; 5.0 is not told from 5, since some languages cannot."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw if isinstance(raw, int) else None
