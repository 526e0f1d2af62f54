"""How a harness can break, and how what it wrote is shown to a reader."""

import time
from typing import Literal

from stallproof.wire.events import HarnessFailed

What = Literal["missing", "died", "hung", "garbage", "flood", "protocol"]


class HarnessBroken(Exception):
    """The harness failed, and nothing more can be judged with it; `detail` says how, in English.

    `at_us`: when that was found (monotonic, us), which is now unless it is told. Whoever waits for
    something else hears of it later.
    """

    def __init__(self, what: What, detail: str, at_us: int | None = None) -> None:
        super().__init__(what, detail)
        self.what = what
        self.detail = detail
        self.at_us = time.monotonic_ns() // 1000 if at_us is None else at_us

    def __str__(self) -> str:
        return self.detail

    def told(self) -> HarnessFailed:
        """Return the event that tells of it."""
        return HarnessFailed(at_us=self.at_us, what=self.what, detail=self.detail)


def show(line: bytes, characters: int = 80) -> str:
    """Return the first `characters` of `line` for a reader, whatever bytes it holds."""
    text = line[: 4 * characters + 4].decode(errors="replace")
    return repr(text[:characters]) + ("..." if len(text) > characters else "")
