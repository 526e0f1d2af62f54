"""Decisions in words: JSON as it came, long lists and texts shortened with a count, differences.

The use: `shown(value)` is one value for a reader; `differences(said, wanted)` are the fields that
are not alike. The trace has everything in full.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

ITEMS_MAX = 8
"""A longer list of names or numbers shows its first, or those from the first difference on."""
EVENTS_MAX = 40
"""The same of a list of lists or objects, such as a history of events."""
ITEMS_SHOWN = 3
TEXT_MAX = 120
TEXT_BEFORE = 20
"""How much of what is alike is shown before the first difference of two long texts."""


def shown(value: Any, alike: int = 0) -> str:
    """Return `value` as JSON, its long lists and texts shortened; the first `alike` are skipped."""
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(str(name))}: {shown(one)}" for name, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return _list(value, alike)
    if isinstance(value, str) and len(value) > TEXT_MAX:
        return _text(value, alike)
    return json.dumps(value, ensure_ascii=False)


def differences(said: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield each field of `said` that is not as in `wanted`, with both of its values."""
    for name in dict.fromkeys((*wanted, *said)):
        if name not in said:
            yield f"{name} is missing, and the law wants {shown(wanted[name])}"
        elif name not in wanted:
            yield f"{name} is {shown(said[name])}, and a decision has no such field"
        # 1 and true are equal in Python, and are not the same JSON.
        elif json.dumps(said[name]) != json.dumps(wanted[name]):
            alike = _alike(said[name], wanted[name])
            one, other = shown(said[name], alike), shown(wanted[name], alike)
            yield f"{name} is {one}, and the law wants {other}"


def _alike(one: Any, other: Any) -> int:
    """Return how many items or characters two values have in common at their beginning."""
    if isinstance(one, str) and isinstance(other, str):
        return _prefix(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return _prefix(*([json.dumps(item) for item in value] for value in (one, other)))
    return 0


def _prefix(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _list(value: list[Any] | tuple[Any, ...], alike: int) -> str:
    is_plain = not any(isinstance(one, list | tuple | Mapping) for one in value)
    if len(value) <= (ITEMS_MAX if is_plain else EVENTS_MAX):
        return f"[{', '.join(map(shown, value))}]"
    parts = [f"... {alike} before"] if alike else []
    parts += map(shown, value[alike : alike + ITEMS_SHOWN])
    left = len(value) - alike - ITEMS_SHOWN
    parts += [f"... {left} more"] if left > 0 else []
    return f"[{', '.join(parts)}]"


def _text(value: str, alike: int) -> str:
    start = max(0, alike - TEXT_BEFORE)
    part = value[start : start + TEXT_MAX]
    before = "..." if start else ""
    after = "..." if start + TEXT_MAX < len(value) else ""
    return f"{before}{json.dumps(part, ensure_ascii=False)}{after} ({len(value)} characters)"
