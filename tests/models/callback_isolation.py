"""A naive callback pool: it reads its whole history anew for every question."""

from collections.abc import Sequence
from typing import Any


def decision(workers: int, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Say in the words of `spec/cb.md` what is true after these events."""
    logged: list[int] = []
    stopped: list[int] = []
    refused: list[int] = []
    moved, taken_by = 0, "nobody"
    for number, event in enumerate(events):
        past = events[:number]
        what, callback = event["event"], event.get("callback")
        streams = {one["callback"]: one["stream"] for one in past if one["event"] == "submitted"}
        gone = {one["callback"] for one in past if one["event"] == "began"} | {*refused}
        waiting = [one for one in streams if one not in gone]
        taken_by = "nobody"
        if what == "data" and event["stream"] not in stopped:
            moved, taken_by = moved + 1, "streams"
        elif what == "submitted":
            is_down = any(one["event"] == "shutdown" for one in past)
            if is_down or event["stream"] in stopped:
                refused.append(event["callback"])
            else:
                taken_by = "callbacks"
        elif what == "shutdown":
            refused += waiting
        elif what == "raised":
            logged.append(event["callback"])
            mine = streams[callback]
            if mine not in stopped:
                stopped.append(mine)
            refused += [one for one in waiting if streams[one] == mine]
    begun = sum(one["event"] == "began" for one in events)
    over = sum(one["event"] in ("ended", "raised") for one in events)
    return {
        "free": workers - begun + over,
        "logged": logged,
        "moved": moved,
        "refused": refused,
        "stopped": stopped,
        "taken_by": taken_by,
    }
