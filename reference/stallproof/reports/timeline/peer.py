"""Tracks of the peer and of the closing: whether it read, and when the connection went."""

from collections.abc import Iterator
from itertools import pairwise

from stallproof.judge.evidence.facts import ConnFacts
from stallproof.reports.timeline.scope import Scope, name_of
from stallproof.reports.timeline.shapes import Bar, Limit, Shape, Track

_MODES = {"drain": ("reading", "reads"), "stop": ("stopped", "does not read")}
_TRICKLE = ("trickling", "reads a little")


def peer_tracks(scope: Scope) -> Iterator[Track]:
    """Yield one track for each connection that a peer was told to read or not."""
    for conn in scope.conns:
        if conn.modes:
            over_us = scope.run.end_us if conn.end is None else conn.end.at_us
            ends = [*(mode.at_us for mode in conn.modes), max(over_us, conn.modes[-1].at_us)]
            spans = pairwise(ends)
            shapes = [
                Bar(kind, begin_us, end_us, words)
                for (begin_us, end_us), mode in zip(spans, conn.modes, strict=True)
                for kind, words in [_MODES.get(mode.mode, _TRICKLE)]
            ]
            yield Track(f"peer of {name_of(conn.conn)}", conn.transport or "", shapes)


def closing_tracks(scope: Scope) -> Iterator[Track]:
    """Yield one track for each connection that was closed, or whose end the peer saw."""
    for conn in scope.conns:
        shapes = list(_closing(scope, conn))
        if shapes:
            yield Track(f"end of {name_of(conn.conn)}", "", shapes)


def _closing(scope: Scope, conn: ConnFacts) -> Iterator[Shape]:
    if conn.closings:
        since_us = min(one.at_us for one in conn.closings)
        cause = conn.closings[0].cause
        yield Bar(
            "closing",
            since_us,
            max(since_us, scope.run.end_us),
            f"closing: {name_of(cause)}" if cause else "closing",
        )
    seen = conn.hangup or conn.end
    if seen is not None:
        yield Limit(seen.at_us, "the peer saw the end")
