"""What lazy references are asked, as histories that end with the question. Spec: `spec/lr.md`."""

from typing import Any

AIMS = {
    "LR-1": "delivers outlived given-back unknown altered another used expired owner-gone exact "
    "short corrupt received intermediary-died held"
}
SIZE_BYTES = 1 << 30
_Event = dict[str, Any]


def _asked(reference: str = "r", item: str = "model", who: str = "site-1") -> _Event:
    return {"what": "asked", "reference": reference, "item": item, "who": who}


def _ended(size_bytes: int = SIZE_BYTES, exact: bool = True) -> _Event:
    return {"what": "ended", "reference": "r", "size_bytes": size_bytes, "exact": exact}


def _hop(what: str, reference: str = "r", who: str = "relay") -> _Event:
    return {"what": what, "reference": reference, "who": who}


_ISSUED: _Event = {**_asked(), "what": "issued", "size_bytes": SIZE_BYTES}
_OTHER: _Event = {**_ISSUED, "reference": "s", "item": "optimizer", "size_bytes": 7}
_EXPIRED: _Event = {"what": "expired", "reference": "r"}
_GONE: _Event = {"what": "gone"}
_DIED: _Event = {"what": "died", "who": "relay"}
_TAKEN, _PASSED, _AWAITED = _hop("taken"), _hop("passed"), _hop("awaited")

ASKED: tuple[dict[str, Any], ...] = tuple(
    {"events": [_ISSUED, *more]}
    for more in (
        [_asked()],
        [_asked("s")],
        [_asked("s"), _asked()],
        [_OTHER, _asked("s", "optimizer")],
        [_OTHER, _asked(item="optimizer")],
        [_OTHER, _asked(item="optimizer"), _asked()],
        [_asked(who="site-2")],
        [_asked(who="site-2"), _asked()],
        [_asked(), _asked()],
        [_asked(), _ended(), _asked()],
        [_asked(), _ended(), _asked(who="site-2")],
        [_asked(), _ended()],
        [_asked(), _ended(SIZE_BYTES - 1)],
        [_asked(), _ended(SIZE_BYTES + 1)],
        [_asked(), _ended(exact=False)],
        [_asked(), _ended(SIZE_BYTES - 1), _asked()],
        [_ended()],
        [_EXPIRED, _asked()],
        [_asked(), _EXPIRED, _asked()],
        [_asked(), _ended(), _EXPIRED, _asked()],
        [_asked(), _EXPIRED, _ended(SIZE_BYTES - 1), _asked()],
        [_asked(), _EXPIRED, _ended()],
        [_EXPIRED, _asked(who="site-2")],
        [_GONE, _asked()],
        [_GONE, _asked(who="site-2")],
        [_EXPIRED, _GONE, _asked()],
        [_asked(), _GONE, _ended()],
        [_GONE, _AWAITED],
        [_asked(), _GONE, _asked()],
        [_TAKEN],
        [_TAKEN, _PASSED],
        [_TAKEN, _OTHER, _hop("taken", "s")],
        [_TAKEN, _AWAITED],
        [_TAKEN, _PASSED, _AWAITED],
        [_TAKEN, _DIED],
        [_TAKEN, _DIED, _AWAITED],
        [_TAKEN, _DIED, _asked()],
        [_TAKEN, _PASSED, _DIED, _AWAITED],
        [_TAKEN, _PASSED, _DIED, _asked()],
    )
)
