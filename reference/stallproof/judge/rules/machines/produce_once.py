"""The law of producing once (group PO), read off the history: who looked when, and was it dropped?

Spec: `spec/po.md`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

LENGTHS = {"look": 3, "produced": 3, "raised": 2, "evict": 2, "clear": 1}
IN_ITS_LIFE = {"answer": "PO-1", "value": "PO-1", "stored": "PO-1"}
FIELDS = {"answer": "PO-1", "value": "PO-2", "stored": "PO-2"}
"""Once something was dropped, value and store are a matter of that."""

Events = Sequence[Sequence[str]]


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the last of the `events` of one store."""
    events = given.get("events")
    if given.keys() != {"events"} or not isinstance(events, list) or not events:
        return None
    if not all(map(_is_event, events)) or not _can_be(events):
        return None
    verb, stored = events[-1][0], _all_stored(events)
    decision = {"answer": "done", "value": None, "stored": stored}
    if verb in ("evict", "clear"):
        gone = len(stored) < len(_all_stored(events[:-1]))
        return Verdict(decision, {"PO-2": "dropped"} if gone else {}, FIELDS)
    if verb == "look":
        value = _stored(events, events[-1][2])
        decision |= {"answer": "produce" if value is None else "return", "value": value}
        busy = any(_looked(events[:-1], one[1]) is not None for one in events if one[0] == "look")
        situation = "produces" if busy else ""
        return _in_its_life(decision, situation if value is None else "found")
    return _ended(events, decision)


def _ended(events: Events, decision: dict[str, Any]) -> Verdict:
    """Return the verdict on a producing that came to its end."""
    before, last = events[:-1], events[-1]
    looked = _looked(before, last[1])
    assert looked is not None, "the history can be"
    item = before[looked][2]
    kept, dropped = _stored(before, item), _dropped(before, item)
    wanted = {one[1] for one in before if one[0] == "look" and one[2] == item} - {last[1]}
    places = [_looked(before, caller, item) for caller in wanted]
    rivals = [place for place in places if place is not None and place > dropped]
    if last[0] == "raised":
        return _in_its_life(decision | {"answer": "raise"}, "raised" if rivals else "")
    if dropped > looked:
        how = "evicted" if before[dropped][0] == "evict" else "cleared"
        tested = {"PO-2": how if kept is None else "replaced"}
        return Verdict(decision | {"answer": "return", "value": last[2]}, tested, FIELDS)
    decision |= {"answer": "return", "value": last[2] if kept is None else kept}
    if kept is None and any(one[0] == "evict" for one in before[looked:]):
        return Verdict(decision, {"PO-2": "other-evicted"}, FIELDS)
    return _in_its_life(decision, "lost" if kept is not None else "won" if rivals else "")


def _in_its_life(decision: Mapping[str, Any], situation: str) -> Verdict:
    return Verdict(decision, {"PO-1": situation} if situation else {}, IN_ITS_LIFE)


def _is_event(one: object) -> bool:
    words = isinstance(one, list) and bool(one) and all(isinstance(word, str) for word in one)
    return words and isinstance(one, list) and LENGTHS.get(one[0]) == len(one)


def _can_be(events: Events) -> bool:
    """Tell whether each result is of somebody who produces, and nobody looks meanwhile."""
    for place, one in enumerate(events):
        if one[0] in ("look", "produced", "raised"):
            producing = _looked(events[:place], one[1]) is not None
            if producing == (one[0] == "look"):
                return False
    return True


def _looked(events: Events, caller: str, item: str | None = None) -> int | None:
    """Return where the caller looked that produces now (`item`, if named); `None`: none does."""
    own = [at for at, one in enumerate(events) if one[0] not in ("evict", "clear")]
    own = [at for at in own if events[at][1] == caller]
    if not own or events[own[-1]][0] != "look" or item not in (None, events[own[-1]][2]):
        return None
    return own[-1] if _stored(events[: own[-1]], events[own[-1]][2]) is None else None


def _dropped(events: Events, item: str) -> int:
    """Return where the item was dropped last, -1 where it never was."""
    drops = [at for at, one in enumerate(events) if one in (["evict", item], ["clear"])]
    return drops[-1] if drops else -1


def _stored(events: Events, item: str) -> str | None:
    """Return the first result of those who looked for the item after it was dropped last."""
    since = _dropped(events, item)
    for at in range(since + 1, len(events)):
        if events[at][0] == "produced":
            looks = [n for n in range(at) if events[n][:2] == ["look", events[at][1]]]
            if looks[-1] > since and events[looks[-1]][2] == item:
                return events[at][2]
    return None


def _all_stored(events: Events) -> list[list[str]]:
    names = sorted({one[2] for one in events if one[0] == "look"})
    return [[name, value] for name in names if (value := _stored(events, name)) is not None]
