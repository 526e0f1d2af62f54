"""The worked example of the slides: the bounds of one stalled send.

Limit, threshold and gaps are those of an example in `spec/sc.md`; other knobs have their defaults.
What follows is worked out by the functions that `stallproof config` uses, and stands nowhere else.
"""

from dataclasses import dataclass

from proofs.diagrams import ink
from stallproof.configuration.relations import seconds_text
from stallproof.machines.close_window import Gaps, Ticks, close_window, outer_above_us
from stallproof.machines.policy import MICROSECONDS, Policy

POLICY = Policy(stall_timeout_us=75 * MICROSECONDS, checks_max=3, close_stalled=True)
SCHEDULE = Gaps(5 * MICROSECONDS, 5_200_000)
"""Form (a) with passes of up to 0.2 s, the second row of the law's example."""
ON_TIME = Ticks(5 * MICROSECONDS, 50_000)
"""Form (b) as the pages for operators count, so that a reader of both sees why they differ."""
MARGIN_US = 30 * MICROSECONDS
WIDTH, LEFT, RIGHT = 760, 40, 30


@dataclass(frozen=True)
class Bound:
    """A moment of the example, counted from the lock, and what happens there."""

    at_us: int
    words: str


def bounds() -> list[Bound]:
    """Return the moments of the example in their order."""
    window = close_window(POLICY, SCHEDULE)
    above_us = outer_above_us(POLICY, SCHEDULE, margin_us=MARGIN_US)
    return [
        Bound(0, "the send takes the lock"),
        Bound(POLICY.send_timeout_us, "A: the deadline ends the send"),
        Bound(POLICY.ack_progress_timeout_us, "B: a stream without progress ends"),
        Bound(POLICY.stall_timeout_us, "C: from here a check counts as stalled"),
        Bound(window.after_us, f"C: not closed at or before this, with {POLICY.checks_max} checks"),
        Bound(window.by_us, "C: closed by now"),
        Bound(above_us, f"outer timeouts are longer than this (margin {seconds_text(MARGIN_US)})"),
    ]


def x_of(at_us: int) -> float:
    """Return where a moment lies on the time line, which is to scale."""
    return LEFT + (WIDTH - LEFT - RIGHT) * at_us / bounds()[-1].at_us


def timeline() -> str:
    """Return the picture: one line to scale, each bound with its words on a row of its own."""
    found = bounds()
    base = 40 + 30 * len(found)
    parts = [ink.line(LEFT, base, WIDTH - RIGHT, base, "arrow")]
    closes = [each for each in found if each.words.startswith("C: ")][1:]
    parts.append(ink.line(x_of(closes[0].at_us), base, x_of(closes[1].at_us), base, "closing"))
    for place, each in enumerate(reversed(found)):
        x, y = x_of(each.at_us), 34 + 30 * place
        near_end = x > WIDTH / 2
        words = f"{seconds_text(each.at_us)} — {each.words}"
        parts.append(ink.line(x, y + 4, x, base, "grid"))
        parts.append(ink.dot(x, base, "mark", f"{each.at_us}"))
        at = x - 8 if near_end else x + 8
        parts.append(ink.text(words, at, y + 4, "head", "end" if near_end else "start"))
    told = ". ".join(f"{seconds_text(each.at_us)}: {each.words}" for each in found)
    return ink.picture(WIDTH, base + 24, "The bounds of one stalled send", told, parts)
