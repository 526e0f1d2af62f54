"""What isolated callbacks are asked. Spec: `spec/cb.md`."""

from typing import Any

AIMS = {
    "CB-1": "all-busy submitted",
    "CB-2": "raised others-go-on",
    "CB-3": "after-shutdown left-waiting stopped-stream waited-in-vain",
}
WORDS = {
    "s": ("submitted", "callback", "stream"),
    "b": ("began", "callback"),
    "e": ("ended", "callback"),
    "r": ("raised", "callback"),
    "d": ("data", "stream"),
    "x": ("shutdown",),
}


def asked(workers: int, history: str) -> dict[str, Any]:
    """Return a history from its short form: "s12 b1 d2", callback 1 for stream 2, and so on."""
    events = []
    for word in history.split():
        what, *names = WORDS[word[0]]
        numbers = (int(digit) for digit in word[1:])
        events.append({"event": what, **dict(zip(names, numbers, strict=True))})
    return {"workers": workers, "events": events}


ASKED = (
    *(asked(workers, "s11 b1 d2") for workers in (1, 2)),
    asked(1, "s11 b1 s21"),
    asked(2, "s11 b1 s21 b2 d1 d2 s31 d1"),
    asked(2, "s11 b1 s22 b2 e1"),
    asked(1, "s11 b1 r1"),
    asked(1, "s11 b1 r1 d2"),
    asked(1, "s11 b1 r1 d1"),
    asked(1, "s11 b1 s21 s32 r1"),
    asked(1, "s11 b1 s21 s32 r1 b3 d2 s41"),
    asked(2, "s11 b1 s21 b2 r1 r2"),
    asked(1, "x s11"),
    asked(1, "s11 b1 x s21 d1"),
    asked(1, "s11 b1 s21 s32 x"),
    asked(1, "s11 b1 s21 x r1"),
    asked(1, "s11 b1 x e1"),
)
