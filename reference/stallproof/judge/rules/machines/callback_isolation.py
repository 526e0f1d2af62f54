"""The law of isolated callbacks (group CB), by what became of each callback and each stream.

Spec: `spec/cb.md`.
"""

from collections.abc import Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = {
    "moved": "CB-1", "free": "CB-2", "logged": "CB-2", "stopped": "CB-2", "refused": "CB-3",
    "waiting": "CB-1",
}  # fmt: skip
NAMES = {
    "submitted": {"callback", "stream"},
    "began": {"callback"},
    "ended": {"callback"},
    "raised": {"callback"},
    "data": {"stream"},
    "shutdown": set[str](),
}
"""What each event says beside its kind."""


class _Told:
    """What a history tells: the stream and the fate of each callback, in order of submission."""

    def __init__(self, workers: int) -> None:
        self.workers, self.moved, self.is_down = workers, 0, False
        self.stream_of: dict[int, int] = {}
        self.fate: dict[int, str] = {}
        self.logged: list[int] = []
        self.stopped: list[int] = []
        self.refused: list[int] = []
        self.shown: dict[str, str] = {}

    def of(self, fate: str) -> list[int]:
        return [callback for callback, its in self.fate.items() if its == fate]

    def refuse(self, callbacks: list[int], situation: str) -> None:
        for callback in callbacks:
            self.fate[callback] = "refused"
            self.shown["CB-3"] = situation
        self.refused += callbacks

    def can_be(self, what: str, callback: int, stream: int) -> bool:
        """Tell whether this may happen now."""
        if what == "submitted":
            return callback not in self.fate
        if what == "began":
            is_free = len(self.of("running")) < self.workers
            return is_free and self.of("waiting")[:1] == [callback]
        if what == "shutdown":
            return not self.is_down
        return what == "data" or self.fate.get(callback) == "running"

    def take(self, what: str, callback: int, stream: int) -> None:
        """Take in what happened."""
        self.shown = {}
        if what == "submitted":
            self.submitted(callback, stream)
        elif what == "data":
            self.data(stream)
        elif what == "shutdown":
            self.is_down = True
            self.refuse(self.of("waiting"), "left-waiting")
        else:
            self.fate[callback] = "running" if what == "began" else "over"
            if what == "raised":
                self.raised(callback, self.stream_of[callback])

    def submitted(self, callback: int, stream: int) -> None:
        self.stream_of[callback] = stream
        if self.is_down or stream in self.stopped:
            self.refuse([callback], "after-shutdown" if self.is_down else "stopped-stream")
            return
        self.fate[callback] = "waiting"
        if len(self.of("running")) == self.workers:
            self.shown["CB-1"] = "submitted"

    def data(self, stream: int) -> None:
        if stream in self.stopped:
            return
        self.moved += 1
        if len(self.of("running")) == self.workers:
            self.shown["CB-1"] = "all-busy"
        if self.stopped:
            self.shown["CB-2"] = "others-go-on"

    def raised(self, callback: int, stream: int) -> None:
        self.logged.append(callback)
        self.stopped += [] if stream in self.stopped else [stream]
        self.shown["CB-2"] = "raised"
        in_vain = [one for one in self.of("waiting") if self.stream_of[one] == stream]
        self.refuse(in_vain, "waited-in-vain")


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the `events` of a pool with so many `workers`."""
    workers, events = given.get("workers"), given.get("events")
    if given.keys() != {"workers", "events"} or type(workers) is not int or workers < 1:
        return None
    if not isinstance(events, list):
        return None
    told = _Told(workers)
    for event in events:
        if not isinstance(event, dict) or event.get("event") not in NAMES:
            return None
        numbers = {name: number for name, number in event.items() if name != "event"}
        if numbers.keys() != NAMES[event["event"]]:
            return None
        if any(type(number) is not int for number in numbers.values()):
            return None
        happened = event["event"], numbers.get("callback", 0), numbers.get("stream", 0)
        if not told.can_be(*happened):
            return None
        told.take(*happened)
    decision = {
        "moved": told.moved, "free": workers - len(told.of("running")), "logged": told.logged,
        "stopped": told.stopped, "refused": told.refused, "waiting": told.of("waiting"),
    }  # fmt: skip
    # Data that stands still after an exception was stopped by it, and not by a shared pool.
    cause = {"moved": "CB-2"} if "CB-2" in told.shown else {}
    # What waits although it was to be refused is no matter of who runs it.
    cause |= {"waiting": "CB-3"} if "CB-3" in told.shown else {}
    return Verdict(decision, told.shown, FIELDS | cause)
