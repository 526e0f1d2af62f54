"""The event of a finding that contradicts the law, and the moment at which it does.

In virtual time the judge says it. On the real clock a rule puts what it accuses first, so that it
is the last thing that the accused did: a send that returned, a stream that ended, a check.
"""

from typing import NamedTuple

from msgspec import UNSET

from stallproof.judge.report import Finding
from stallproof.wire.event import ImplementationEvent, PeerEvent
from stallproof.wire.events import DECISIVE, AnyEvent


class Mark(NamedTuple):
    """When what happened and the law part, and by which event; `None`: something did not come."""

    at_us: int
    event: AnyEvent | None


def mark_of(finding: Finding) -> Mark | None:
    """Return where `finding` is marked, `None` if it rests on no event."""
    told = finding.contradiction
    if told is not UNSET:
        is_there = told.event is not None and told.event < len(finding.events)
        return Mark(told.at_us, finding.events[told.event or 0] if is_there else None)
    if not finding.events:
        return None
    accused = _accused(finding)
    for candidates in (
        [one for one in finding.events if _is_decision(one) and _is_about(one, accused)],
        [one for one in finding.events if isinstance(one, ImplementationEvent | PeerEvent)],
        finding.events,
    ):
        if candidates:
            last = max(candidates, key=lambda one: one.at_us)
            return Mark(last.at_us, last)
    return None


def _is_decision(event: AnyEvent) -> bool:
    return event.__struct_config__.tag in DECISIVE


def _accused(finding: Finding) -> dict[str, object]:
    """Return the connection, the send and the stream that are named first."""
    named: dict[str, object] = {}
    for event in finding.events:
        for name in ("conn", "send", "stream"):
            value = getattr(event, name, None)
            if value is not None:
                named.setdefault(name, value)
    return named


def _is_about(event: AnyEvent, accused: dict[str, object]) -> bool:
    """Tell whether `event` speaks of nothing else than the accused."""
    own = {name: getattr(event, name, None) for name in accused}
    return all(value in (None, accused[name]) for name, value in own.items())
