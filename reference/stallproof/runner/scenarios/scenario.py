"""What a scenario is made of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from stallproof.requirements.grace import greatest_grace_us
from stallproof.requirements.knobs import (
    ACK_WAIT,
    CHECKS,
    CHUNK,
    HEARTBEAT,
    INTERVAL,
    PROGRESS,
    SEND,
    STALL,
    SWITCH,
    WINDOW,
    asked_for,
    policy_of,
)
from stallproof.runner.scenarios.context import Context
from stallproof.wire.operations import DECIDE
from stallproof.wire.protocol import Hello

LONG_S = 30.0
"""A timeout that does not come due while a scenario plays."""
REPETITIONS = 3
"""How often a scenario with an upper bound in time plays, fixed in advance."""
GRACE_DEFAULT_US = 50_000
GRACE_SHARE = 10
"""Grace is at most a tenth of the smallest bound in play."""


@dataclass(frozen=True)
class Configuration:
    """One configuration to ask for: `file` is the text of `comm_config.json` (group CF).

    `case` says what it is for. `is_bad`: some of it is not allowed. The rest is what the relations
    of CF-5 are judged with.
    """

    case: str
    file: str = "{}"
    environment: Mapping[str, str] = field(default_factory=dict)
    grace_us: int = GRACE_DEFAULT_US
    outer_timeouts_us: Mapping[str, int] = field(default_factory=dict)
    margin_us: int = 0
    is_bad: bool = False


Aims = Mapping[str, str]
"""What a play is for: the requirements, each with the situations that it brings about.

Blanks part the names of situations. A requirement with none is judged by what is seen on the way.
"""


@dataclass(frozen=True)
class Scenario:
    """One play: what it is for, the knobs it needs, the features it takes, and the script.

    Without one of `features` nothing is played; without one that `takes` names for a requirement,
    that requirement alone is unsupported. All other tables of features are made from these two.
    What ends in `_s` or `_bytes` is a knob in seconds or bytes (the operation `monitor` tells
    `period_s`), except for `play_s`, a rough length, to start the long ones first. The knobs of
    guardrail B are set where `features` has `streams`, and the harness declares it. With
    `configurations`, made for the harness that said hello, nothing else is played.
    """

    name: str
    aims: Aims
    script: Callable[[Context], None]
    send_timeout_s: float = LONG_S
    stall_timeout_s: float = LONG_S
    heartbeat_s: int = 60
    period_s: float = 5.0
    checks_max: int = 3
    close_stalled: bool = False
    progress_timeout_s: float = LONG_S
    check_interval_s: float = 5.0
    ack_wait_s: int = 300
    window_bytes: int = 16 * 1024 * 1024
    chunk_bytes: int = 1024 * 1024
    features: frozenset[str] = field(default_factory=lambda: frozenset({"unix"}))
    takes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    configurations: Callable[[Hello], Sequence[Configuration]] | None = None
    timing: bool = True
    repeats: int = REPETITIONS
    play_s: float = 1.0

    @property
    def requirements(self) -> tuple[str, ...]:
        return tuple(self.aims)

    @property
    def situations(self) -> dict[str, list[str]]:
        """Return the situations that are to come about, by requirement; empty if none is named."""
        if not any(self.aims.values()):
            return {}
        return {requirement: names.split() for requirement, names in self.aims.items()}

    def missing(self, features: Collection[str]) -> list[str]:
        """Return which features the whole play takes that are not in `features`."""
        return sorted(self.features.difference(features))

    def missing_for(self, features: Collection[str]) -> dict[str, list[str]]:
        """Return, by feature not in `features`, the requirements that alone take it."""
        lacking: dict[str, list[str]] = {}
        for requirement, taken in self.takes.items():
            for feature in sorted(taken.difference(features)):
                lacking.setdefault(feature, []).append(requirement)
        return lacking

    @property
    def repetitions(self) -> int:
        return self.repeats if self.timing else 1

    @property
    def _knobs(self) -> dict[str, float | int | bool]:
        knobs: dict[str, float | int | bool] = {
            SEND: self.send_timeout_s,
            STALL: self.stall_timeout_s,
            SWITCH: self.close_stalled,
            CHECKS: self.checks_max,
            HEARTBEAT: self.heartbeat_s,
        }
        if self.streams:
            knobs |= {
                PROGRESS: self.progress_timeout_s,
                INTERVAL: self.check_interval_s,
                ACK_WAIT: self.ack_wait_s,
                WINDOW: self.window_bytes,
                CHUNK: self.chunk_bytes,
            }
        return knobs

    def knobs(self, features: Collection[str]) -> Mapping[str, float | int | bool]:
        """Return the knobs to set, under the origin's names and in its units.

        Only those of the guards that the implementation declares in `features`. What only decides
        sets none: who has only machines has no knob to put in force.
        """
        if DECIDE in self.features:
            return {}
        return asked_for(self._knobs, features)

    @property
    def streams(self) -> bool:
        """Whether streams are sent, so that the knobs of guardrail B count."""
        return "streams" in self.features

    @property
    def policy(self) -> dict[str, int]:
        """The same in core units, for the trace."""
        return {**policy_of(self._knobs), "monitor_period_us": round(self.period_s * 1_000_000)}

    @property
    def smallest_bound(self) -> tuple[str, float]:
        """Return the smallest bound in play: its name, and how many seconds it is."""
        bounds: dict[str, float] = {
            "send timeout": self.send_timeout_s,
            "stall timeout": self.stall_timeout_s,
            "heartbeat interval": self.heartbeat_s,
        }
        # The monitor's period is a bound only where the time of its checks is judged.
        if self.timing:
            bounds["monitor's period"] = self.period_s
        if self.streams:
            bounds |= {"progress timeout": self.progress_timeout_s, "ACK wait": self.ack_wait_s}
        return min(bounds.items(), key=lambda bound: bound[1])

    @property
    def most_grace_us(self) -> int:
        return round(self.smallest_bound[1] * 1_000_000) // GRACE_SHARE

    def grace_us(self, asked_us: int | None) -> int:
        """Return the grace: as asked or 50 ms, and at most a tenth of the smallest bound."""
        return min(GRACE_DEFAULT_US if asked_us is None else asked_us, self.most_grace_us)


class GraceError(ValueError):
    """More grace than is allowed; the message names the most, and what sets it."""


def require_grace(scenarios: Sequence[Scenario], grace_us: int | None, profile: str) -> None:
    """Raise `GraceError` if `grace_us` is more than the profile and every scenario allow."""
    if grace_us is None:
        return
    most_us, why = greatest_grace_us(profile), f"the profile {profile} allows no more"
    for one in scenarios:
        if one.most_grace_us < most_us:
            name, bound_s = one.smallest_bound
            most_us = one.most_grace_us
            why = f"a tenth of the {name} of {bound_s:g} s in the scenario {one.name}"
    if grace_us > most_us:
        asked, most = (f"{us / 1000:g} ms" for us in (grace_us, most_us))
        raise GraceError(f"a grace of {asked} is more than the {most} that are allowed: {why}")
