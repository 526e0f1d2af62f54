"""Where findings lie, in short: the scenarios, each with its repetitions."""

from collections.abc import Iterable

PLACES_MAX = 4
"""How many scenarios are named; the others are counted."""
NUMBERS_MAX = 6
"""How many repetitions of one are named where they are no range."""


def places_of(scenarios: Iterable[str]) -> str:
    """Return the scenarios in short: `trickles-unix #1 to #3, trickles-tcp #1 and 2 others`."""
    repetitions: dict[str, dict[str, None]] = {}
    for scenario in scenarios:
        name, _, number = scenario.rpartition(" #")
        if not name:
            name, number = scenario, ""
        repetitions.setdefault(name, {})[number] = None
    named = [f"{name}{_numbers([*n])}" for name, n in list(repetitions.items())[:PLACES_MAX]]
    rest = len(repetitions) - PLACES_MAX
    others = f" and {rest} other{'s' if rest > 1 else ''}" if rest > 0 else ""
    return ", ".join(named) + others


def _numbers(numbers: list[str]) -> str:
    """Return the repetitions, as a range only where they are one."""
    if not all(map(str.isdecimal, numbers)):
        return "".join(f" #{one}" for one in numbers[:1] if one)
    found = sorted(map(int, numbers))
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f" #{found[0]} to #{found[-1]}"
    named = [f"#{one}" for one in found[:NUMBERS_MAX]] + ["..."] * (len(found) > NUMBERS_MAX)
    return f" {', '.join(named)}"
