"""What a scenario is made of."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from stallproof.oracle.stage import Stage

LONG_S = 30.0
"""A timeout that does not come due while a scenario plays."""
REPETITIONS = 3
"""How often a scenario with an upper bound in time plays, fixed in advance."""
GRACE_DEFAULT_US = 50_000
GRACE_SHARE = 10
"""Grace is at most a tenth of the smallest bound in play."""


@dataclass(frozen=True)
class Scenario:
    """One play: what it is for, the knobs it needs, the features it takes, and the script.

    `send_timeout_s`, `stall_timeout_s`, `heartbeat_s` and `period_s` are knobs in seconds (the
    operation `monitor` tells `period_s`); `play_s` is a rough length, to start the long ones first.
    """

    name: str
    requirements: tuple[str, ...]
    script: Callable[[Stage], None]
    send_timeout_s: float = LONG_S
    stall_timeout_s: float = LONG_S
    heartbeat_s: int = 60
    period_s: float = 5.0
    checks_max: int = 3
    close_stalled: bool = False
    features: frozenset[str] = field(default_factory=lambda: frozenset({"unix"}))
    timing: bool = True
    play_s: float = 1.0

    @property
    def repetitions(self) -> int:
        return REPETITIONS if self.timing else 1

    def knobs(self, features: Collection[str]) -> Mapping[str, float | int | bool]:
        """Return the knobs to set, under the origin's names and in its units.

        Only those of the guards that the implementation declares in `features`.
        """
        knobs: dict[str, float | int | bool] = {"streaming_send_timeout": self.send_timeout_s}
        if not {"checks", "monitor"}.isdisjoint(features):
            knobs["sfm_send_stall_timeout"] = self.stall_timeout_s
            knobs["sfm_close_stalled_connection"] = self.close_stalled
            knobs["sfm_send_stall_consecutive_checks"] = self.checks_max
        if "heartbeats" in features:
            knobs["heartbeat_interval"] = self.heartbeat_s
        return knobs

    @property
    def policy(self) -> dict[str, int]:
        """The same in core units, for the trace."""
        return {
            "send_timeout_us": round(self.send_timeout_s * 1_000_000),
            "stall_timeout_us": round(self.stall_timeout_s * 1_000_000),
            "close_stalled": int(self.close_stalled),
            "checks_max": self.checks_max,
            "heartbeat_interval_us": self.heartbeat_s * 1_000_000,
            "monitor_period_us": round(self.period_s * 1_000_000),
        }

    def grace_us(self, asked_us: int | None) -> int:
        """Return the grace: as asked or 50 ms, and at most a tenth of the smallest bound."""
        # The monitor's period is a bound only where the time of its checks is judged.
        period_s = self.period_s if self.timing else self.heartbeat_s
        smallest_s = min(self.send_timeout_s, self.stall_timeout_s, self.heartbeat_s, period_s)
        most_us = round(smallest_s * 1_000_000) // GRACE_SHARE
        return min(GRACE_DEFAULT_US if asked_us is None else asked_us, most_us)
