"""What a track of a timeline is made of: spans, limits, steps and points, all in time.

Who builds a track says what is so from when to when. Where that lies on the picture is decided
elsewhere. `kind` is one of `KINDS`: it gives colour and pattern, and a line of the legend.
"""

from collections.abc import Sequence
from dataclasses import dataclass

KINDS = {
    "held": "a send holds the lock",
    "queued": "a send waits for the lock",
    "over": "beyond its bound",
    "stopped": "the peer does not read",
    "trickling": "the peer reads a little at a time",
    "reading": "the peer reads",
    "waiting": "the stream waits for an ACK",
    "written": "bytes written, by its own word",
    "arrived": "bytes that came to the peer",
    "sent": "bytes sent",
    "acked": "bytes acknowledged",
    "window": "the window: sent bytes may reach so far",
    "check": "a check, and its count of stalled ones",
    "threshold": "the threshold",
    "closewindow": "the close window",
    "closing": "closing or closed",
    "bound": "a bound, or a moment that is due",
}
"""Each kind of shape, in the words of the legend."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts; `words` stand on it, or beside it."""

    kind: str
    from_us: int
    until_us: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A moment that counts: a deadline, a bound, or what is due, with its `words`."""

    at_us: int
    words: str


@dataclass(frozen=True, slots=True)
class Steps:
    """A number that changes at some moments and stays in between."""

    kind: str
    points: Sequence[tuple[int, int]]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A number that matters all the time, such as a threshold."""

    kind: str
    value: int
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    """A number that was found at one moment, with its `words`."""

    kind: str
    at_us: int
    value: int
    words: str


Shape = Bar | Limit | Steps | Level | Point


@dataclass(frozen=True, slots=True)
class Track:
    """One strip of the picture: its `title`, what the numbers in it are, and its shapes."""

    title: str
    about: str
    shapes: Sequence[Shape]

    @property
    def is_graph(self) -> bool:
        """Whether it shows numbers."""
        return any(isinstance(one, Steps | Point) for one in self.shapes)

    @property
    def most(self) -> int:
        """The greatest number in it, 1 at least."""
        values = [one.value for one in self.shapes if isinstance(one, Level | Point)]
        for one in self.shapes:
            if isinstance(one, Steps):
                values += [value for _at_us, value in one.points]
        return max(values, default=1) or 1
