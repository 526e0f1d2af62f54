"""What a map that stops its failing tasks later is asked. Spec: `spec/ds.md`."""

AIMS = {
    "DS-1": "held released several repeated renewed",
    "DS-2": "unknown reported forgotten known",
}
_MADE = "lock, made a, made b, unlock, lock"
_STOPPED = "lock, made a, failed a, unlock, lock"
_HISTORIES = (
    "lock",
    "lock, unlock",
    "lock, made a",
    f"{_MADE}, failed a",
    f"{_MADE}, failed a, unlock",
    f"{_MADE}, failed b, failed a, unlock",
    f"{_MADE}, failed a, failed a, unlock",
    f"{_MADE}, failed a, forgotten a, unlock",
    f"{_STOPPED}, failed a, unlock",
    f"{_STOPPED}, unlock",
    f"{_STOPPED}, made b, failed a, failed b, unlock",
    f"{_STOPPED}, forgotten a, made a, failed a, unlock",
    "lock, made a, failed a, forgotten a, made a, failed a, unlock",
    "lock, made a, forgotten a, made a, failed a, unlock",
    "lock, failed c",
    "lock, failed c, failed c, unlock",
    f"{_MADE}, failed c, failed a, unlock",
    f"{_STOPPED}, forgotten a, failed a, unlock",
)
ASKED = tuple(
    {"events": [event.split() for event in history.split(", ")]} for history in _HISTORIES
)
