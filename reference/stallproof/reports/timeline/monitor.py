"""Tracks of the monitor: checks that count up to the threshold, and the close window.

Spec: `spec/sc.md`, "The close window". In virtual time a check comes exactly at its tick.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts
from stallproof.judge.evidence.run import KnobMissing, Run
from stallproof.judge.rules.close_window import close_window_us
from stallproof.reports.timeline.scope import Scope, name_of
from stallproof.reports.timeline.sends import held_us
from stallproof.reports.timeline.shapes import Bar, Level, Limit, Point, Shape, Track
from stallproof.wire.units import ms

STALLS_MAX = 3


def check_tracks(scope: Scope) -> Iterator[Track]:
    """Yield one track for each connection that was checked."""
    for conn in scope.conns:
        if conn.checks:
            yield Track(
                f"checks of {name_of(conn.conn)}",
                "stalled in a row",
                list(_checks(scope.run, conn)),
            )


def _checks(run: Run, conn: ConnFacts) -> Iterator[Shape]:
    yield from _stalls(run, conn)
    threshold = run.begun.policy.get("checks_max")
    if threshold is not None:
        closes = "closes" if run.begun.policy.get("close_stalled") else "warns only"
        yield Level("threshold", threshold, f"threshold {threshold}: {closes}")
    for check in conn.checks:
        found = f"stalled for {ms(check.stall_us)}, count {check.count}"
        yield Point("check", check.at_us, check.count, found)


def _stalls(run: Run, conn: ConnFacts) -> Iterator[Shape]:
    """Yield of each send that held the lock beyond the limit when it was stalled and is closed."""
    limit_us = run.begun.policy.get("stall_timeout_us")
    if limit_us is None:
        return
    spans = (held_us(run, conn, send) for send in conn.sends.values())
    stalls = [held for held in spans if held is not None and held[1] - held[0] > limit_us]
    window = window_us(run)
    for since_us, _until_us in sorted(stalls)[:STALLS_MAX]:
        if window is not None:
            lower_us, upper_us = window
            yield Bar("closewindow", since_us + lower_us, since_us + upper_us, "close window")
        yield Limit(since_us + limit_us, f"stalled after {ms(limit_us)}")


def window_us(run: Run) -> tuple[int, int] | None:
    """Return the close window after a stall began; `None` where nothing closes by a schedule."""
    asked = run.asked("monitor")
    if not asked or not run.begun.policy.get("close_stalled"):
        return None
    period_us = asked[-1].period_us
    try:
        if run.begun.clock == "real" or period_us is None:
            return close_window_us(run)
        lower_us = run.knob("stall_timeout_us") + (run.knob("checks_max") - 1) * period_us
    except KnobMissing:
        return None
    return lower_us, lower_us + period_us
