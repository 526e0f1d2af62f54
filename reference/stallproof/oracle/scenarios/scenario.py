"""What a scenario is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stallproof.oracle.stage import Stage

LONG_S = 30.0
"""A timeout that does not come due while a scenario plays."""
REPETITIONS = 3
"""How often a scenario with an upper bound in time plays, fixed in advance."""
GRACE_MAX_US = 50_000
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

    @property
    def knobs(self) -> Mapping[str, float | int | bool]:
        """The knobs under the origin's names, in its units."""
        return {
            "streaming_send_timeout": self.send_timeout_s,
            "sfm_send_stall_timeout": self.stall_timeout_s,
            "sfm_close_stalled_connection": self.close_stalled,
            "sfm_send_stall_consecutive_checks": self.checks_max,
            "heartbeat_interval": self.heartbeat_s,
        }

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

    @property
    def grace_us(self) -> int:
        """The default grace: 50 ms, and at most a tenth of the smallest bound in play."""
        smallest_s = min(self.send_timeout_s, self.stall_timeout_s, self.heartbeat_s, self.period_s)
        return min(GRACE_MAX_US, round(smallest_s * 1_000_000) // GRACE_SHARE)
