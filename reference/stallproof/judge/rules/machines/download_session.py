"""The law of a whole download (group RT), told from its history.

Spec: `spec/rt.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

SECOND_US = 1_000_000
FIELDS = {
    "action": "RT-3", "at_us": "RT-3", "reports": "RT-4", "receipts": "RT-5", "longest_us": "RT-5",
}  # fmt: skip
LEAST = {"max_retries": 0, "timeout_us": 1, "pieces": 1}
"""The limits, each with the least that it can be."""
EVENTS = {"answered", "timed_out", "failed", "waited", "abort"}


@dataclass
class _Told:
    """A download as its history tells it; `row`: so many time-outs since the last answer.

    `due_us`: when the wait that goes on ends. `over`: how the download ended. `shown`: what the
    last event puts to the test. `ended`: what an abort found in the request in which it came.
    `is_cut`: an abort ended a wait before its time.
    """

    given: Mapping[str, Any]
    asked: int = 1
    since_us: int = 0
    due_us: int | None = None
    over: str | None = None
    row: int = 0
    is_aborted: bool = False
    is_cut: bool = False
    ended: dict[str, Any] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    reports: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)

    def end(self, how: str, at_us: int) -> None:
        self.over, self.since_us, self.due_us = how, at_us, None

    def ask(self, at_us: int) -> None:
        self.asked, self.since_us, self.due_us = self.asked + 1, at_us, None

    def answered(self, request: int, at_us: int) -> None:
        if request < self.asked or self.due_us is not None or self.over is not None:
            if request not in self.counted:
                self.shown = {"RT-5": "late-answer"}
            return
        self.counted.add(request)
        if self.row:
            self.reports.append("recovered")
            self.shown = {"RT-4": "recovered"}
        self.row = 0
        if len(self.counted) == self.given["pieces"]:
            self.end("done", at_us)
        elif self.is_aborted:
            self.shown["RT-3"] = "before-a-request"
            self.end("abort", at_us)
        else:
            self.ask(at_us)

    def abort(self, at_us: int) -> None:
        if self.over is None and self.due_us is None and not self.is_aborted:
            self.ended = {**self.decision(), "action": "abort", "at_us": at_us}
        self.is_aborted = True
        if self.due_us is not None:
            self.shown = {"RT-3": "after-a-wait", "RT-4": "aborted"}
            self.is_cut = at_us < self.due_us
            if self.is_cut:
                self.shown["RT-5"] = "during-a-wait"
            self.end("abort", at_us)

    def unanswered(self, what: str, at_us: int) -> None:
        self.row += 1
        is_last = what == "failed" or self.row > self.given["max_retries"]
        if self.is_aborted:
            self.shown = {"RT-3": "before-a-failure" if is_last else "before-a-wait"}
            self.shown["RT-4"] = "aborted"
            self.end("abort", at_us)
        elif is_last:
            self.reports.append("failed")
            self.shown = {"RT-4": "failed"}
            self.end("fail", at_us)
        else:
            self.reports.append("retry")
            self.due_us = at_us + min(2**self.row, 60) * SECOND_US
            self.shown = {"RT-4": "retried"}

    def can_be(self, event: Mapping[str, Any]) -> bool:
        """Tell whether this may happen now."""
        what: str = event["event"]
        at_us: int = event["at_us"]
        if what == "answered" and int(event["request"]) not in range(1, self.asked + 1):
            return False
        if self.over is not None:
            return what in ("answered", "abort")
        if self.due_us is not None:
            may, until_us, ends = {"answered", "abort", "waited"}, self.due_us, "waited"
        else:
            may, ends = {"answered", "abort", "failed", "timed_out"}, "timed_out"
            until_us = self.since_us + int(self.given["timeout_us"])
        return what in may and (at_us == until_us if what == ends else at_us <= until_us)

    def take(self, event: Mapping[str, Any]) -> None:
        """Take in what happened."""
        what, at_us = event["event"], event["at_us"]
        self.shown = {}
        if what == "answered":
            self.answered(event["request"], at_us)
        elif what == "abort":
            self.abort(at_us)
        elif what == "waited":
            self.ask(at_us)
        else:
            self.unanswered(what, at_us)

    def decision(self) -> dict[str, Any]:
        """Return what follows by now."""
        waits = self.due_us is not None
        return {
            "action": self.over or ("retry" if waits else "ask"),
            "at_us": self.due_us if waits else self.since_us,
            "reports": [*self.reports],
            "receipts": len(self.counted),
            "longest_us": longest_us(**{name: self.given[name] for name in LEAST}),
        }

    def others(self, last_us: int) -> list[dict[str, Any]]:
        """Return the decision of who ended the request in which the abort came, by its end."""
        if not self.ended:
            return []
        until_us = last_us if self.over is None else self.since_us
        return [self.ended | {"at_us": range(self.ended["at_us"], until_us + 1)}]


def longest_us(max_retries: int, timeout_us: int, pieces: int) -> int:
    """Return the longest time of RT-5, by its formula."""
    short = min(max_retries, 5)
    waits_us = ((2 << short) - 2 + 60 * (max_retries - short)) * SECOND_US
    return pieces * ((max_retries + 1) * timeout_us + waits_us)


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict) or event.get("event") not in EVENTS:
        return False
    names = {"event", "at_us", *(["request"] if event["event"] == "answered" else [])}
    return event.keys() == names and all(type(event[one]) is int for one in names - {"event"})


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the limits and the `events` of a download that began at 0."""
    if given.keys() != {*LEAST, "events"} or not isinstance(given["events"], list):
        return None
    if any(type(given[one]) is not int or given[one] < least for one, least in LEAST.items()):
        return None
    told, last_us = _Told(given), 0
    for event in given["events"]:
        if not _is_event(event) or event["at_us"] < last_us or not told.can_be(event):
            return None
        told.take(event)
        last_us = event["at_us"]
    shown = dict(told.shown)
    shown.setdefault("RT-5", "waits-capped" if given["max_retries"] > 5 else "waits-doubled")
    # Who hears the abort at the end of the wait keeps RT-3.
    fields = FIELDS | ({"action": "RT-5", "at_us": "RT-5"} if told.is_cut else {})
    return Verdict(told.decision(), shown, fields, also=told.others(last_us))
