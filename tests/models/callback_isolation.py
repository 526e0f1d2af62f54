"""A naive callback pool: it reads its whole history anew for every question."""

from collections.abc import Sequence
from typing import Any


def decision(workers: int, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Say in the words of `spec/cb.md` what is true after these events."""
    logged: list[int] = []
    stopped: list[int] = []
    refused: list[int] = []
    moved = 0
    for number, event in enumerate(events):
        past = events[:number]
        what, callback = event["event"], event.get("callback")
        streams = {one["callback"]: one["stream"] for one in past if one["event"] == "submitted"}
        gone = {one["callback"] for one in past if one["event"] == "began"} | {*refused}
        waiting = [one for one in streams if one not in gone]
        if what == "data" and event["stream"] not in stopped:
            moved += 1
        elif what == "submitted":
            is_down = any(one["event"] == "shutdown" for one in past)
            if is_down or event["stream"] in stopped:
                refused.append(event["callback"])
        elif what == "shutdown":
            refused += waiting
        elif what == "raised":
            logged.append(event["callback"])
            mine = streams[callback]
            if mine not in stopped:
                stopped.append(mine)
            refused += [one for one in waiting if streams[one] == mine]
    submitted = [one["callback"] for one in events if one["event"] == "submitted"]
    began = [one["callback"] for one in events if one["event"] == "began"]
    over = sum(one["event"] in ("ended", "raised") for one in events)
    return {
        "free": workers - len(began) + over,
        "logged": logged,
        "moved": moved,
        "refused": refused,
        "stopped": stopped,
        "waiting": [one for one in submitted if one not in (*began, *refused)],
    }
