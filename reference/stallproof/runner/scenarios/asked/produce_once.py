"""What a store that produces once is asked. Spec: `spec/po.md`."""

AIMS = {
    "PO-1": "produces won lost found raised",
    "PO-2": "evicted cleared replaced dropped other-evicted",
}
_TWO = "look a x, look b x"
_DROPS = ("evict x", "clear")
_HISTORIES = (
    "look a x",
    _TWO,
    "look a x, look b y",
    f"{_TWO}, produced b 1",
    f"{_TWO}, produced b 1, produced a 2",
    f"{_TWO}, produced b 1, look c x",
    f"{_TWO}, produced b 1, produced a 2, look a x",
    f"{_TWO}, raised a",
    f"{_TWO}, raised a, produced b 1",
    "look a x, raised a, look a x, produced a 2, look b x",
    "look a x, evict y, produced a 1",
    "look a y, look b x, look c Z, produced a 1, produced c 3, produced b 2",
    "evict x",
    *(
        history.format(drop)
        for drop in _DROPS
        for history in (
            "look a x, {}, produced a 1",
            "look a x, {}, look b x",
            "look a x, {}, look b x, produced b 2, produced a 1",
            "look a x, {}, look b x, produced a 1, produced b 2",
            "look a x, look b x, produced b 2, {}, produced a 1",
            "look a x, produced a 1, {}",
            "look a x, produced a 1, {}, look a x",
            "look a x, produced a 1, look a y, produced a 2, {}",
        )
    ),
)
_EMPTY = [["look", "b", "x"], ["look", "a", "x"], ["produced", "a", ""]]
"""The first result is the empty text."""
ASKED = (
    *({"events": [event.split() for event in history.split(", ")]} for history in _HISTORIES),
    {"events": _EMPTY},
    {"events": [*_EMPTY, ["look", "c", "x"]]},
    {"events": [*_EMPTY, ["produced", "b", "2"]]},
    {"events": [*_EMPTY, ["clear"]]},
)
