"""Spans of time as a person writes them, in a program and on the command line alike."""

import re

from stallproof.reports.output import UnusableError

_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
_DAY_S = 86_400


def seconds_of(text: str | float | None, option: str) -> float | None:
    """Return a span such as 90, 90s, 5m or 1h in seconds; raises `UnusableError` for what is none.

    It is more than 0, and a day at most.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(text).strip())
    seconds = 0.0 if match is None else float(match[1]) * _UNITS_S[match[2]]
    if not 0 < seconds <= _DAY_S:
        raise UnusableError(f"{option} {text!r}: give seconds, or a span such as 90s, 5m or 1h")
    return seconds
