"""The play about relations between knobs: each one at its edge, and one beyond it.

Where the edges of the close window lie depends on the form and the slack that the implementation
declares for its monitor.
"""

import msgspec

from stallproof.requirements.knobs import (
    ACK_INTERVAL,
    ACK_WAIT,
    CHECKS,
    CHUNK,
    PROGRESS,
    SEND,
    STALL,
    SWITCH,
    WINDOW,
)
from stallproof.runner.scenarios.configuration import file_of, scenario
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US, Configuration
from stallproof.wire.protocol import Hello, MonitorClaim

WINDOW_BYTES = 8 * 1024 * 1024
WAIT_S = 300
MARGIN_US = 1_000_000
OTHER_GRACE_US = 123_456


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration in which every relation holds and stands at its edge; fields move one."""

    monitor: MonitorClaim
    grace_us: int = GRACE_DEFAULT_US
    checks: int = 1
    close: bool = True
    stall_more_us: int = 0
    send_more_us: int = 0
    progress_more_us: int = 0
    ack_interval_more_bytes: int = 0
    chunk_more_bytes: int = 0
    outer_more_us: int = 0

    def named(self, case: str) -> Configuration:
        """Return it as a configuration to ask for."""
        stall_us = self.monitor.period_us + self.monitor.slack_us + self.stall_more_us
        file = {
            SEND: _seconds(stall_us - self.grace_us + self.send_more_us),
            PROGRESS: _seconds(WAIT_S * 1_000_000 + self.progress_more_us),
            STALL: _seconds(stall_us),
            SWITCH: "true" if self.close else "false",
            CHECKS: str(self.checks),
            ACK_WAIT: str(WAIT_S),
            WINDOW: str(WINDOW_BYTES),
            CHUNK: str(WINDOW_BYTES + self.chunk_more_bytes),
            ACK_INTERVAL: str(WINDOW_BYTES + self.ack_interval_more_bytes),
        }
        least_us = self._upper_us(stall_us) + MARGIN_US + 1
        return Configuration(
            case,
            file_of(file),
            grace_us=self.grace_us,
            outer_timeouts_us={"caller": least_us + self.outer_more_us, "job": 2 * least_us},
            margin_us=MARGIN_US,
        )

    def _upper_us(self, stall_us: int) -> int:
        """Return the upper end of the close window."""
        period_us, slack_us = self.monitor.period_us, self.monitor.slack_us
        if self.monitor.form == "a":
            return stall_us + self.checks * (period_us + slack_us)
        return stall_us + self.checks * period_us + slack_us


def relations(hello: Hello) -> list[Configuration]:
    """Return the configurations for the monitor that `hello` declares; none without one."""
    if hello.monitor is None:
        return []
    monitor = hello.monitor
    return [
        Edge(monitor=monitor).named("every relation at its edge"),
        Edge(monitor=monitor, send_more_us=1).named("the send timeout 1 us too long to close"),
        Edge(
            monitor=monitor,
            grace_us=OTHER_GRACE_US,
            checks=2,
            send_more_us=1,
            progress_more_us=1,
        ).named("with another grace, the send and the progress timeout 1 us too long"),
        Edge(monitor=monitor, ack_interval_more_bytes=1).named("the ACK interval 1 byte too large"),
        Edge(monitor=monitor, chunk_more_bytes=1, outer_more_us=-1).named(
            "the chunk 1 byte too large, an outer timeout 1 us too short"
        ),
        Edge(monitor=monitor, stall_more_us=-1).named("the stall timeout 1 us too short"),
        Edge(monitor=monitor, close=False, stall_more_us=-1, outer_more_us=-(10**6)).named(
            "closing is disabled"
        ),
    ]


def _seconds(us: int) -> str:
    """Write microseconds in seconds, exactly."""
    return f"{us // 1_000_000}.{us % 1_000_000:06}"


RELATIONS = (
    scenario(
        "relates",
        "CF-5",
        "all-hold each-broken each-at-edge",
        relations,
        "relations",
        "monitor",
        play_s=3,
    ),
)
