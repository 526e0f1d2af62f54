"""A naive map: a task counts its failures, and a visit keeps a diary of all that failed in it."""

from collections.abc import Sequence
from typing import Any


def decision(events: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Say in the words of `spec/ds.md` what the last event brings."""
    tasks: dict[str, list[int]] = {}
    born: list[str] = []
    diary: list[tuple[str, int, int]] = []
    told: dict[str, Any] = {}
    for event in events:
        told = {"stop": [], "report": []}
        if event[0] == "lock":
            diary = []
        elif event[0] == "made":
            tasks[event[1]] = [0]
            born.append(event[1])
        elif event[0] == "forgotten":
            tasks.pop(event[1])
        elif event[0] == "failed":
            task = tasks.get(event[1], [-1])
            task[0] += 1
            diary.append((event[1], born.count(event[1]), task[0]))
        else:
            told["stop"] = [[name, number] for name, number, failures in diary if failures == 1]
            told["report"] = [name for name, _, failures in diary if failures == 0]
    return {"report": told["report"], "stop": told["stop"], "tasks": list(tasks)}
