"""One check of a harness, and how it came out."""

from collections.abc import Sequence
from typing import Literal

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, how it came out, what was seen, and what to do about it.

    `left-out`: the harness does not declare what this check is about, or broke before it.
    """

    name: str
    state: Literal["sound", "broken", "left-out"]
    seen: str
    advice: str = ""


def sound(name: str, seen: str) -> Check:
    """It is as it has to be."""
    return Check(name=name, state="sound", seen=seen)


def broken(name: str, seen: str, advice: str) -> Check:
    """It is not, and `advice` says what to do."""
    return Check(name=name, state="broken", seen=seen, advice=advice)


def left_out(name: str, why: str) -> Check:
    """It was not looked at."""
    return Check(name=name, state="left-out", seen=why)


def is_sound(checks: Sequence[Check]) -> bool:
    """Tell whether nothing is broken, and something was found sound."""
    states = {check.state for check in checks}
    return "broken" not in states and "sound" in states
