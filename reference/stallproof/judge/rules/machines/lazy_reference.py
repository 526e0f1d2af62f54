"""The law of lazy references (group LR), read off what happened to the one that is asked about.

The past of a reference is written down as a word, one letter an event, and a pattern says what it
has come to: no state is kept.

Spec: `spec/lr.md`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = dict.fromkeys(("outcome", "item", "size_bytes", "held_references", "held_bytes"), "LR-1")
_KINDS: dict[str, type] = {
    **dict.fromkeys(("what", "reference", "item", "who"), str),
    "size_bytes": int,
    "exact": bool,
}
_WHATS = {"issued", "taken", "passed", "died", "awaited", "asked", "ended", "expired", "gone"}
_Events = Sequence[Mapping[str, Any]]
# `a`: asked for by right; `e`: an exact end; `b`: another one.
_OPEN = re.compile(r"(?:[eb]*a+b)*[eb]*")
_UNDER_WAY = re.compile(_OPEN.pattern + "a+")


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the last of the `events`."""
    events = given.get("events")
    if given.keys() != {"events"} or not isinstance(events, list):
        return None
    if not all(isinstance(one, Mapping) and _is_event(one) for one in events):
        return None
    ids = [_id(one) for one in events if one["what"] == "issued"]
    if len(set(ids)) < len(ids):
        return None
    what = events[-1]["what"] if events else None
    outcome, situation, got = "none", None, None
    if what == "asked":
        outcome, situation, got = _asked(events)
    elif what == "ended":
        outcome, situation, got = _ended(events)
    elif what == "awaited":
        outcome, situation = _awaited(events)
    holds = _holders(events)
    if what == "taken" and any(_size(events, reference) for reference, _ in holds):
        situation = "held"
    decision = {
        "outcome": outcome,
        "item": got and got.get("item", ""),
        "size_bytes": got.get("size_bytes", 0) if got else 0,
        "held_references": len(holds),
        "held_bytes": 0,
    }
    return Verdict(decision, {"LR-1": situation} if situation else {}, FIELDS)


def _is_event(one: Mapping[str, Any]) -> bool:
    kinds = all(type(value) is _KINDS.get(name) for name, value in one.items())
    return kinds and one.get("what") in _WHATS and bool(one.get("size_bytes", 0) >= 0)


def _id(one: Mapping[str, Any]) -> str:
    return str(one.get("reference", ""))


def _issued(events: _Events, reference: str) -> int | None:
    """Return where the reference was issued."""
    for place, one in enumerate(events):
        if one["what"] == "issued" and _id(one) == reference:
            return place
    return None


def _size(events: _Events, reference: str) -> int:
    place = _issued(events, reference)
    return 0 if place is None else int(events[place].get("size_bytes", 0))


def _word(events: _Events, place: int) -> tuple[str, bool]:
    """Return the word of what was issued at `place`, and whether it has expired."""
    issued, word, has_expired = events[place], "", False
    is_gone = any(one["what"] == "gone" for one in events[:place])
    for one in events[place + 1 :]:
        is_gone = is_gone or one["what"] == "gone"
        if _id(one) != _id(issued):
            continue
        has_expired = has_expired or one["what"] == "expired"
        if one["what"] == "asked" and _is_rightful(one, issued):
            word += "" if is_gone or has_expired else "a"
        elif one["what"] == "ended":
            word += "e" if _is_exact(one, issued) else "b"
    return word, has_expired


def _is_rightful(one: Mapping[str, Any], issued: Mapping[str, Any]) -> bool:
    return all(one.get(name, "") == issued.get(name, "") for name in ("item", "who"))


def _is_exact(one: Mapping[str, Any], issued: Mapping[str, Any]) -> bool:
    came, whole = one.get("size_bytes", 0), issued.get("size_bytes", 0)
    return bool(one.get("exact", True) and came == whole)


_Told = tuple[str, str, Mapping[str, Any] | None]


def _asked(events: _Events) -> _Told:
    *past, last = events
    if any(one["what"] == "gone" for one in past):
        return "owner-gone", "owner-gone", None
    place = _issued(past, _id(last))
    if place is None:
        return "unknown-reference", "unknown", None
    issued = past[place]
    if not _is_rightful(last, issued):
        altered = last.get("item", "") != issued.get("item", "")
        return "unknown-reference", "altered" if altered else "another", None
    word, has_expired = _word(past, place)
    if not _OPEN.fullmatch(word):
        return "used", "used", None
    if has_expired:
        return "expired", "expired", None
    if "a" in word:
        return "deliver", "given-back", issued
    return "deliver", "outlived" if _is_outlived(past, _id(last)) else "delivers", issued


def _is_outlived(past: _Events, reference: str) -> bool:
    """Tell whether an intermediary died that had passed the reference on."""
    whos = {one.get("who", "") for one in past if one["what"] == "died"}
    return any("p" in _way(past, reference, who) for who in whos)


def _ended(events: _Events) -> tuple[str, str | None, Mapping[str, Any] | None]:
    *past, last = events
    place = _issued(past, _id(last))
    if place is None or not _UNDER_WAY.fullmatch(_word(past, place)[0]):
        return "none", None, None
    issued = past[place]
    if _is_exact(last, issued):
        return "delivered", "exact", issued
    same = last.get("size_bytes", 0) == issued.get("size_bytes", 0)
    return "not-exact", "corrupt" if same else "short", None


def _way(events: _Events, reference: str, who: str) -> str:
    """Return what an intermediary did with a reference, `t` taken and `p` passed, until it died."""
    word = ""
    for one in events:
        if one.get("who", "") == who:
            if one["what"] == "died":
                return word + "d"
            if _id(one) == reference and one["what"] in ("taken", "passed"):
                word += one["what"][0]
    return word


def _awaited(events: _Events) -> tuple[str, str | None]:
    *past, last = events
    way = _way(past, _id(last), last.get("who", ""))
    if re.search("t.*p", way):
        return "received", "received"
    return ("intermediary-died", "intermediary-died") if "d" in way else ("awaiting", None)


def _holders(events: _Events) -> set[tuple[str, str]]:
    """Return which references are held, and by whom."""
    taken = {(_id(one), one.get("who", "")) for one in events if one["what"] == "taken"}
    return {(reference, who) for reference, who in taken if _way(events, reference, who)[-1] == "t"}
