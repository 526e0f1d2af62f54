"""What was found of one thing that verdicts rest on."""

from collections.abc import Iterable
from typing import Literal

import msgspec

State = Literal["ok", "warn", "fail"]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: `seen` says what it is like, `advice` what to do about it.

    `warn`: everything can be judged, but something may come out inconclusive. `fail`: something
    cannot be judged here.
    """

    name: str
    state: State
    seen: str
    advice: str = ""


def ok(name: str, seen: str) -> Look:
    """Return a look at what is in order."""
    return Look(name=name, state="ok", seen=seen)


def is_able(looks: Iterable[Look]) -> bool:
    """Tell whether everything can be judged here."""
    return all(look.state != "fail" for look in looks)
