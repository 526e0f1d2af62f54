"""Requirement IDs in short, neighbours by their ends."""

from collections.abc import Iterable


def ranges(ids: Iterable[str]) -> str:
    """Return requirement IDs in short: `SD-1 to SD-4, SD-7`; they keep their order."""
    runs: list[list[str]] = []
    for name in ids:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(
        run[0] if len(run) == 1 else f"{run[0]}{' to ' if len(run) > 2 else ', '}{run[-1]}"
        for run in runs
    )


def _follows(before: str, after: str) -> bool:
    group, _, number = before.rpartition("-")
    return number.isdigit() and after == f"{group}-{int(number) + 1}"
