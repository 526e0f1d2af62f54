"""The law of the deferred stop (group DS), read off the last visit to the map.

Spec: `spec/ds.md`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

LENGTHS = {"lock": 1, "unlock": 1, "made": 2, "failed": 2, "forgotten": 2}
FIELDS = {"stop": "DS-1", "report": "DS-2", "tasks": "DS-2"}

Events = Sequence[Sequence[str]]


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the last of the `events` of one map."""
    events = given.get("events")
    if given.keys() != {"events"} or not isinstance(events, list) or not events:
        return None
    if not all(map(_is_event, events)) or not _can_be(events):
        return None
    verb = events[-1][0]
    decision: dict[str, Any] = {"stop": [], "report": [], "tasks": _known(events)}
    tested: dict[str, str] = {}
    if verb == "failed":
        name = events[-1][1]
        is_known = name in _known(events)
        tested = {"DS-1": "held"} if is_known else {}
        if not is_known and ["made", name] not in events:
            tested = {"DS-2": "unknown"}
    if verb == "unlock":
        decision, tested = _released(events, decision)
    return Verdict(decision, tested, FIELDS)


def _released(events: Events, decision: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the end of the last visit brings, and what it shows."""
    begun = max(at for at, one in enumerate(events) if one == ["lock"])
    failed = [at for at in range(begun, len(events)) if events[at][0] == "failed"]
    known = [at for at in failed if events[at][1] in _known(events[:at])]
    first = [at for at in known if _is_first(events, at)]
    strangers = [events[at][1] for at in failed if at not in known]
    stops = [[events[at][1], events[:at].count(["made", events[at][1]])] for at in first]
    decision |= {"stop": stops, "report": strangers}
    tested = {}
    if first:
        tested["DS-1"] = "several" if len(first) > 1 else "released"
    if any(["failed", events[at][1]] in events[:at] for at in first):
        tested["DS-1"] = "renewed"
    if len(known) > len(first):
        tested["DS-1"] = "repeated"
    if strangers:
        seen = any(["made", name] in events for name in strangers)
        tested["DS-2"] = "forgotten" if seen else "reported"
    elif failed:
        tested["DS-2"] = "known"
    return decision, tested


def _is_first(events: Events, at: int) -> bool:
    """Tell whether the task that fails here has not failed since it was made."""
    name = events[at][1]
    made = max(place for place in range(at) if events[place] == ["made", name])
    return ["failed", name] not in events[made:at]


def _known(events: Events) -> list[str]:
    """Return the streams in the map, in the order of their making."""
    made = {one[1]: at for at, one in enumerate(events) if one[0] == "made"}
    gone = {one[1]: at for at, one in enumerate(events) if one[0] == "forgotten"}
    return sorted((name for name in made if gone.get(name, -1) < made[name]), key=made.__getitem__)


def _is_event(one: object) -> bool:
    words = isinstance(one, list) and bool(one) and all(isinstance(word, str) for word in one)
    return words and isinstance(one, list) and LENGTHS.get(one[0]) == len(one)


def _can_be(events: Events) -> bool:
    """Tell whether the map is used under its lock, and each name made and forgotten in turn."""
    for at, (verb, *name) in enumerate(events):
        holds = [one[0] for one in events[:at] if one[0] in ("lock", "unlock")]
        is_held = holds[-1:] == ["lock"]
        if is_held == (verb == "lock"):
            return False
        if verb in ("made", "forgotten"):
            is_known = name[0] in _known(events[:at])
            if is_known == (verb == "made"):
                return False
    return True
