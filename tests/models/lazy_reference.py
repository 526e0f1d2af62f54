"""A naive owner and naive intermediaries: they keep all they have, and are asked."""

from collections.abc import Mapping, Sequence
from typing import Any


class _Owner:
    """Remembers each reference with what is left to happen to it."""

    def __init__(self) -> None:
        self.gone = False
        self.items: dict[str, tuple[str, str, int]] = {}
        self.busy: set[str] = set()
        self.done: set[str] = set()
        self.dropped: set[str] = set()

    def asked(self, reference: str, item: str, who: str) -> str:
        if self.gone:
            return "owner-gone"
        if self.items.get(reference, ())[:2] != (item, who):
            return "unknown-reference"
        if reference in self.busy | self.done:
            return "used"
        if reference in self.dropped:
            return "expired"
        self.busy.add(reference)
        return "deliver"

    def ended(self, reference: str, size_bytes: int, exact: bool) -> str:
        if reference not in self.busy:
            return "none"
        self.busy.remove(reference)
        if exact and size_bytes == self.items[reference][2]:
            self.done.add(reference)
            return "delivered"
        return "not-exact"


class _Intermediary:
    """A box of references, and a list of those that left it."""

    def __init__(self) -> None:
        self.box: set[str] = set()
        self.left: set[str] = set()
        self.dead = False

    def on(self, what: str, reference: str) -> str:
        if what == "awaited":
            if reference in self.left:
                return "received"
            return "intermediary-died" if self.dead else "awaiting"
        if what == "died":
            self.dead = True
            self.box = set()
        elif what == "taken" and not self.dead:
            self.box.add(reference)
        elif what == "passed" and reference in self.box:
            self.box.remove(reference)
            self.left.add(reference)
        return "none"


def decision(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Say in the words of `spec/lr.md` what the last event comes to."""
    owner, through = _Owner(), dict[str, _Intermediary]()
    outcome, reference = "none", ""
    for event in events:
        outcome, what = "none", event["what"]
        reference, who = event.get("reference", ""), event.get("who", "")
        size_bytes, item = event.get("size_bytes", 0), event.get("item", "")
        if what in ("taken", "passed", "died", "awaited"):
            outcome = through.setdefault(who, _Intermediary()).on(what, reference)
        elif what == "gone":
            owner.gone = True
        elif what == "issued":
            owner.items[reference] = item, who, size_bytes
        elif what == "asked":
            outcome = owner.asked(reference, item, who)
        elif what == "ended":
            outcome = owner.ended(reference, size_bytes, event.get("exact", True))
        elif reference in owner.items:
            owner.dropped.add(reference)
    got = owner.items[reference] if outcome in ("deliver", "delivered") else (None, "", 0)
    return {
        "held_bytes": 0,
        "held_references": sum(len(one.box) for one in through.values()),
        "item": got[0],
        "outcome": outcome,
        "size_bytes": got[2],
    }
